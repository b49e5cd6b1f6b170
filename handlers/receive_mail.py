"""A mail came in: what does it mean for its case?

Only the customer's own address, or one that a resolver accepted, speaks for the customer. Everything else
that fits a case is held until a resolver accepts its sender. Nothing here ever answers a mail, so no loop can
begin with us.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from core.case import Case, Evidence
from core.customer_messages import receive_message, report_mail_failure
from core.effects import Effect, channels_of
from core.inbound_mail import EmailKind, InboundEmail
from core.uploaded_file import FileState
from handlers.match_mail import (
    SOURCE,
    MailAddresses,
    ReceivedMail,
    email_kind,
    find_case,
    is_repeat,
    is_verified,
)
from store.customers.mails import Mail
from store.transaction import Transaction

BOUNCES = "mail_failed"
"""In the inbox: failures that were told."""
STRAYS_AN_HOUR = 6
"""Told to a channel of mails that fit no case; more are kept, but only counted."""
_LONGEST_SUBJECT = 150


class MailOutcome(StrEnum):
    """What became of a mail."""

    REPEAT = "repeat"
    TOLD = "told"
    """It is in its case's story and counts as the customer's."""
    HELD = "held"
    """It is in the story, but counts only once a resolver accepts it."""
    BOUNCED = "bounced"
    STRAY = "stray"
    KEPT = "kept"
    """Nothing follows from it: an automatic reply, one of ours come back, a delay, a report about nothing."""


def receive_mail(
    tx: Transaction, received: ReceivedMail, addresses: MailAddresses, now: datetime
) -> MailOutcome:
    """Keep the mail and do what follows from it, once for each mail however often it is delivered."""
    if is_repeat(tx, received):
        return MailOutcome.REPEAT
    letter = received.email
    kind = email_kind(tx, letter, addresses)
    case = find_case(tx, letter, addresses)
    mail_id = _save_mail(tx, received, case, now)
    heard = MailOutcome.KEPT
    if kind is EmailKind.MESSAGE:
        heard = (
            _alert_stray(tx, letter, now) if case is None else _add_message(tx, received, case, mail_id, now)
        )
    elif kind is EmailKind.BOUNCE and case is not None:
        heard = _report_failures(tx, letter, case, now)
    tx.inbox.save_response(SOURCE, received.digest, heard.value, at=now)
    return heard


def _save_mail(tx: Transaction, arrived: ReceivedMail, case: Case | None, now: datetime) -> str:
    """The id it is kept under: its own, unless another mail came under that before."""
    letter = arrived.email
    is_taken = tx.mails.find(letter.message_id) is not None
    mail = Mail(
        message_id=f"<{arrived.digest}@ombud.invalid>" if is_taken else letter.message_id,
        case_id=case.id if case else None,
        direction="in",
        at=now,
        sha256=arrived.sha256 or None,
        sender=letter.sender,
        subject=letter.subject,
    )
    tx.mails.add(mail)
    return mail.message_id


def _add_message(
    tx: Transaction, arrived: ReceivedMail, case: Case, mail_id: str, now: datetime
) -> MailOutcome:
    """Put it into the story. A file that waits for the virus scan is the case's, but no evidence before."""
    letter, case = arrived.email, tx.cases.lock(case.id)
    counts = is_verified(case, letter)
    files = [replace(tx.files.find(file.id) or file, case_id=case.id) for file in arrived.files]
    for file in files:
        tx.files.save(file)
    pieces = tuple(
        Evidence(kind=file.kind, name=file.name, file_id=file.id)
        for file in files
        if file.state is FileState.READY or not counts
    )
    outcome = receive_message(
        case,
        text=letter.text,
        via=SOURCE,
        sender=letter.sender,
        files=pieces,
        is_verified=counts,
        mail_id=mail_id,
        warning=" ".join(filter(None, (letter.warning, letter.note))),
        policy=tx.policy,
        now=now,
    )
    tx.record(outcome)
    return MailOutcome.TOLD if counts else MailOutcome.HELD


def _report_failures(tx: Transaction, letter: InboundEmail, case: Case, now: datetime) -> MailOutcome:
    """Once for each mail of ours and address, however many servers report it."""
    heard = MailOutcome.KEPT
    for failure in letter.failures:
        key = f"{failure.message_id or letter.message_id} {failure.to}"
        if not failure.is_final or tx.inbox.find_response(BOUNCES, key) is not None:
            continue
        tx.inbox.save_response(BOUNCES, key, case.id, at=now)
        tx.record(report_mail_failure(tx.cases.lock(case.id), to=failure.to, why=failure.why, now=now))
        heard = MailOutcome.BOUNCED
    return heard


def _alert_stray(tx: Transaction, letter: InboundEmail, now: datetime) -> MailOutcome:
    """In the first queue's channels, and not without end: spam fits no case either."""
    queue = next(iter(tx.policy.queues.values()), None)
    payload = {"sender": letter.sender, "subject": letter.subject[:_LONGEST_SUBJECT]}
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
    return MailOutcome.STRAY
