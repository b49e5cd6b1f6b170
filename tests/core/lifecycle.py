"""Cases in each status, and everything that can be tried on one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core.case import Case, Chargeback, Evidence, Resolution, Status
from core.chargebacks import ChargebackUpdate, update_chargeback
from core.claiming import claim, reassign, release
from core.closing import close_decided, mark_duplicate, reopen, withdraw
from core.customer_messages import accept_sender, receive_message, report_mail_failure
from core.customer_questions import ask_customer, tell_customer
from core.deadlines import apply_deadlines, next_deadline
from core.deciding import decide
from core.disagreeing import disagree
from core.events import Event
from core.evidence import refuse_file
from core.intake import end_gathering, raise_dispute, submit_evidence
from core.money import Money
from core.noting import add_note
from core.outcome import Outcome
from core.policy import Policy
from core.reclassifying import change_priority, change_reason
from core.snoozing import await_customer, resume_after_answer, snooze, wake
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_case, a_dispute, a_policy, euros

ANA, BEN = "slack:U0ANA", "slack:U0BEN"
POLICY = a_policy()
DELIVERY_NOTE = Evidence(kind="delivery_note", name="note.jpg")
COLLEAGUE = "lena@nordwind.example"
"""Writes for the customer, from an address that we don't know."""


def decide_by_ben(
    case: Case,
    *,
    verdict: Resolution = Resolution.ACCEPTED,
    part: Money | None = None,
    root_cause_id: str = "pricing_error",
    customer_text: str = "You were right.",
    now: datetime = MONDAY_NOON,
) -> Outcome:
    """A decision by Ben; name only what the test is about."""
    return decide(
        case,
        verdict=verdict,
        part=part,
        root_cause_id=root_cause_id,
        customer_text=customer_text,
        internal_text="See the contract.",
        policy=POLICY,
        actor_id=BEN,
        now=now,
    )


def ask(case: Case, *, what: str = "a photo", now: datetime = MONDAY_NOON) -> Outcome:
    """Ben asks the customer."""
    return ask_customer(case, what=what, text=f"Please send us {what}.", actor_id=BEN, now=now)


def tell(case: Case, *, text: str = "We look into it.", now: datetime = MONDAY_NOON) -> Outcome:
    return tell_customer(case, text=text, actor_id=BEN, now=now)


def mail(
    case: Case,
    *,
    text: str = "Here it is.",
    sender: str = "ap@nordwind.example",
    files: tuple[Evidence, ...] = (),
    is_verified: bool = True,
    policy: Policy = POLICY,
    now: datetime = MONDAY_NOON,
) -> Outcome:
    """A mail comes, from the customer unless it says otherwise."""
    return receive_message(
        case,
        text=text,
        via="mail",
        sender=sender,
        files=files,
        is_verified=is_verified,
        mail_id="<1@nordwind.example>",
        policy=policy,
        now=now,
    )


def accept(
    case: Case,
    *,
    sender: str = COLLEAGUE,
    wrote_at: datetime | None = None,
    files: tuple[Evidence, ...] = (),
    now: datetime = MONDAY_NOON,
) -> Outcome:
    """Ben accepts a sender."""
    return accept_sender(case, sender, wrote_at=wrote_at, files=files, policy=POLICY, actor_id=BEN, now=now)


def bens_case(**changes: object) -> Case:
    return a_case(**{"resolver_id": BEN, **changes})


def a_case_that_is(status: Status) -> Case:
    """A case in this status, made by the rules; its resolver, if any, is Ben."""
    match status:
        case Status.GATHERING:
            dispute = a_dispute(reason_id="not_delivered")
            return raise_dispute(dispute, POLICY, case_id="D-1001", actor_id="api:crm", now=MONDAY_9AM).case
        case Status.OPEN:
            return a_case()
        case Status.UNDER_REVIEW:
            return claim(a_case(), resolver_id=BEN, now=MONDAY_9AM).case
        case Status.WAITING_ON_CUSTOMER:
            case = a_case_that_is(Status.UNDER_REVIEW)
            return ask(case, now=MONDAY_9AM).case
        case Status.AWAITING_APPROVAL:
            return replace(a_case_that_is(Status.UNDER_REVIEW), status=Status.AWAITING_APPROVAL)
        case Status.SETTLING:
            return decide_by_ben(a_case_that_is(Status.UNDER_REVIEW), now=MONDAY_9AM).case
        case Status.CLOSED:
            return close_decided(a_case_that_is(Status.SETTLING), actor_id=BEN, now=MONDAY_9AM).case


