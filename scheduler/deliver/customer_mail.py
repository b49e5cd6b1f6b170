"""Delivery of mail to customers.

A mail's Message-ID is computed from its outbox row: when an attempt has an unknown end, the next one sends
the same mail again. Whether the server accepted the first can't be known; most mailboxes show mails of one
Message-ID once. A mail that was accepted for certain is saved with the case and never sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from cards.email.envelope import Headers, message_of
from cards.email.mail_view import WRITTEN_BY_A_PERSON, Mail, MailView
from cards.email.present import MailContext, link_view, mail_view
from cards.email.render import default_templates
from connectors.mail.send_errors import RecipientDeferred, RecipientRefused
from core.case import Case
from core.customer_messages import report_mail_failure
from core.customer_questions import is_reachable
from core.email_address import NotAnAddress, address_of
from scheduler.deliver.send_once import check_lease
from scheduler.services import MailServices, Services
from store.customers.mails import Mail as StoredMail
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

log = structlog.get_logger()

LONGEST_DEFERRAL = timedelta(hours=2)
"""How long the customer's server may defer a mail; then the case records a failure, and the lane's other
mails are sent."""
LONGEST_LINK_DEFERRAL = timedelta(minutes=15)
"""Shorter, because other customers wait for their links in front of the page; greylisting servers accept
after about five minutes."""
DEFERRED = "mail_put_off"
"""The inbox's kind for the instant of a mail's first deferral."""
CANT_BE_WRITTEN_TO = "that is no address mail can go to"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A mail to send, before its text is rendered."""

    view: MailView
    to: str
    message_id: str
    case_id: str | None = None
    thread: tuple[str, ...] = ()


FindMail = Callable[[Transaction, MailServices, OutboxRow, datetime], OutgoingMail | None]


async def mail_customer(services: Services, row: OutboxRow) -> None:
    """Mail the customer what the row's event means for them; does nothing when mail isn't set up.

    An address that doesn't work is recorded in the case and told in its thread; the row counts as delivered.
    """
    if services.mail is None:
        return
    outgoing = await services.store.run(
        _mail_for_event, services.mail, row, services.mail.new_id(), services.now()
    )
    if outgoing is None:
        return
    try:
        await _send(services, services.mail, row, outgoing)
    except NotAnAddress:
        await _report_failure(services, outgoing, CANT_BE_WRITTEN_TO)
    except RecipientRefused as refusal:
        await _report_failure(services, outgoing, refusal.why)
    except RecipientDeferred as trouble:
        if await _deferred_for(services, row) < LONGEST_DEFERRAL:
            raise
        await _report_failure(services, outgoing, trouble.why)


async def mail_link(services: Services, row: OutboxRow) -> None:
    """Mail a new link to the address on file. The person who requested it isn't told whether it arrived."""
    await mail_without_case(services, row, _mail_for_link)


async def mail_without_case(services: Services, row: OutboxRow, find: FindMail) -> None:
    """Send the mail that `find` gives, if any; that an address doesn't work is only logged."""
    if services.mail is None:
        return
    outgoing = await services.store.read(find, services.mail, row, services.now())
    if outgoing is None:
        return
    try:
        await _send(services, services.mail, row, outgoing)
    except (NotAnAddress, RecipientRefused, RecipientDeferred) as trouble:
        is_for_now = isinstance(trouble, RecipientDeferred)
        if is_for_now and await _deferred_for(services, row) < LONGEST_LINK_DEFERRAL:
            raise
        log.warning("mail_without_case_refused", key=row.key, why=type(trouble).__name__)


async def _send(services: Services, mail: MailServices, row: OutboxRow, outgoing: OutgoingMail) -> None:
    """Raises NotAnAddress, TryAgain or GiveUp."""
    rendered = _render(mail, outgoing.view, row)
    reply_to = mail.reply_address(outgoing.case_id) if outgoing.case_id else ""
    headers = Headers(
        company=services.policy.company,
        sender=mail.sender,
        to=outgoing.to,
        message_id=outgoing.message_id,
        at=services.now(),
        reply_to=reply_to,
        thread=outgoing.thread,
        is_automatic=outgoing.view.kind not in WRITTEN_BY_A_PERSON,
    )
    message = message_of(rendered, headers)
    await services.rate_limiter.wait_for_mail()
    check_lease(services, row)
    await mail.smtp.send(message, sender=reply_to or mail.sender, to=address_of(outgoing.to))
    await services.store.run(_save_sent_mail, outgoing, str(message["Subject"]), mail.sender, services.now())


