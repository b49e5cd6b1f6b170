"""Messages from the customer, or for them, and mail to them that failed: what they change in a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.case import Case, Evidence, Status
from core.customer_events import CustomerHeard, CustomerWrote, MailFailed, SenderAccepted
from core.email_address import is_same_address
from core.intake import submit_evidence
from core.outcome import Outcome
from core.person import CLOCK, CUSTOMER
from core.policy import Policy
from core.snoozing import stop_waiting


def is_from_customer(case: Case, address: str) -> bool:
    """Whether `address` is the customer's own, or one that a resolver accepted."""
    ours = (case.customer.email or "", *case.accepted_senders)
    return any(is_same_address(address, one) for one in ours)


def receive_message(
    case: Case,
    *,
    text: str,
    via: str,
    sender: str = "",
    files: tuple[Evidence, ...] = (),
    is_verified: bool = True,
    mail_id: str | None = None,
    warning: str = "",
    actor_id: str = CUSTOMER,
    policy: Policy,
    now: datetime,
) -> Outcome:
    """Add a message to the timeline; one from the customer also counts.

    It ends the wait for them and any snooze, its files become evidence, and with the last missing piece the
    case goes to its queue. From another sender, or on a closed case, it changes only the timeline.
    """
    counts = is_verified and not case.is_closed
    is_gathering = counts and case.status is Status.GATHERING
    wrote = CustomerWrote(
        at=now,
        actor_id=actor_id,
        text=text,
        via=via,
        sender=sender,
        files=tuple(piece.name for piece in files),
        file_ids=tuple(piece.file_id for piece in files if piece.file_id is not None),
        mail_id=mail_id,
        is_verified=is_verified,
        warning=warning,
        is_gathering=is_gathering,
    )
    if not counts:
        return Outcome(case, (wrote,))
    said = (*case.said_early, text) if is_gathering and text.strip() else case.said_early
    moved = replace(case, moved_at=now, snoozed_until=None, said_early=said)
    return Outcome(moved, (wrote,)).then(_apply_message(moved, files, policy, actor_id=actor_id, now=now))


def accept_sender(
    case: Case,
    sender: str,
    *,
    wrote_at: datetime | None = None,
    files: tuple[Evidence, ...] = (),
    policy: Policy,
    actor_id: str,
    now: datetime,
) -> Outcome:
    """Accept mail from `sender` as the customer's from now on, and the message of `wrote_at` with `files`.

    That message answers a question only if it came after it. From an address that counts already, only a
    message that was doubted can be accepted, by itself; without one, nothing changes.
    """
    is_known = is_from_customer(case, sender)
    if not sender.strip() or (is_known and wrote_at is None):
        return Outcome(case)
    senders = case.accepted_senders if is_known else (*case.accepted_senders, sender.strip().lower())
    accepted = replace(case, accepted_senders=senders)
    outcome = Outcome(accepted, (SenderAccepted(at=now, actor_id=actor_id, sender=sender.strip()),))
    if case.is_closed:
        return outcome
    is_answer = wrote_at is not None and case.clock.is_paused and wrote_at >= _asked_at(case)
    moved = replace(accepted, moved_at=now)
    counted = _apply_message(moved, files, policy, actor_id=actor_id, now=now, is_answer=is_answer)
    return Outcome(moved, outcome.events).then(counted)


def report_mail_failure(case: Case, *, to: str, why: str, now: datetime) -> Outcome:
    """Report that our mail was not delivered; `why` in a few words such as `mailbox full`."""
    return Outcome(case, (MailFailed(at=now, actor_id=CLOCK, to=to, why=why),))


def _asked_at(case: Case) -> datetime:
    return case.asked.at if case.asked else case.clock.pauses[-1].since


def _apply_message(
    case: Case,
    files: tuple[Evidence, ...],
    policy: Policy,
    *,
    actor_id: str,
    now: datetime,
    is_answer: bool = True,
) -> Outcome:
    outcome = submit_evidence(case, files, policy, actor_id=actor_id, now=now, came_with_words=True)
    if outcome.case.status is Status.WAITING_ON_CUSTOMER and is_answer:
        since = case.clock.pauses[-1].since
        event = CustomerHeard(at=now, actor_id=actor_id, waited_since=since)
        outcome = outcome.then(Outcome(stop_waiting(outcome.case, now), (event,)))
    return outcome
