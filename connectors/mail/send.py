"""SMTP client: sends mail through the company's mail server, over reused connections."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import SMTPUTF8 as SMTPUTF8_POLICY
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import structlog
from aiosmtplib import SMTP, SMTPException, SMTPServerDisconnected

from connectors.answers import MAIL, OnAnswer, ignore, reported
from connectors.mail.send_errors import (
    BadMailServer,
    RecipientDeferred,
    RecipientRefused,
    error_for_connecting,
    error_for_reply,
)

log = structlog.get_logger()
T = TypeVar("T")

MOST_CONNECTIONS = 4
"""At once; small servers accept few from one client."""
MAILS_PER_CONNECTION = 50
"""Then a new one is opened: many servers close theirs after a hundred mails."""
LONGEST_IDLE = 30.0
"""Seconds; servers close idle connections after minutes (RFC 5321, 4.5.3.2.7), we do so sooner."""
REPLY_TIMEOUT = 15.0
"""Seconds to connect, and for each reply but the last."""
DATA_TIMEOUT = 40.0
"""Seconds for the server to accept a mail, filters included; an attempt of the outbox has 75 in all."""
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class BadSmtpUrl(ValueError):
    """SMTP_URL can't be parsed. The message doesn't repeat it: it may contain a password."""

    def __init__(self) -> None:
        self.message = "SMTP_URL can't be understood."
        self.remedy = "Write it like smtp://user:password@mail.example.com:587, or smtps://… for TLS."
        super().__init__(f"{self.message} {self.remedy}")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """The mail server of SMTP_URL: `smtps` is TLS from the start, `smtp` STARTTLS, `smtp+plain` no TLS."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    @property
    def needs_tls(self) -> bool:
        """Without it anybody on the network can read mails; only a server on this machine may do without."""
        return self.scheme == "smtps" or (self.scheme == "smtp" and not self.is_local)

    @property
    def is_local(self) -> bool:
        return self.host in _LOOPBACK


def read_smtp_url(url: str) -> SmtpServer:
    """Raises BadSmtpUrl."""
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        raise BadSmtpUrl from None
    if split.scheme not in _PORTS or not split.hostname:
        raise BadSmtpUrl
    return SmtpServer(
        split.scheme,
        split.hostname,
        port or _PORTS[split.scheme],
        unquote(split.username or ""),
        unquote(split.password or ""),
    )


