"""Mail listener: takes mail for our domain from the company's mail server, over SMTP or LMTP.

A mail is answered "250" only once all of it is stored. Whatever goes wrong before gets an answer at which the
server keeps the mail and tries again.
"""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import urlsplit

import structlog
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from aiosmtpd.smtp import Session

from bot.mail.intake import MailIntake
from bot.mail.smtp import TRY_AGAIN, LmtpSession, SmtpSession
from bot.mail.spool import LARGEST_MAIL, Spool
from core.inbound_mail import Envelope
from handlers.receive_mail import MailOutcome

MOST_SESSIONS, MOST_RECIPIENTS = 20, 100
_IDLE_SECONDS = 120.0
_STOPPING_SECONDS = 4.0
log = structlog.get_logger()
logging.getLogger("mail.log").setLevel(logging.ERROR)
"""aiosmtpd logs every line: addresses, and with them the signatures of our reply addresses."""


class MailListener:
    """Listens at `url`, `lmtp://127.0.0.1:8024` or `smtp://…`, in the running event loop."""

    def __init__(self, intake: MailIntake, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 0
        self._session_class = LmtpSession if parts.scheme == "lmtp" else SmtpSession
        self._handler = SmtpHandler(intake)
        self._domain = intake.addresses.domain
        self._sessions: set[SmtpSession] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Raises OSError when the port is taken. Port 0 is replaced by the one that the system chose."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._new_session, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Accept no new mail; let those that are being received finish, for twenty seconds at most."""
        if self._server is None:
            return
        self._server.close()
        for session in list(self._sessions):
            if session.idle.is_set():
                session.end_session()
        try:
            async with asyncio.timeout(_STOPPING_SECONDS):
                await asyncio.gather(*(session.idle.wait() for session in self._sessions))
        except TimeoutError:
            log.warning("mails_cut_off", sessions=len(self._sessions))
        for session in list(self._sessions):
            session.end_session()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    def _new_session(self) -> SmtpSession:
        session = self._session_class(
            self._handler,
            is_accepted=len(self._sessions) < MOST_SESSIONS,
            on_close=self._sessions.discard,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname=self._domain,
            ident="Ombud",
            timeout=_IDLE_SECONDS,
            loop=asyncio.get_running_loop(),
        )
        self._sessions.add(session)
        return session


class SmtpHandler:
    """aiosmtpd's hooks, and `take_in` for our own DATA command. The hooks' names are aiosmtpd's."""

    def __init__(self, intake: MailIntake) -> None:
        self._intake = intake

    async def handle_EHLO(  # noqa: N802
        self, _server: object, session: Session, _envelope: SmtpEnvelope, host: str, responses: list[str]
    ) -> list[str]:
        session.host_name = host
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, _server: object, _session: Session, envelope: SmtpEnvelope, address: str, options: list[str]
    ) -> str:
        if not self._intake.addresses.is_in_our_domain(address):
            return "550 5.7.1 No mail for this domain is taken here"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        log.error("mail_session_failed", exc_info=error)
        return TRY_AGAIN

    async def take_in(self, spool: Spool, envelope: SmtpEnvelope) -> str:
        """The response to the end of the mail's data."""
        sender = (envelope.mail_from or "").strip("<>")
        try:
            outcome = await self._intake.take_in(
                spool, Envelope(sender=sender, recipients=tuple(envelope.rcpt_tos))
            )
        except Exception as trouble:
            log.warning("mail_not_stored", reason=repr(trouble))
            return TRY_AGAIN
        return "250 2.0.0 It was here before" if outcome is MailOutcome.REPEAT else "250 2.0.0 Stored"
