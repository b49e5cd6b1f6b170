"""View of a case for the people who work on it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from itertools import chain

from cards import words
from cards.buttons import buttons_of, menu_of
from cards.files import NO_FILES, CaseFiles, evidence_line
from cards.mentions import People, mention
from cards.views import CaseView, ClockView, Line, Link, Moment, Strong
from core.case import Case, Decision, Resolution, Status, Target
from core.chargebacks import wants_evidence
from core.evidence import missing_labels
from core.permissions import Role
from core.policy import Policy
from core.sla import ClockEnd, clock_ends

_MOST_FILES = 6
_ARTICLE = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)
_TONES = {
    Status.GATHERING: "waiting",
    Status.OPEN: "waiting",
    Status.UNDER_REVIEW: "working",
    Status.WAITING_ON_CUSTOMER: "paused",
    Status.AWAITING_APPROVAL: "working",
    Status.SETTLING: "done",
    Status.CLOSED: "done",
}


def case_view(
    case: Case,
    *,
    policy: Policy,
    people: People,
    now: datetime,
    case_url: str | None = None,
    role: Role | None = None,
    for_queue_id: str | None = None,
    files: CaseFiles = NO_FILES,
) -> CaseView:
    """The card of a case. `role` limits the buttons to what that one reader may press (for private views);
    `for_queue_id` is the queue whose channel holds this copy: once the case has left that queue, the copy
    says so and has no buttons."""
    clock, second = _clocks(case, policy, now)
    view = CaseView(
        case_id=case.id,
        reason=reason_label(case.reason_id, policy),
        amount=words.money(case.disputed),
        of_total=_total(case),
        tier=tier_label(case.customer.tier_id, policy),
        priority=words.priority(case.priority),
        customer=words.name(case.customer.name),
        invoice=invoice_line(case),
        queue=queue_label(case.queue_id, policy),
        status=status_of(case),
        tone=_tone(case, clock),
        resolver=mention(case.resolver_id, people) if case.resolver_id else None,
        statement=words.excerpt(case.statement),
        evidence=_evidence(case, policy, files),
        clock=clock,
        second_clock=second,
        paused=_paused(case),
        notices=_notices(case, policy),
        decision=_decision(case.decision, policy, people) if case.decision else (),
        buttons=buttons_of(case, role),
        menu=menu_of(case.status, case.snoozed_until is not None, role),
        case_url=case_url,
    )
    return view if for_queue_id in (None, case.queue_id) else _moved(view, case.moved_at)


def reason_label(reason_id: str, policy: Policy) -> str:
    """The reason's label; its id if it is no longer in the policy."""
    reason = policy.reasons.get(reason_id)
    return words.label(reason.label if reason else reason_id)


def tier_label(tier_id: str, policy: Policy) -> str:
    tier = policy.tiers.get(tier_id)
    return words.label(tier.label if tier else tier_id, 40)


def queue_label(queue_id: str, policy: Policy) -> str:
    queue = policy.queues.get(queue_id)
    return words.label(queue.name if queue else queue_id)


def cause_label(root_cause_id: str, policy: Policy) -> str:
    return words.label(policy.root_causes.get(root_cause_id, root_cause_id))


def status_of(case: Case) -> str:
    """`Under review`; of a case closed without a decision, how it ended."""
    if case.resolution is not None and case.decision is None:
        return words.RESOLUTION[case.resolution]
    return words.STATUS[case.status]


def invoice_line(case: Case) -> Line:
    """`Invoice INV-2041`, with a link to the billing platform if there is one."""
    number = words.name(case.invoice.number)
    return ("Invoice ", Link(number, case.invoice.url) if case.invoice.url else number)


def _total(case: Case) -> str | None:
    """The invoice's total, if only a part of it is disputed."""
    invoice = case.invoice
    if case.disputed.minor == invoice.total_minor and case.disputed.currency == invoice.currency:
        return None
    return words.minor_units(invoice.total_minor, invoice.currency)


def _clocks(case: Case, policy: Policy, now: datetime) -> tuple[ClockView | None, ClockView | None]:
    """The deadline that comes first, and a second one: the external deadline, else the resolution."""
    queue = policy.queues.get(case.queue_id)
    running = sorted(clock_ends(case, queue.calendar)) if queue else []
    if not running:
        return None, None
    first, *others = running
    second = None
    for due in others:
        if due.target is Target.EXTERNAL or (second is None and due.target is Target.RESOLUTION):
            second = due
    return _clock(first, now), _clock(second, now) if second else None


def _clock(due: ClockEnd, now: datetime) -> ClockView:
    is_late = due.at <= now
    return ClockView((words.WAS_DUE if is_late else words.DUE)[due.target], due.at, is_late)