class SmtpClient:
    """A pool of connections to one server, opened when needed. Made and used in one event loop."""

    def __init__(self, server: SmtpServer, tls: ssl.SSLContext | None = None) -> None:
        """`tls` has the trusted authorities; the default is the machine's (`SSL_CERT_FILE` adds one)."""
        self.on_answer: OnAnswer = ignore
        self._server = server
        self._tls = tls
        self._slots = asyncio.Semaphore(MOST_CONNECTIONS)
        self._idle: list[_Connection] = []
        self._is_closed = False

    @classmethod
    def open(cls, smtp_url: str, tls: ssl.SSLContext | None = None) -> SmtpClient:
        """Nothing is connected yet. Raises BadSmtpUrl."""
        return cls(read_smtp_url(smtp_url), tls)

    async def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Send one mail. `sender` is where bounces go; the headers may name another.

        The server doesn't drop repeats. A repeat has the same Message-ID, so many mailboxes show it once.

        Raises:
            TryAgain: try later; `is_unknown` when the server may have accepted it all the same.
            RecipientRefused: this mail can't be delivered to this address.
            GiveUp: the server accepts nothing from us; a person must act.
        """
        content = message.as_bytes(policy=SMTP_POLICY if to.isascii() else SMTPUTF8_POLICY)
        with reported(MAIL, self.on_answer, is_message=True):
            await self._send(content, sender, to)

    async def _send(self, content: bytes, sender: str, to: str) -> None:
        async with self._slots:
            line = await self._free_connection()
            try:
                await self._transmit(line, content, sender, to)
            except (RecipientRefused, RecipientDeferred):
                self._return_connection(line)
                raise
            except BaseException:
                line.drop()
                raise
            self._return_connection(line)

    async def probe(self) -> str:
        """Connect, encrypt and log in, as for sending. Returns the encryption, in a few words.

        Raises TryAgain or GiveUp.
        """
        with reported(MAIL, self.on_answer, is_message=False):
            line = await self._connect()
        encryption = line.smtp.get_transport_info("cipher")
        await line.quit()
        return f"{encryption[1]}" if encryption else "unencrypted"

    async def close(self) -> None:
        self._is_closed = True
        while self._idle:
            await self._idle.pop().quit()

    async def _transmit(self, line: _Connection, content: bytes, sender: str, to: str) -> None:
        """MAIL, RCPT and DATA; before DATA nothing has been sent."""
        smtp, within = line.smtp, REPLY_TIMEOUT
        options, encoding = ([], "ascii") if to.isascii() else (["SMTPUTF8"], "utf-8")
        if options and not smtp.supports_extension("smtputf8"):
            raise RecipientRefused(to, "our server can't take an address with such letters")
        line.mails += 1
        await self._step(smtp.mail(sender, options=options, timeout=within), "sender")
        await self._step(smtp.rcpt(to, encoding=encoding, timeout=within), "recipient", to)
        await self._step(smtp.data(content, timeout=DATA_TIMEOUT), "content", to)

    async def _step(self, step: Awaitable[T], name: str, to: str = "") -> T:
        try:
            return await step
        except (SMTPException, OSError, TimeoutError, ValueError) as trouble:
            raise error_for_reply(trouble, step=name, to=to) from None

    async def _free_connection(self) -> _Connection:
        """An idle connection that still answers, or a new one."""
        while self._idle:
            line = self._idle.pop()
            line.idle_timer.cancel()
            if await line.is_alive():
                return line
            line.drop()
        return await self._connect()

    def _return_connection(self, line: _Connection) -> None:
        if self._is_closed or line.mails >= MAILS_PER_CONNECTION:
            line.ending = asyncio.ensure_future(line.quit())
            return
        loop = asyncio.get_running_loop()
        line.idle_timer = loop.call_later(LONGEST_IDLE, self._close_idle, line)
        self._idle.append(line)

    def _close_idle(self, line: _Connection) -> None:
        if line in self._idle:
            self._idle.remove(line)
            line.ending = asyncio.ensure_future(line.quit())

    async def _connect(self) -> _Connection:
        server = self._server
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.scheme == "smtps",
            start_tls=False,
            tls_context=self._tls,
            timeout=REPLY_TIMEOUT,
        )
        try:
            await smtp.connect()
            await self._encrypt(smtp)
            if server.user:
                await smtp.login(server.user, server.password)
        except (SMTPException, OSError, TimeoutError, ValueError) as trouble:
            smtp.close()
            raise error_for_connecting(trouble, has_login=bool(server.user)) from None
        except BaseException:
            smtp.close()
            raise
        return _Connection(smtp)

    async def _encrypt(self, smtp: SMTP) -> None:
        """STARTTLS. A remote server must offer it: else anybody on the network could remove the offer."""
        if self._server.scheme != "smtp":
            return
        await smtp.ehlo()
        if smtp.supports_extension("starttls"):
            checked = self._tls is not None or not self._server.is_local
            await smtp.starttls(validate_certs=checked)
        elif self._server.needs_tls:
            raise BadMailServer(
                "The mail server offers no encryption (STARTTLS).",
                "Use smtps:// with its TLS port; or smtp+plain:// if nobody else can read that network.",
            )


class _Connection:
    """One connection."""

    def __init__(self, smtp: SMTP) -> None:
        self.smtp = smtp
        self.mails = 0
        self.idle_timer: asyncio.Handle = asyncio.get_running_loop().call_soon(lambda: None)
        """Closes the connection when it has been idle for too long."""
        self.ending: asyncio.Future[None] | None = None

    async def is_alive(self) -> bool:
        """RSET also resets what an earlier mail left half done."""
        try:
            await self.smtp.rset(timeout=REPLY_TIMEOUT)
        except (SMTPException, OSError, TimeoutError):
            return False
        return True

    async def quit(self) -> None:
        with suppress(SMTPServerDisconnected, SMTPException, OSError, TimeoutError):
            await self.smtp.quit(timeout=1.0)
        self.smtp.close()

    def drop(self) -> None:
        self.smtp.close()
