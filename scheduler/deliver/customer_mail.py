"""How does a mail to the customer get written and sent?

A mail's Message-ID follows from its outbox row: when an attempt has an unknown end, the next one sends the
very same mail again. Whether the server had taken the first can't be known; most mailboxes show mails of one
Message-ID once. What was taken for certain is kept with the case and never sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from cards.email.envelope import Headers, NotAnAddress, address_of, message_of
from cards.email.mail_view import WRITTEN_BY_A_PERSON, Mail, MailView
from cards.email.present import MailContext, link_view, mail_view
from cards.email.render import default_templates
from connectors.mail.send_errors import RecipientDeferred, RecipientRefused
from core.case import Case
from core.customer_messages import report_mail_failure
from core.customer_questions import is_reachable
from scheduler.deliver.send_once import check_lease
from scheduler.mail_tools import MailServices
from scheduler.services import Services
from store.customers.mails import Mail as KeptMail
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

log = structlog.get_logger()

LONGEST_DEFERRAL = timedelta(hours=2)
"""So long their server may put us off; then the case hears of it, and the lane's other mails get through."""
LONGEST_LINK_DEFERRAL = timedelta(minutes=15)
"""Others wait for theirs with the page open; servers that greylist are content after five minutes or so."""
PUT_OFF = "mail_put_off"
"""In the inbox: since when."""
CANT_BE_WRITTEN_TO = "that is no address mail can go to"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """Everything about a mail but its words."""

    view: MailView
    to: str
    message_id: str
    case_id: str | None = None
    thread: tuple[str, ...] = ()


async def mail_customer(tools: Services, row: OutboxRow) -> None:
    """Mail the customer what the row's event means for them; nothing where mail isn't set up.

    An address that doesn't work is a fact of the case, told in its thread; the row is settled.
    """
    if tools.mail is None:
        return
    draft = await tools.store.run(_mail_for_event, tools.mail, row, tools.mail.new_id(), tools.now())
    if draft is None:
        return
    try:
        await _send(tools, tools.mail, row, draft)
    except NotAnAddress:
        await _report_failure(tools, draft, CANT_BE_WRITTEN_TO)
    except RecipientRefused as refusal:
        await _report_failure(tools, draft, refusal.why)
    except RecipientDeferred as trouble:
        if await _was_put_off_for(tools, row) < LONGEST_DEFERRAL:
            raise
        await _report_failure(tools, draft, trouble.why)


async def mail_link(tools: Services, row: OutboxRow) -> None:
    """Mail a fresh link to the address on file. Who asked for it isn't told whether it got there."""
    if tools.mail is None:
        return
    draft = await tools.store.read(_mail_for_link, tools.mail, row, tools.now())
    if draft is None:
        return
    try:
        await _send(tools, tools.mail, row, draft)
    except (NotAnAddress, RecipientRefused, RecipientDeferred) as trouble:
        is_for_now = isinstance(trouble, RecipientDeferred)
        if is_for_now and await _was_put_off_for(tools, row) < LONGEST_LINK_DEFERRAL:
            raise
        log.warning("a link can't be mailed", key=row.key, why=type(trouble).__name__)


async def _send(tools: Services, mail_tools: MailServices, row: OutboxRow, draft: OutgoingMail) -> None:
    """Raises NotAnAddress, TryAgain or GiveUp."""
    mail = _render(mail_tools, draft.view, row)
    reply_to = mail_tools.reply_address(draft.case_id) if draft.case_id else ""
    headers = Headers(
        company=tools.policy.company,
        sender=mail_tools.sender,
        to=draft.to,
        message_id=draft.message_id,
        at=tools.now(),
        reply_to=reply_to,
        thread=draft.thread,
        is_automatic=draft.view.kind not in WRITTEN_BY_A_PERSON,
    )
    message = message_of(mail, headers)
    await tools.rate_limiter.wait_for_mail()
    check_lease(tools, row)
    await mail_tools.smtp.send(message, sender=reply_to or mail_tools.sender, to=address_of(draft.to))
    await tools.store.run(_save_sent_mail, draft, str(message["Subject"]), mail_tools.sender, tools.now())


