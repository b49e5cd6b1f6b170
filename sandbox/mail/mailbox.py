"""Customers' mailboxes: an SMTP server that accepts and stores what the bot sends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.clock import Clock
from sandbox.stream import Stream

LARGEST_MAIL = 40 * 2**20
MAX_MAILS = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it was transmitted. `owner` is the address whose mailbox holds it."""

    id: int
    owner: str
    is_sent: bool
    """Written by the customer."""
    at: float
    envelope_from: str
    raw: bytes
    message: EmailMessage


@dataclass(slots=True)
class Mailbox:
    clock: Clock
    stream: Stream
    mails: list[Mail] = field(default_factory=list)
    full: set[str] = field(default_factory=set)
    """Addresses whose mailbox is full: mail to them bounces."""
    bounces: asyncio.Queue[Mail] = field(default_factory=asyncio.Queue)

    def add(self, owner: str, raw: bytes, *, envelope_from: str, is_sent: bool = False) -> Mail:
        parsed = message_from_bytes(raw, policy=policy.default)
        number = self.mails[-1].id + 1 if self.mails else 1
        mail = Mail(number, owner.lower(), is_sent, self.clock.now(), envelope_from, raw, parsed)
        self.mails.append(mail)
        del self.mails[:-MAX_MAILS]
        self.stream.publish("mail", mail=mail_json(mail))
        return mail

    def find(self, mail_id: int) -> Mail | None:
        return next((one for one in self.mails if one.id == mail_id), None)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's callback for a received mail."""
        raw = envelope.original_content or b""
        for to in envelope.rcpt_tos:
            mail = self.add(to, raw, envelope_from=envelope.mail_from or "")
            if mail.owner in self.full:
                self.mails.remove(mail)
                self.bounces.put_nowait(mail)
        return "250 Kept"


async def listen(mailbox: Mailbox, host: str, port: int) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(mailbox, data_size_limit=LARGEST_MAIL, hostname="mail.customers.example", loop=loop),
        host,
        port,
    )


def mail_json(mail: Mail) -> dict[str, Any]:
    """A mail as the page shows it."""
    message = mail.message
    name, address = parseaddr(str(message["From"] or ""))
    return {
        "id": mail.id,
        "owner": mail.owner,
        "is_sent": mail.is_sent,
        "at": mail.at,
        "from": {"name": name, "address": address},
        "to": str(message["To"] or ""),
        "reply_to": parseaddr(str(message["Reply-To"] or message["From"] or ""))[1],
        "subject": str(message["Subject"] or ""),
        "message_id": str(message["Message-ID"] or ""),
        "in_reply_to": str(message["In-Reply-To"] or ""),
        "text": _body(message, "plain"),
        "html": _body(message, "html"),
        "attachments": [part.get_filename() or "file" for part in message.iter_attachments()],
    }


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
