"""Mail intake over a real store, with the real listener and webhook in front."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

from PIL import Image

from bot.mail.intake import MailIntake
from bot.mail.listener import MailListener
from connectors.mail.read import read_email
from core.customer_events import CustomerWrote
from core.inbound_mail import Envelope, InboundEmail
from handlers.raise_dispute import create_case
from store.customers.mails import Mail
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from tests.bot.api_client import FrozenClock
from tests.builders import a_dispute
from tests.connectors.mail.builders import our_addresses, reply_address
from tests.connectors.mail.raw_mail import SERVER, mail

PATIENCE_SECONDS = 20
STORED = "250 2.0.0 Stored"


@dataclass(slots=True)
class MailHarness:
    store: Store
    blobs: Blobs
    clock: FrozenClock
    intake: MailIntake

    async def raise_one(self, key: str = "k1", **changes: Any) -> str:
        raised = await self.store.run(
            create_case, a_dispute(**changes), source="api:crm", key=key, digest="", now=self.clock.now()
        )
        return raised.case.id

    async def customer_messages(self, case_id: str) -> list[CustomerWrote]:
        events = await self.store.read(lambda tx: [entry.event for entry in tx.timeline.list(case_id)])
        return [event for event in events if isinstance(event, CustomerWrote)]

    async def mails(self, case_id: str) -> list[Mail]:
        return list(await self.store.read(lambda tx: tx.mails.list_for_case(case_id)))

    async def raw(self, mail: Mail) -> bytes:
        """The mail as it came."""
        assert mail.sha256 is not None
        return b"".join([piece async for piece in self.blobs.read(mail.sha256)])

    async def evidence(self, case_id: str) -> list[tuple[str, str]]:
        case = await self.store.read(lambda tx: tx.cases.get(case_id))
        return [(piece.kind, piece.name) for piece in case.evidence]


def a_mail_harness(store: Store, evidence: str = "memory:///", **changes: Any) -> MailHarness:
    blobs, clock = Blobs.open(evidence), FrozenClock()
    values: dict[str, Any] = {
        "store": store,
        "blobs": blobs,
        "receiver": Receiver(store, blobs),
        "addresses": our_addresses(),
        "now": clock.now,
        "read_mail": partial(_read, SERVER),
    }
    return MailHarness(store, blobs, clock, MailIntake(**{**values, **changes}))


def _read(server: str, raw: bytes, envelope: Envelope) -> tuple[InboundEmail, list[bytes]]:
    return read_email(raw, server, envelope)


def a_reply(case_id: str, body: str = "The note is on its way.\n", **changed: str) -> bytes:
    """From the customer, to the case's own address."""
    more = {"To": reply_address(case_id), "In_Reply_To": "", "Subject": "Re: our invoice"}
    return mail(body, **{**more, **changed})


def a_photo(width: int = 640) -> bytes:
    """A JPEG too large for a logo."""
    noise = Image.effect_noise((width, width), 90).convert("RGB")
    out = BytesIO()
    noise.save(out, "JPEG", quality=90)
    return out.getvalue()


class SmtpConnection:
    """A mail server's side of a session, line by line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def read_reply(self) -> str:
        """The next answer, all of its lines."""
        lines = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                line = (await self.reader.readline()).decode()
                lines.append(line.rstrip("\r\n"))
                if line[3:4] != "-":
                    return "\n".join(lines)

    async def send(self, line: str) -> str:
        self.writer.write(line.encode() + b"\r\n")
        return await self.read_reply()

    async def greet(self, word: str = "LHLO") -> str:
        await self.read_reply()
        return await self.send(f"{word} mx.acme.example")

    async def deliver(self, raw: bytes, *to: str, sender: str = "ap@nordwind.example") -> list[str]:
        """The answers to the mail's last line, one for each recipient."""
        assert (await self.send(f"MAIL FROM:<{sender}>")).startswith("250")
        for one in to:
            assert (await self.send(f"RCPT TO:<{one}>")).startswith("250")
        assert (await self.send("DATA")).startswith("354")
        self.writer.write(dot_stuffed(raw) + b".\r\n")
        return [await self.read_reply() for _ in to]

    async def is_closed(self) -> bool:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.reader.read(1) == b""


def dot_stuffed(raw: bytes) -> bytes:
    """With a second dot before each line that begins with one."""
    lines = (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")
    return lines[2:]


@asynccontextmanager
async def listening(harness: MailHarness, scheme: str = "lmtp") -> AsyncIterator[MailListener]:
    listener = MailListener(harness.intake, f"{scheme}://127.0.0.1:0")
    await listener.start()
    try:
        yield listener
    finally:
        await listener.stop()


@asynccontextmanager
async def an_smtp_connection(listener: MailListener) -> AsyncIterator[SmtpConnection]:
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    try:
        yield SmtpConnection(reader, writer)
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