def a_chargeback_update(
    *,
    status: str = "needs_response",
    due_at: datetime | None = None,
    seen_at: datetime = MONDAY_9AM,
    kind: str = "charge.dispute.updated",
) -> ChargebackUpdate:
    chargeback = Chargeback(
        ref="dp_1",
        charge_ref="ch_1",
        status=status,
        network_reason="fraudulent",
        evidence_due_at=due_at,
        seen_at=seen_at,
    )
    return ChargebackUpdate(kind=kind, chargeback=chargeback)


VERBS: Mapping[str, Callable[[Case, datetime], Outcome]] = {
    "claim": lambda case, now: claim(case, resolver_id=ANA, now=now),
    "claim_again": lambda case, now: claim(case, resolver_id=BEN, now=now),
    "release": lambda case, now: release(case, actor_id=BEN, now=now),
    "reassign": lambda case, now: reassign(case, resolver_id=ANA, actor_id=BEN, why="holiday", now=now),
    "accept": lambda case, now: decide_by_ben(case, now=now),
    "part_accept": lambda case, now: decide_by_ben(
        case, verdict=Resolution.PART_ACCEPTED, part=euros(30), now=now
    ),
    "reject": lambda case, now: decide_by_ben(case, verdict=Resolution.REJECTED, now=now),
    "finish": lambda case, now: close_decided(case, actor_id=BEN, now=now),
    "withdraw": lambda case, now: withdraw(case, why="paid", actor_id=BEN, now=now),
    "mark_duplicate": lambda case, now: mark_duplicate(
        case, of=a_case(id="D-1002"), why="", actor_id=BEN, now=now
    ),
    "reopen": lambda case, now: reopen(case, why="more came", actor_id=BEN, now=now),
    "snooze": lambda case, now: snooze(case, until=now + timedelta(days=1), why="", actor_id=BEN, now=now),
    "wake": lambda case, now: wake(case, actor_id=BEN, now=now),
    "await_customer": lambda case, now: await_customer(case, what="a photo", actor_id=BEN, now=now),
    "hear_customer": lambda case, now: resume_after_answer(case, actor_id="customer", now=now),
    "ask": lambda case, now: ask(case, now=now),
    "tell": lambda case, now: tell(case, now=now),
    "hear": lambda case, now: mail(case, now=now),
    "hear_the_last": lambda case, now: mail(case, files=(DELIVERY_NOTE,), now=now),
    "hear_stranger": lambda case, now: mail(
        case, sender=COLLEAGUE, is_verified=False, files=(DELIVERY_NOTE,), now=now
    ),
    "accept_sender": lambda case, now: accept(case, now=now),
    "accept_letter": lambda case, now: accept(case, wrote_at=now, files=(DELIVERY_NOTE,), now=now),
    "disagree": lambda case, now: disagree(case, why="Look again.", policy=POLICY, now=now),
    "hear_of_failure": lambda case, now: report_mail_failure(
        case, to="a@b.example", why="mailbox full", now=now
    ),
    "refuse_file": lambda case, now: refuse_file(case, "x.exe", "It is a program.", now),
    "change_queue": lambda case, now: change_reason(
        case, reason_id="not_delivered", why="", policy=POLICY, actor_id=BEN, now=now
    ),
    "change_reason": lambda case, now: change_reason(
        case, reason_id="chargeback", why="", policy=POLICY, actor_id=BEN, now=now
    ),
    "change_priority": lambda case, now: change_priority(
        case, priority=1, why="", policy=POLICY, actor_id=BEN, now=now
    ),
    "add_evidence": lambda case, now: submit_evidence(
        case, (Evidence(kind="other", name="mail.pdf"),), POLICY, actor_id="customer", now=now
    ),
    "hand_in_the_last": lambda case, now: submit_evidence(
        case, (DELIVERY_NOTE,), POLICY, actor_id="customer", now=now
    ),
    "end_gathering": lambda case, now: end_gathering(case, actor_id="clock", now=now),
    "note": lambda case, now: add_note(case, text="Called them.", actor_id=BEN, now=now),
    "hear_chargeback": lambda case, now: update_chargeback(case, a_chargeback_update(), POLICY, now),
    "tick": lambda case, now: apply_deadlines(case, POLICY, now),
}
"""Everything that can be tried on a case, each in its most ordinary form."""


def run_deadlines(case: Case, until: datetime, policy: Policy = POLICY) -> list[tuple[datetime, Event]]:
    """Events of all deadlines until then, each applied at the very moment that it is due."""
    told: list[tuple[datetime, Event]] = []
    while (due_at := next_deadline(case, policy)) is not None and due_at <= until:
        outcome = apply_deadlines(case, policy, due_at)
        case = outcome.case
        told += [(due_at, event) for event in outcome.events]
    return told
