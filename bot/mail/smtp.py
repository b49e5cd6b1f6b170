"""SMTP and LMTP sessions: aiosmtpd's, with a DATA command of our own.

aiosmtpd's DATA reads line by line, refuses lines over 1,001 bytes that real programs write, holds the whole
mail in memory twice, and gives LMTP one response where each recipient needs one.
"""

from __future__ import annotations

import asyncio
from asyncio import BaseTransport, LimitOverrunError
from collections.abc import Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, syntax

from bot.mail.spool import MailTooLarge, Spool

TOO_LARGE = "552 5.3.4 The mail is too large"
TRY_AGAIN = "451 4.3.0 It could not be stored. Try again later"
_TOO_MANY = b"421 4.3.2 Too many connections. Try again later\r\n"
_STOPPING = b"421 4.3.2 The service is stopping. Try again later\r\n"
_TOO_SLOW = b"421 4.4.2 Too slow. Try again later\r\n"
_LINE_END, _END = b"\r\n", b"\r\n.\r\n"
_MAY_BECOME_END = (b"", b"\r", b".", b".\r")
_MOST_BLANK = 1_000
_PIECE_SECONDS, _MAIL_SECONDS = 60.0, 600.0
"""How long to wait for the next piece of a mail, and for all of it and its storing."""


class SmtpSession(SMTP):
    """`is_accepted`: whether there is room for one more session. `on_close` is called when it is over."""

    replies_per_recipient = False

    def __init__(
        self, handler: Any, *, is_accepted: bool, on_close: Callable[[SmtpSession], None], **more: Any
    ) -> None:
        super().__init__(handler, **more)
        self.idle = asyncio.Event()
        """Set while no mail is being received, so that ending the session costs nobody a repeat."""
        self.idle.set()
        self._is_accepted = is_accepted
        self._on_close = on_close

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        if self._handler_coroutine is not None:
            self._handler_coroutine.add_done_callback(_retrieve_exception)
        if not self._is_accepted:
            self.end_session(_TOO_MANY)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._on_close(self)

    def end_session(self, why: bytes = _STOPPING) -> None:
        """Close the connection with a temporary error, after which the mail server tries again."""
        if self.transport is not None:
            self._writer.write(why)
            self.transport.close()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        if await self.check_helo_needed():
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self._reset_timeout(2 * _MAIL_SECONDS)
        recipients = len(self.envelope.rcpt_tos)
        self.idle.clear()
        try:
            answer = await self._receive_and_store()
        except TimeoutError:
            self.end_session(_TOO_SLOW)
            return
        finally:
            self.idle.set()
            self.envelope = self._create_envelope()
        for _ in range(recipients if self.replies_per_recipient else 1):
            await self.push(answer)

    async def _receive_and_store(self) -> str:
        with Spool(self.data_size_limit or 0) as spool:
            async with asyncio.timeout(_MAIL_SECONDS):
                trouble = await self._read_mail(spool)
            if trouble is not None:
                return trouble
            answer: str = await self.event_handler.take_in(spool, self.envelope)
            return answer

    async def _read_mail(self, spool: Spool) -> str | None:
        """Read the mail into `spool`, without dot-stuffing, to its end and no byte further.

        Returns the error response, if it couldn't be stored. It is read to its end all the same: the sender
        reads a response only after that.
        """
        held, to_skip, trouble = _LINE_END, len(_LINE_END), None
        piece, is_end = await self._read_beginning()
        while True:
            ready, held = _undo_dot_stuffing(held + piece, is_end=is_end)
            trouble = trouble or await _write(spool, ready[to_skip:])
            to_skip = max(0, to_skip - len(ready))
            if is_end:
                return trouble
            piece, is_end = await self._read_more()

    async def _read_beginning(self) -> tuple[bytes, bool]:
        """The first bytes, up to where `readuntil` can find the end; whether the mail ends there already."""
        begun = b""
        while True:
            async with asyncio.timeout(_PIECE_SECONDS):
                begun += await self._reader.readexactly(1)
            if begun == _END[2:] or begun.endswith(_END):
                return begun, True
            if begun.rpartition(_LINE_END)[2] not in _MAY_BECOME_END or len(begun) > _MOST_BLANK:
                return begun, False

    async def _read_more(self) -> tuple[bytes, bool]:
        async with asyncio.timeout(_PIECE_SECONDS):
            try:
                return await self._reader.readuntil(_END), True
            except LimitOverrunError as full:
                return await self._reader.readexactly(full.consumed), False


class LmtpSession(SmtpSession, LMTP):
    """Each recipient gets a response of its own after the mail (RFC 2033)."""

    replies_per_recipient = True


def _undo_dot_stuffing(held: bytes, *, is_end: bool) -> tuple[bytes, bytes]:
    """Undo the dot-stuffing (RFC 5321, 4.5.2). Returns what is done, and what needs the next piece."""
    keep = 2 if held.endswith(_LINE_END) else int(held.endswith(b"\r"))
    cut = len(held) - (len(b".\r\n") if is_end else keep)
    return held[:cut].replace(b"\r\n.", _LINE_END), b"" if is_end else held[cut:]


async def _write(spool: Spool, piece: bytes) -> str | None:
    """Returns the error response if it can't be stored."""
    try:
        await spool.write(piece)
    except MailTooLarge:
        return TOO_LARGE
    except OSError:
        return TRY_AGAIN
    return None


def _retrieve_exception(session: asyncio.Task[None]) -> None:
    """Otherwise asyncio would log each connection that breaks."""
    if not session.cancelled():
        session.exception()
