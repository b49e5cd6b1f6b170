"""Mail that came in: stored, and applied to its case.

Only mail from the customer's own address, or from one that a resolver accepted, counts as the customer's
words. Other mail that matches a case is held until a resolver accepts its sender. Mail is never answered from
here, so that two automatic senders can't keep each other going.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from core.case import Case, Evidence
from core.customer_messages import receive_message, report_mail_failure
from core.effects import Effect, channels_of
from core.email_address import is_same_address
from core.inbound_mail import DeliveryFailure, EmailKind, InboundEmail
from core.uploaded_file import FileState
from handlers.match_mail import SOURCE, MailMatch, ReceivedMail, is_verified
from handlers.stray_budget import spend_stray_budget
from store.customers.mails import Mail
from store.errors import AlreadyAnswered
from store.transaction import Transaction

BOUNCES = "mail_failed"
"""Source in the inbox of delivery failures that were reported."""
STRAYS_AN_HOUR = 6
"""Alerts a channel gets of mails that match no case; further ones are stored, and only counted."""
_LONGEST_SUBJECT = 150
_APPLIED = (EmailKind.MESSAGE, EmailKind.BOUNCE)
"""Kinds that add to their case's timeline."""


class MailOutcome(StrEnum):
    """What became of a mail. The values are labels of a metric, and stored in the inbox."""

    REPEAT = "repeat"
    TOLD = "told"
    """It is in its case's timeline and counts as the customer's."""
    HELD = "held"
    """It is in the timeline, but counts only once a resolver accepts it."""
    BOUNCED = "bounced"
    STRAY = "stray"
    DROPPED = "dropped"
    """It matches no case, and the day's budget of such mails is spent: counted, and nothing is stored."""
    KEPT = "kept"
    """Only stored: an automatic reply, one of ours come back, a delay, a report about nothing."""


def receive_mail(tx: Transaction, received: ReceivedMail, match: MailMatch, now: datetime) -> MailOutcome:
    """Store the mail and apply it to its case, once for each mail however often it is delivered.

    `match` was looked up before its bytes and files were stored. If the same mail was received since, the
    inbox has its digest, and nothing is written.
    """
    email = received.email
    case = tx.cases.lock(match.case_id) if match.case_id and match.kind in _APPLIED else None
    failures = _new_failures(tx, email, case) if case and match.kind is EmailKind.BOUNCE else {}
    outcome = _outcome_of(match.kind, email, case, failures)
    if match.case_id is None and not spend_stray_budget(tx, received, now):
        outcome = MailOutcome.DROPPED
    try:
        tx.inbox.save_response(SOURCE, received.digest, outcome.value, at=now)
    except AlreadyAnswered:
        return MailOutcome.REPEAT
    if outcome is MailOutcome.DROPPED:
        return outcome
    mail_id = _save_mail(tx, received, match.case_id, now)
    if outcome is MailOutcome.STRAY:
        _alert_stray(tx, email, now)
    elif case is not None and match.kind is EmailKind.MESSAGE:
        _add_message(tx, received, case, mail_id, now)
    elif case is not None:
        _report_failures(tx, failures, case.id, now)
    return outcome


def _outcome_of(
    kind: EmailKind, email: InboundEmail, case: Case | None, failures: dict[str, DeliveryFailure]
) -> MailOutcome:
    if kind is EmailKind.BOUNCE and failures:
        return MailOutcome.BOUNCED
    if kind is not EmailKind.MESSAGE:
        return MailOutcome.KEPT
    if case is None:
        return MailOutcome.STRAY
    return MailOutcome.TOLD if is_verified(case, email) else MailOutcome.HELD


def _save_mail(tx: Transaction, received: ReceivedMail, case_id: str | None, now: datetime) -> str:
    """Returns the id it is stored under: its own, unless another mail came under that before."""
    email = received.email
    is_taken = tx.mails.find(email.message_id) is not None
    mail = Mail(
        message_id=f"<{received.digest}@ombud.invalid>" if is_taken else email.message_id,
        case_id=case_id,
        direction="in",
        at=now,
        sha256=received.sha256 or None,
        sender=email.sender,
        subject=email.subject,
    )
    tx.mails.add(mail)
    return mail.message_id


def _add_message(tx: Transaction, received: ReceivedMail, case: Case, mail_id: str, now: datetime) -> None:
    """Add it to the timeline. A file that waits for the virus scan is the case's, but no evidence before."""
    email = received.email
    counts = is_verified(case, email)
    files = [replace(tx.files.find(file.id) or file, case_id=case.id) for file in received.files]
    for file in files:
        tx.files.save(file)
    pieces = tuple(
        Evidence(kind=file.kind, name=file.name, file_id=file.id)
        for file in files
        if file.state is FileState.READY or not counts
    )
    outcome = receive_message(
        case,
        text=email.text,
        via=SOURCE,
        sender=email.sender,
        files=pieces,
        is_verified=counts,
        mail_id=mail_id,
        warning=" ".join(filter(None, (email.warning, email.note))),
        policy=tx.policy,
        now=now,
    )
    tx.record(outcome)


def _new_failures(tx: Transaction, email: InboundEmail, case: Case) -> dict[str, DeliveryFailure]:
    """Final failures of the address that the case's mails go to, by their key in the inbox: one for each mail
    of ours, however many servers report it. A report about any other address says nothing about our mail."""
    ours = [one for one in email.failures if is_same_address(one.to, case.customer.email or "")]
    keys = {f"{one.message_id or email.message_id} {one.to}": one for one in ours if one.is_final}
    return {key: one for key, one in keys.items() if tx.inbox.find_response(BOUNCES, key) is None}


def _report_failures(
    tx: Transaction, failures: dict[str, DeliveryFailure], case_id: str, now: datetime
) -> None:
    for key, failure in failures.items():
        tx.inbox.save_response(BOUNCES, key, case_id, at=now)
        outcome = report_mail_failure(tx.cases.lock(case_id), to=failure.to, why=failure.why, now=now)
        tx.record(outcome)


def _alert_stray(tx: Transaction, email: InboundEmail, now: datetime) -> None:
    """Alert the first queue's channels, a few times an hour at most: spam matches no case either."""
    queue = next(iter(tx.policy.queues.values()), None)
    payload = {"sender": email.sender, "subject": email.subject[:_LONGEST_SUBJECT]}
    for channel in channels_of(queue) if queue else ():
        hour = now.strftime("%Y-%m-%dT%H")
        any(
            tx.outbox.add(
                key=f"stray:{channel}:{hour}:{place}",
                address=channel,
                effect=Effect.ALERT_STRAY,
                payload=payload,
                due_at=now,
            )
            for place in range(STRAYS_AN_HOUR)
        )
