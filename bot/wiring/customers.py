"""Customer services of the process: pages, evidence storage and incoming mail, as far as they are set up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import CannotStart
from bot.mail.intake import MailIntake
from bot.mail.listener import MailListener
from bot.settings import Settings, sender_of
from core.inbound_mail import Envelope, InboundEmail
from core.tokens import Tokens
from handlers.match_mail import MailAddresses
from scheduler.clock import Clock
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from web.customer.context import Portal

MailReader = Callable[[bytes, str | None, Envelope | None], tuple[InboundEmail, list[bytes]]]


@dataclass(frozen=True, slots=True)
class CustomerServices:
    """Lives as long as the process. `listener` is None where no mail server delivers mail to us."""

    portal: Portal
    blobs: Blobs
    intake: MailIntake | None
    listener: MailListener | None

    async def start(self) -> None:
        """Raises CannotStart when the mail port can't be listened on."""
        if self.listener is None:
            return
        try:
            await self.listener.start()
        except OSError as trouble:
            place = f"{self.listener.host}:{self.listener.port}"
            raise CannotStart(f"MAIL_LISTEN: {place} can't be listened on: {trouble.strerror}.") from None

    async def stop(self) -> None:
        if self.listener is not None:
            await self.listener.stop()


def open_customer_services(
    settings: Settings, store: Store, clock: Clock, tokens: Tokens, read_mail: MailReader
) -> CustomerServices:
    """`read_mail` parses an incoming mail: its bytes, the trusted server's name, its envelope.

    Raises:
        CannotStart: EVIDENCE_URL makes no sense.
    """
    blobs = _open_blobs(settings)
    receiver = Receiver(store, blobs, has_scanner=settings.clamd_url is not None)
    portal = Portal(
        store=store,
        now=clock.now,
        tokens=tokens,
        receiver=receiver,
        blobs=blobs,
        base_url=settings.base_url,
        mail_is_on=settings.has_mail,
        proxies=settings.trusted_proxies,
    )
    intake = None
    if settings.mail_domain is not None:
        intake = MailIntake(
            store=store,
            blobs=blobs,
            receiver=receiver,
            addresses=MailAddresses(tokens=tokens, domain=settings.mail_domain, sender=sender_of(settings)),
            now=clock.now,
            read_mail=lambda raw, envelope: read_mail(raw, settings.mail_trusted_server, envelope),
        )
    listener = MailListener(intake, settings.mail_listen) if intake and settings.mail_listen else None
    return CustomerServices(portal, blobs, intake, listener)


def _open_blobs(settings: Settings) -> Blobs:
    try:
        return Blobs.open(settings.evidence_location)
    except ValueError as mistake:
        raise CannotStart(f"EVIDENCE_URL: {mistake}") from None
