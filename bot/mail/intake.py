"""Mail intake, the same for every way in: parse it, store it whole, store its files, apply it to the case.

It counts as received only when all of it is stored. Until then anything may fail and be repeated: what was
stored before is found again by its hash, or swept when no case refers to it.
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
from handlers.stray_budget import has_stray_budget
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from store.evidence.uploads import UploadTarget

MailReader = Callable[[bytes, Envelope], tuple[InboundEmail, list[bytes]]]
"""The connector's parser, which never raises: the mail, and its attachments' bytes in their order."""
_LARGE_BYTES = 2 * 1024 * 1024
_SMALL_AT_ONCE = 8
_CHUNK_BYTES = 1024 * 1024
_SMALLEST_INLINE = 20_000
"""Bytes. A smaller picture within the text counts as the logo of a signature."""
_BODY = re.compile(rb"\r?\n\r?\n")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIntake:
    """One large mail is parsed at a time, so that the process stays small however many come at once."""

    store: Store
    blobs: Blobs
    receiver: Receiver
    addresses: MailAddresses
    now: Callable[[], datetime]
    read_mail: MailReader
    _large_mails: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    _small_mails: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_SMALL_AT_ONCE))

    async def take_in(self, spool: Spool, envelope: Envelope) -> MailOutcome:
        """What became of the mail. Raises whatever kept it from being stored: the sender must try again."""
        async with self._large_mails if spool.size > _LARGE_BYTES else self._small_mails:
            raw = await spool.read()
            email, contents = await asyncio.to_thread(self.read_mail, raw, envelope)
            outcome = await self._store_mail(email, contents, raw)
        INTAKES.labels(source="mail", outcome=outcome.value).inc()
        return outcome

    async def _store_mail(self, email: InboundEmail, contents: list[bytes], raw: bytes) -> MailOutcome:
        received = ReceivedMail(
            email=email, digest=await asyncio.to_thread(_digest, email, raw), size=len(raw)
        )
        match = await self.store.read(match_mail, received, self.addresses)
        if match is None:
            return MailOutcome.REPEAT
        now = self.now()
        if match.case_id is not None or await self.store.read(has_stray_budget, received, now):
            blob = await self.blobs.save(_chunks(raw))
            received = replace(received, sha256=blob.sha256)
        if match.takes_files:
            received = await self._with_files(received, contents, match)
        outcome = await self.store.run(receive_mail, received, match, now)
        log.info("mail_taken_in", case_id=match.case_id, outcome=outcome.value, size=len(raw))
        return outcome

    async def _with_files(
        self, received: ReceivedMail, contents: list[bytes], match: MailMatch
    ) -> ReceivedMail:
        """A file that is refused is named in the note; the mail is received all the same."""
        files: list[File] = []
        notes = [received.email.note]
        for attachment, content in zip(received.email.attachments, contents, strict=True):
            if _is_signature_logo(attachment):
                continue
            try:
                files.append(await self._take_file(attachment, content, match))
            except Refused as refusal:
                notes.append(str(refusal))
        email = replace(received.email, note=" ".join(filter(None, notes)))
        return replace(received, email=email, files=tuple(files))

    async def _take_file(self, attachment: Attachment, content: bytes, match: MailMatch) -> File:
        target = UploadTarget(
            invoice_ref=match.invoice_ref,
            customer_ref=match.customer_ref,
            via="mail",
            meant_for=match.case_id,
        )
        return await self.receiver.receive_whole(
            content,
            target=target,
            name=attachment.name,
            kind=match.file_kind,
            now=self.now(),
            size=attachment.size,
        )


def _is_signature_logo(attachment: Attachment) -> bool:
    is_picture = attachment.media_type.startswith("image/")
    return attachment.is_inline and is_picture and attachment.size < _SMALLEST_INLINE


def _digest(email: InboundEmail, raw: bytes) -> str:
    """Digest of what the sender wrote. Not of all headers: every server on the way adds some."""
    head = _BODY.search(raw, 0, 1024 * 1024)
    wrote = "\n".join((email.message_id, email.sender, email.subject, str(email.sent_at)))
    digest = sha256(wrote.encode("utf-8", "replace"))
    digest.update(memoryview(raw)[head.end() if head else 0 :])
    return digest.hexdigest()


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _CHUNK_BYTES):
        yield content[start : start + _CHUNK_BYTES]