def _render(mail: MailServices, view: MailView, row: OutboxRow) -> Mail:
    """Render the administrator's template; when it fails, log that and use our own."""
    try:
        return mail.templates.render(view)
    except Exception:
        log.exception("a mail template is wrong", kind=view.kind, case_id=row.case_id)
        return default_templates().render(view)


async def _deferred_for(services: Services, row: OutboxRow) -> timedelta:
    """How long ago the customer's server first deferred this mail. Earlier waits were for our own server."""
    now = services.now()
    return now - await services.store.run(_deferred_since, row.key, now)


def _deferred_since(tx: Transaction, key: str, now: datetime) -> datetime:
    known = tx.inbox.find_response(DEFERRED, key)
    if known is not None:
        return datetime.fromisoformat(known)
    tx.inbox.save_response(DEFERRED, key, now.isoformat(), at=now)
    return now


async def _report_failure(services: Services, outgoing: OutgoingMail, why: str) -> None:
    log.warning("mail refused", case_id=outgoing.case_id, why=why)
    await services.store.run(_save_failure, str(outgoing.case_id), outgoing.to, why, services.now())


def _save_failure(tx: Transaction, case_id: str, to: str, why: str, now: datetime) -> None:
    tx.record(report_mail_failure(tx.cases.lock(case_id), to=to, why=why, now=now))


def _mail_for_event(
    tx: Transaction, mail: MailServices, row: OutboxRow, new_id: str, now: datetime
) -> OutgoingMail | None:
    """None when it was sent, has no address to go to, or is no longer true."""
    case = tx.cases.get(str(row.case_id))
    message_id = message_id_of(mail, row, mail.tokens.reply_local_part(case.id))
    if not is_reachable(case) or tx.mails.find(message_id) is not None:
        return None
    story = [entry.event for entry in tx.timeline.list(case.id) if row.seq is None or entry.seq <= row.seq]
    url = _customer_page_url(tx, mail, case, new_id, now)
    view = mail_view(MailContext(story[-1], case, story, tx.policy, now, url))
    if view is None:
        log.info("mail not needed any more", case_id=case.id, key=row.key)
        return None
    to, thread = str(case.customer.email), tx.mails.list_thread_ids(case)
    return OutgoingMail(view=view, to=to, message_id=message_id, case_id=case.id, thread=thread)


def _mail_for_link(tx: Transaction, mail: MailServices, row: OutboxRow, now: datetime) -> OutgoingMail | None:
    """None when it was sent, or the link is no longer valid."""
    link = tx.links.find(str(row.payload["link_id"]))
    if link is None or not link.is_valid(now) or not link.customer.email:
        return None
    message_id = message_id_of(mail, row, mail.tokens.sign_link(link.id))
    if tx.mails.find(message_id) is not None:
        return None
    view = link_view(link.invoice, link.customer, tx.policy, mail.page_url(link.id))
    return OutgoingMail(view=view, to=link.customer.email, message_id=message_id)


def _customer_page_url(tx: Transaction, mail: MailServices, case: Case, new_id: str, now: datetime) -> str:
    """The URL of the customer's page, valid as long as a new link; empty when the link was revoked."""
    known = tx.links.find_for(case.invoice.ref, case.customer.ref)
    if known is not None and known.revoked_at is not None:
        return ""
    invoice, customer = (known.invoice, known.customer) if known else (case.invoice, case.customer)
    expires_at = now + timedelta(days=tx.policy.customers.link_days)
    link = tx.links.find_or_add(invoice, customer, link_id=new_id, now=now, expires_at=expires_at)
    return mail.page_url(link.id)


def message_id_of(mail: MailServices, row: OutboxRow, secret: str) -> str:
    """Computed from the row and a secret: a reply that names it must come from a person who saw the mail."""
    return f"<{sha256(f'{row.key} {secret}'.encode()).hexdigest()[:40]}@{mail.domain}>"


def _save_sent_mail(
    tx: Transaction, outgoing: OutgoingMail, subject: str, sender: str, now: datetime
) -> None:
    tx.mails.add(
        StoredMail(
            message_id=outgoing.message_id,
            case_id=outgoing.case_id,
            direction="out",
            at=now,
            sender=sender,
            subject=subject,
        )
    )