def _tone(case: Case, clock: ClockView | None) -> str:
    tone = _TONES[case.status]
    if tone != "done" and clock is not None and clock.is_late:
        return "late"
    return "paused" if case.snoozed_until is not None and tone != "done" else tone


def _paused(case: Case) -> Line:
    """Since when the clock is paused for the customer, and what we wait for; empty if it runs."""
    if not case.clock.is_paused:
        return ()
    what = f" ({words.name(case.asked.what, 120)})" if case.asked else ""
    return (f"Clock stopped: waiting for the customer{what} since ", Moment(case.clock.pauses[-1].since))


def _evidence(case: Case, policy: Policy, files: CaseFiles) -> Line:
    """`Complete: note.jpg`, or what is missing of the evidence that the reason requires; else the files."""
    have = evidence_line(case, files, _MOST_FILES)
    reason = policy.reasons.get(case.reason_id)
    if reason is None or not reason.required_evidence or case.clock.resolved_at is not None:
        return (f"{words.count(len(case.evidence), 'file')}: ", *have) if have else ()
    missing = missing_labels(reason, case.evidence)
    if not missing:
        return ("Complete: ", *have)
    lacking = words.name(words.listed([f"no {lower_label(one)}" for one in missing]), 200)
    return (f"Incomplete: {lacking}. Here: ", *have) if have else (f"Incomplete: {lacking}",)


def lower_label(label: str) -> str:
    """`A photo of the note` as it stands after “no”: `photo of the note`."""
    bare = _ARTICLE.sub("", label.strip(), count=1)
    return bare[:1].lower() + bare[1:] if bare[1:2].islower() else bare


def _moved(view: CaseView, moved_at: datetime) -> CaseView:
    """The copy in a channel that the case has left. It isn't updated again, so it shows only what stays
    true."""
    return replace(
        view,
        status=f"Moved to {view.queue}",
        tone="waiting",
        resolver=None,
        clock=None,
        second_clock=None,
        paused=(),
        notices=(("It left this channel ", Moment(moved_at), "."),),
        evidence=(),
        decision=(),
        buttons=(),
        menu=(),
    )


def _notices(case: Case, policy: Policy) -> tuple[Line, ...]:
    """Notices beside the usual fields. The first check is for speed: most cases have none."""
    if (
        case.chargeback is None
        and case.escalation is None
        and case.snoozed_until is None
        and case.duplicate_of is None
        and case.grace_until is None
        and not case.times_reopened
        and not case.wish
        and not case.customer.unconfirmed_email
    ):
        return ()
    return tuple(chain(_outside_notices(case), _inside_notices(case, policy)))


def _outside_notices(case: Case) -> list[Line]:
    notices: list[Line] = []
    if case.wish.strip():
        notices.append((Strong("What would put it right:"), f" {words.name(case.wish, 300)}"))
    if case.customer.unconfirmed_email and not case.customer.email:
        address = words.name(case.customer.unconfirmed_email)
        notices.append((f"Nothing is mailed yet: the customer hasn't confirmed {address}.",))
    if case.chargeback is not None:
        status = words.name(case.chargeback.status.replace("_", " "))
        line: Line = (Strong("Chargeback"), f" at the card network: {status}.")
        due_at = case.chargeback.evidence_due_at
        if due_at is not None and wants_evidence(case.chargeback.status) and not case.is_closed:
            line = (*line, " The network wants evidence by ", Moment(due_at), ".")
        notices.append(line)
    if case.grace_until is not None:
        notices.append(
            ("The queue is told once the evidence is here, at the latest ", Moment(case.grace_until), ".")
        )
    return notices


def _inside_notices(case: Case, policy: Policy) -> list[Line]:
    notices: list[Line] = []
    if case.escalation is not None:
        missed = words.TARGET[case.escalation.target]
        step = (
            f" (step {case.escalation.rung + 1} of {len(policy.ladder)})" if case.escalation.rung >= 0 else ""
        )
        notices.append((Strong("Escalated"), f"{step}: the {missed} was missed."))
    if case.snoozed_until is not None:
        notices.append(("Snoozed until ", Moment(case.snoozed_until), "."))
    if case.duplicate_of is not None:
        notices.append((f"Duplicate of {case.duplicate_of}; that case lives on.",))
    if case.times_reopened:
        times = "once" if case.times_reopened == 1 else f"{case.times_reopened} times"
        notices.append((f"Reopened {times}.",))
    return notices


def _decision(decision: Decision, policy: Policy, people: People) -> tuple[Line, ...]:
    """What was decided, by whom and why."""
    by = mention(decision.by, people).name
    verdict = words.RESOLUTION[decision.verdict]
    granted = "" if decision.verdict is Resolution.REJECTED else f": {words.money(decision.granted)}"
    return (
        (Strong(verdict + granted), f" by {by}, ", Moment(decision.at)),
        (f"Root cause: {cause_label(decision.root_cause_id, policy)}",),
    )