def _render(mail_tools: MailServices, view: MailView, row: OutboxRow) -> Mail:
    """An administrator's template may be wrong; then ours says it, and the log has theirs."""
    try:
        return mail_tools.templates.render(view)
    except Exception:
        log.exception("a mail template is wrong", kind=view.kind, case_id=row.case_id)
        return default_templates().render(view)


async def _was_put_off_for(tools: Services, row: OutboxRow) -> timedelta:
    """How long ago their server first put this mail off. Until then it may have waited for ours for hours."""
    now = tools.now()
    return now - await tools.store.run(_put_off_since, row.key, now)


def _put_off_since(tx: Transaction, key: str, now: datetime) -> datetime:
    known = tx.inbox.find_response(PUT_OFF, key)
    if known is not None:
        return datetime.fromisoformat(known)
    tx.inbox.save_response(PUT_OFF, key, now.isoformat(), at=now)
    return now


async def _report_failure(tools: Services, draft: OutgoingMail, why: str) -> None:
    log.warning("mail refused", case_id=draft.case_id, why=why)
    await tools.store.run(_save_failure, str(draft.case_id), draft.to, why, tools.now())


def _save_failure(tx: Transaction, case_id: str, to: str, why: str, now: datetime) -> None:
    tx.record(report_mail_failure(tx.cases.lock(case_id), to=to, why=why, now=now))


def _mail_for_event(
    tx: Transaction, mail_tools: MailServices, row: OutboxRow, new_id: str, now: datetime
) -> OutgoingMail | None:
    """None: it has been sent, there is nobody to send it to, or it is no longer so."""
    case = tx.cases.get(str(row.case_id))
    message_id = _message_id(mail_tools, row, mail_tools.tokens.reply_local_part(case.id))
    if not is_reachable(case) or tx.mails.find(message_id) is not None:
        return None
    story = [entry.event for entry in tx.timeline.list(case.id) if row.seq is None or entry.seq <= row.seq]
    url = _customer_page_url(tx, mail_tools, case, new_id, now)
    view = mail_view(MailContext(story[-1], case, story, tx.policy, now, url))
    if view is None:
        log.info("mail not needed any more", case_id=case.id, key=row.key)
        return None
    to, thread = str(case.customer.email), tx.mails.list_thread_ids(case)
    return OutgoingMail(view=view, to=to, message_id=message_id, case_id=case.id, thread=thread)


def _mail_for_link(
    tx: Transaction, mail_tools: MailServices, row: OutboxRow, now: datetime
) -> OutgoingMail | None:
    """None: it has been sent, or the link is no longer good."""
    link = tx.links.find(str(row.payload["link_id"]))
    if link is None or not link.is_valid(now) or not link.customer.email:
        return None
    message_id = _message_id(mail_tools, row, mail_tools.tokens.sign_link(link.id))
    if tx.mails.find(message_id) is not None:
        return None
    view = link_view(link.invoice, link.customer, tx.policy, mail_tools.page_url(link.id))
    return OutgoingMail(view=view, to=link.customer.email, message_id=message_id)


def _customer_page_url(
    tx: Transaction, mail_tools: MailServices, case: Case, new_id: str, now: datetime
) -> str:
    """The customer's page, good for as long as a new link; empty where we took the link back."""
    known = tx.links.find_for(case.invoice.ref, case.customer.ref)
    if known is not None and known.revoked_at is not None:
        return ""
    invoice, customer = (known.invoice, known.customer) if known else (case.invoice, case.customer)
    expires_at = now + timedelta(days=tx.policy.customers.link_days)
    link = tx.links.find_or_add(invoice, customer, link_id=new_id, now=now, expires_at=expires_at)
    return mail_tools.page_url(link.id)


def _message_id(mail_tools: MailServices, row: OutboxRow, secret: str) -> str:
    """Of the row, and not to be guessed: an answer that names it must have seen the mail."""
    return f"<{sha256(f'{row.key} {secret}'.encode()).hexdigest()[:40]}@{mail_tools.domain}>"


def _save_sent_mail(tx: Transaction, draft: OutgoingMail, subject: str, sender: str, now: datetime) -> None:
    tx.mails.add(
        KeptMail(
            message_id=draft.message_id,
            case_id=draft.case_id,
            direction="out",
            at=now,
            sender=sender,
            subject=subject,
        )
    )
