"""Harness whose mails go to a real SMTP server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from cards.email.render import Templates, default_templates
from connectors.answers import MAIL
from connectors.mail.send import SmtpClient
from core.case import Case, Resolution
from core.closing import close_decided
from core.customer_events import MailFailed
from core.customer_questions import ask_customer, tell_customer
from core.deciding import decide
from core.effects import Effect
from core.tokens import Tokens
from scheduler.outbox.drain import OutboxDrain
from scheduler.services import MailServices
from store.transaction import Transaction
from tests.builders import a_customer, an_invoice, euros
from tests.connectors.fake_mail_server import MailServer, a_mail_server
from tests.scheduler.harness import ANA, Harness

DOMAIN, SENDER = "reply.brightwater.example", "disputes@brightwater.example"
TOKENS = Tokens(("k" * 40,))


class MailHarness:
    def __init__(self, harness: Harness, server: MailServer, out: SmtpClient, templates: Templates) -> None:
        self.harness, self.server = harness, server
        ids = iter(range(1_000))
        self.mail = MailServices(
            smtp=out,
            tokens=TOKENS,
            base_url="https://ombud.test",
            domain=DOMAIN,
            sender=SENDER,
            new_id=lambda: f"random-{next(ids)}",
            templates=templates,
        )
        harness.services.systems.add(MAIL, out.probe, quiet_after=None)
        out.on_answer = harness.services.systems.hear
        harness.services = replace(harness.services, mail=self.mail)
        harness.drain = OutboxDrain(harness.services, holder="test")

    async def raise_one(self, reason_id: str = "wrong_amount", **customer: Any) -> str:
        return await self.harness.raise_one(
            reason_id, customer=a_customer(contact="Maria Keller", **customer)
        )

    async def ask(self, case_id: str, text: str = "Please send us the note.") -> Case:
        return await self.harness.act(
            case_id, ask_customer, what="The delivery note", text=text, actor_id=ANA.id
        )

    async def tell(self, case_id: str, text: str) -> Case:
        return await self.harness.act(case_id, tell_customer, text=text, actor_id=ANA.id)

    async def decide(self, case_id: str, verdict: Resolution = Resolution.PART_ACCEPTED) -> Case:
        await self.harness.act(
            case_id,
            decide,
            verdict=verdict,
            part=euros(30) if verdict is Resolution.PART_ACCEPTED else None,
            root_cause_id="pricing_error",
            customer_text="We had agreed on less.",
            internal_text="SECRET our price list was wrong for everybody",
            policy=self.harness.services.policy,
            actor_id=ANA.id,
        )
        return await self.harness.act(case_id, close_decided, actor_id=ANA.id)

    async def deliver(self) -> None:
        await self.harness.deliver_all()

    @property
    def mails(self) -> list[EmailMessage]:
        return [came.message for came in self.server.came]

    def headlines(self) -> list[str]:
        return [text_of(mail).splitlines()[0] for mail in self.mails]

    async def failures(self, case_id: str) -> list[MailFailed]:
        entries = await self.harness.store.read(lambda tx: tx.timeline.list(case_id))
        return [entry.event for entry in entries if isinstance(entry.event, MailFailed)]


@asynccontextmanager
async def a_mail_harness(harness: Harness, templates: Templates | None = None) -> AsyncIterator[MailHarness]:
    async with a_mail_server() as server:
        out = SmtpClient.open(f"smtp://127.0.0.1:{server.port}")
        try:
            yield MailHarness(harness, server, out, templates or default_templates())
        finally:
            await out.close()


def queue_link_mail(tx: Transaction, now: datetime) -> None:
    """Add a new link, and the outbox row that mails it to the customer."""
    at = now
    tx.links.find_or_add(
        an_invoice(), a_customer(), link_id="link-1", now=at, expires_at=at + timedelta(days=9)
    )
    payload = {"link_id": "link-1"}
    tx.outbox.add(key="link:1", address="mail:links", effect=Effect.SEND_LINK, due_at=at, payload=payload)


def text_of(mail: EmailMessage) -> str:
    return _part(mail, "plain")


def html_of(mail: EmailMessage) -> str:
    return _part(mail, "html")


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")
