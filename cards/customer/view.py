"""View of a case for its customer: the only way from a case to the customer's page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cards.customer.conversation import DECIDED, Conversation, credit_text, verdict_text
from cards.customer.language import Translator
from cards.customer.status import CustomerStatus
from cards.customer.views import CustomerCaseView, DecisionView, FileView
from cards.sanitize import clean_line, clean_text
from core.case import Case, Status
from core.customer_events import CustomerAwaited, FileRefused
from core.disagreeing import may_disagree
from core.events import Event
from core.policy import Policy
from core.uploaded_file import File, FileState

_MEGABYTE = 1024 * 1024
_LONGEST_ENDING, _LONGEST_WHAT = 4, 300
_WITHDRAWABLE = (
    Status.GATHERING,
    Status.OPEN,
    Status.UNDER_REVIEW,
    Status.WAITING_ON_CUSTOMER,
    Status.AWAITING_APPROVAL,
)


def customer_view(
    case: Case,
    *,
    events: Sequence[Event],
    files: Sequence[File],
    policy: Policy,
    translator: Translator,
    now: datetime,
    translate_refusal: Callable[[FileRefused], str],
) -> CustomerCaseView:
    """The case without internal notes, colleagues' names and SLA clocks; `events` is its whole timeline,
    `files` everything that came for it, `translate_refusal` says in their language why a file was refused."""
    status = CustomerStatus(case, policy, translator, zone_of(case, policy), now)
    shown = [(one.name, file_view(one, translator)) for one in files if one.state is not FileState.REMOVED]
    conversation = Conversation(case, dict(shown), translator, status.zone, events, translate_refusal)
    return CustomerCaseView(
        case_id=case.id,
        stage=status.stage,
        tone=status.tone,
        headline=status.headline(),
        next_step=status.next_step(),
        by_when=status.by_when(),
        question=_question(case, events),
        asked_for=clean_line(case.asked.what)[:_LONGEST_WHAT] if case.asked else "",
        missing=status.missing,
        steps=status.steps(),
        reason=clean_line(status.reason.label) if status.reason else "",
        disputed=translator.money(case.disputed),
        lines=tuple(clean_line(line.text)[:300] for line in case.invoice.lines if line.ref in case.line_refs),
        statement=clean_text(case.statement),
        wish=clean_text(case.wish),
        raised_on=translator.moment(case.raised_at, status.zone),
        entries=conversation.entries(),
        files=tuple(view for _, view in shown),
        decision=_decision(case, translator, status.zone),
        is_over=case.is_closed,
        may_withdraw=case.status in _WITHDRAWABLE,
        disagree_by=_disagree_by(case, policy, translator, status.zone, now),
    )


def zone_of(case: Case, policy: Policy) -> str:
    """The time zone of the case's queue; of any queue if its own is no longer in the policy."""
    queue = policy.queues.get(case.queue_id) or next(iter(policy.queues.values()))
    return queue.calendar.zone


def file_view(file: File, translator: Translator) -> FileView:
    notes = {
        FileState.UPLOADING: translator.translate("The upload has not finished."),
        FileState.HELD: translator.translate("It is being checked for viruses."),
        FileState.REFUSED: translator.translate("We could not keep it."),
    }
    is_ready = file.state is FileState.READY
    return FileView(
        name=clean_line(file.name)[:120],
        id=file.id if is_ready else None,
        size=size_text(translator, file.size),
        ending=_ending(file.name),
        has_preview=is_ready and file.has_preview,
        note=notes.get(file.state, ""),
    )


def _ending(name: str) -> str:
    ending = name.rpartition(".")[2].upper() if "." in name else ""
    return ending if ending.isascii() and ending.isalnum() and len(ending) <= _LONGEST_ENDING else ""


def size_text(translator: Translator, size: int) -> str:
    """`12 KB`, `3 MB`."""
    if size < _MEGABYTE:
        return translator.translate("%(size)s KB", size=translator.number(max(1, round(size / 1024))))
    return translator.translate("%(size)s MB", size=translator.number(round(size / _MEGABYTE)))


def _question(case: Case, events: Sequence[Event]) -> str:
    """Our latest question, empty if none waits. A wait without a text (after a call) is internal."""
    if case.status is not Status.WAITING_ON_CUSTOMER:
        return ""
    asked = [event.text for event in events if isinstance(event, CustomerAwaited)]
    return clean_text(asked[-1]) if asked else ""


def _decision(case: Case, translator: Translator, zone: str) -> DecisionView | None:
    """The decision, once the case is closed: until then an approver may still refuse it."""
    decision = case.decision
    if decision is None or not case.is_closed or case.resolution not in DECIDED:
        return None
    return DecisionView(
        verdict=verdict_text(translator, case.resolution),
        reason=clean_text(decision.customer_text),
        granted=translator.money(decision.granted) if decision.granted.minor > 0 else None,
        credit=credit_text(translator, decision.granted),
        when=translator.moment(case.closed_at or decision.at, zone),
    )


def _disagree_by(case: Case, policy: Policy, translator: Translator, zone: str, now: datetime) -> str | None:
    if case.closed_at is None or not may_disagree(case, policy, now):
        return None
    days = policy.customers.disagree_within_days
    return translator.moment(case.closed_at + timedelta(days=days), zone)
