"""How does a mail get in, whichever way it came? Read, stored whole, its files taken, its case told.

It counts as taken in only when all of it is stored. Until then anything may fail and be repeated: what was
stored before is found again under its hash, or swept away when nobody needs it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

import structlog

from bot.mail.spool import Spool
from bot.metrics import INTAKES
from core.errors import Refused
from core.inbound_mail import Attachment, Envelope, InboundEmail
from core.uploaded_file import File
from handlers.match_mail import MailAddresses, MailMatch, ReceivedMail, match_mail
from handlers.receive_mail import MailOutcome, receive_mail
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from store.evidence.uploads import UploadTarget

MailReader = Callable[[bytes, Envelope], tuple[InboundEmail, list[bytes]]]
"""The connector's reader, which never raises."""
_LARGE_BYTES = 2 * 1024 * 1024
_SMALL_AT_ONCE = 8
_CHUNK_BYTES = 1024 * 1024
_SMALLEST_INLINE = 20_000
"""Bytes. A smaller picture inside of a text is the logo of a signature."""
_BODY = re.compile(rb"\r?\n\r?\n")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIntake:
    """One large mail is read at a time, so that the process stays small however many come at once."""

    store: Store
    blobs: Blobs
    receiver: Receiver
    office: MailAddresses
    now: Callable[[], datetime]
    read: MailReader
    _large_mails: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _small_mails: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_SMALL_AT_ONCE))

    async def take_in(self, spool: Spool, envelope: Envelope) -> MailOutcome:
        """What became of it. Raises whatever keeps it from being stored: the sender must try again."""
        async with self._large_mails if spool.size > _LARGE_BYTES else self._small_mails:
            raw = await spool.read()
            letter, contents = await asyncio.to_thread(self.read, raw, envelope)
            heard = await self._store_mail(letter, contents, raw)
        INTAKES.labels(source="mail", outcome=heard.value).inc()
        return heard

    async def _store_mail(self, letter: InboundEmail, contents: list[bytes], raw: bytes) -> MailOutcome:
        arrived = ReceivedMail(email=letter, digest=await asyncio.to_thread(_digest, letter, raw))
        fit = await self.store.read(match_mail, arrived, self.office)
        if fit is None:
            return MailOutcome.REPEAT
        blob = await self.blobs.save(_chunks(raw))
        arrived = replace(arrived, sha256=blob.sha256)
        if fit.takes_files:
            arrived = await self._with_files(arrived, contents, fit)
        heard = await self.store.run(receive_mail, arrived, fit, self.now())
        log.info("mail_taken_in", case_id=fit.case_id, outcome=heard.value, size=len(raw))
        return heard

    async def _with_files(self, arrived: ReceivedMail, contents: list[bytes], fit: MailMatch) -> ReceivedMail:
        """A file that can't be taken is named in the note; the mail is taken all the same."""
        files: list[File] = []
        notes = [arrived.email.note]
        for attachment, content in zip(arrived.email.attachments, contents, strict=True):
            if _is_signature_logo(attachment):
                continue
            try:
                files.append(await self._take_file(attachment, content, fit))
            except Refused as refusal:
                notes.append(str(refusal))
        letter = replace(arrived.email, note=" ".join(filter(None, notes)))
        return replace(arrived, email=letter, files=tuple(files))

    async def _take_file(self, attachment: Attachment, content: bytes, fit: MailMatch) -> File:
        place = UploadTarget(
            invoice_ref=fit.invoice_ref, customer_ref=fit.customer_ref, via="mail", meant_for=fit.case_id
        )
        return await self.receiver.receive_whole(
            content,
            target=place,
            name=attachment.name,
            kind=fit.file_kind,
            now=self.now(),
            size=attachment.size,
        )


def _is_signature_logo(attachment: Attachment) -> bool:
    is_picture = attachment.media_type.startswith("image/")
    return attachment.is_inline and is_picture and attachment.size < _SMALLEST_INLINE


def _digest(letter: InboundEmail, raw: bytes) -> str:
    """Of what the sender wrote. Servers add lines above it on each way, so the headers don't count whole."""
    head = _BODY.search(raw, 0, 1024 * 1024)
    wrote = "\n".join((letter.message_id, letter.sender, letter.subject, str(letter.sent_at)))
    digest = sha256(wrote.encode("utf-8", "replace"))
    digest.update(memoryview(raw)[head.end() if head else 0 :])
    return digest.hexdigest()


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _CHUNK_BYTES):
        yield content[start : start + _CHUNK_BYTES]
