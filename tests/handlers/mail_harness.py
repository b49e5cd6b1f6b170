"""Test harness of inbound mail: mails sent to the handlers, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.case import Case
from core.closing import withdraw
from core.customer_events import CustomerWrote, MailFailed
from core.inbound_mail import DeliveryFailure, EmailKind, InboundEmail
from core.snoozing import await_customer
from core.uploaded_file import File
from handlers.match_mail import MailMatch, ReceivedMail, match_mail
from handlers.receive_mail import MailOutcome, receive_mail
from store.customers.mails import Mail
from store.transaction import Transaction
from tests.connectors.mail.builders import OUR_ADDRESS, an_email, our_addresses
from tests.handlers.harness import ANA, Harness

OURS = "<out-1@disputes.acme.example>"
"""The Message-ID of what `send_out` sends."""


class MailHarness:
    """Sends mails to the handlers; each is a different one, unless its digest says not."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self._count = 0

    def receive(self, email: InboundEmail, *files: File, digest: str | None = None) -> MailOutcome:
        """Match the mail and apply it, as the intake does."""
        received = self.received(email, *files, digest=digest)
        match = self.harness.store.read_blocking(match_mail, received, our_addresses())
        return MailOutcome.REPEAT if match is None else self.apply(received, match)

    def apply(self, received: ReceivedMail, match: MailMatch) -> MailOutcome:
        return self.harness.store.run_blocking(receive_mail, received, match, self.harness.now)

    def match(self, email: InboundEmail) -> MailMatch:
        match = self.harness.store.read_blocking(match_mail, self.received(email), our_addresses())
        assert match is not None
        return match

    def received(
        self, email: InboundEmail, *files: File, digest: str | None = None, size: int = 1_000
    ) -> ReceivedMail:
        self._count += 1
        digest = digest or f"{self._count:064}"
        return ReceivedMail(email=email, digest=digest, sha256="b" * 64, files=files, size=size)

    def messages(self, case_id: str) -> list[CustomerWrote]:
        events = self.harness.store.read_blocking(
            lambda tx: [entry.event for entry in tx.timeline.list(case_id)]
        )
        return [event for event in events if isinstance(event, CustomerWrote)]

    def failures(self, case_id: str) -> list[MailFailed]:
        events = self.harness.store.read_blocking(
            lambda tx: [entry.event for entry in tx.timeline.list(case_id)]
        )
        return [event for event in events if isinstance(event, MailFailed)]

    def stray_alerts(self) -> int:
        """How many alerts wait for a channel."""
        return self.harness.store.run_blocking(_take_strays, self.harness.now)

    def send_out(self, case_id: str, message_id: str = OURS) -> None:
        self.harness.store.run_blocking(_send_out, case_id, message_id, self.harness)

    def wait_for_customer(self, case_id: str) -> None:
        self.harness.store.run_blocking(_wait, case_id, self.harness)

    def close(self, case_id: str) -> None:
        self.harness.store.run_blocking(_close, case_id, self.harness)

    def came_in(self, case_id: str) -> Sequence[Mail]:
        mails = self.harness.store.read_blocking(lambda tx: tx.mails.list_for_case(case_id))
        return [mail for mail in mails if mail.direction == "in"]

    def add_file(self, file: File) -> File:
        """Store a file before its mail is applied, as the intake does."""
        self.harness.store.run_blocking(lambda tx: tx.files.add(file))
        return file

    def file(self, file_id: str = "f-1") -> File:
        file = self.harness.store.read_blocking(lambda tx: tx.files.find(file_id))
        assert file is not None
        return file


def a_bounce(*failures: DeliveryFailure, **changes: Any) -> InboundEmail:
    sender = "mailer-daemon@nordwind.example"
    return an_email(kind=EmailKind.BOUNCE, sender=sender, failures=failures, **changes)


def _send_out(tx: Transaction, case_id: str, message_id: str, harness: Harness) -> None:
    sent = Mail(
        message_id=message_id,
        case_id=case_id,
        direction="out",
        at=harness.now,
        sender=OUR_ADDRESS,
        subject=case_id,
    )
    tx.mails.add(sent)


def _wait(tx: Transaction, case_id: str, harness: Harness) -> None:
    case: Case = tx.cases.lock(case_id)
    tx.record(await_customer(case, what="the note", actor_id=f"slack:{ANA}", now=harness.now))


def _close(tx: Transaction, case_id: str, harness: Harness) -> None:
    tx.record(withdraw(tx.cases.lock(case_id), why="", actor_id="customer", now=harness.now))


def _take_strays(tx: Transaction, now: datetime) -> int:
    rows = tx.outbox.lease_rows(
        "slack:#billing-disputes", holder="test", now=now, lease=timedelta(minutes=1), limit=100
    )
    return sum(row.effect == "alert_stray" for row in rows)
