"""Messages to the customer: from the card, or with the text of a message in the case's thread."""

from __future__ import annotations

from collections.abc import Mapping

from cards.actions import Field
from cards.message_forms import NOTHING, preview_digest, reply_form, with_preview_digest
from cards.slack.incoming_text import mentioned_members, without_markup
from cards.text_limits import MAX_LENGTHS
from core.case import Case
from core.customer_questions import Unreachable, demand_tellable, is_reachable, tell_customer
from core.errors import FieldRefused, Refused
from core.permissions import Permission
from core.person import Person
from core.platforms import SLACK
from handlers.access import get_for, lock_for
from handlers.mail_preview import field_text, render_preview, with_customer_email
from handlers.types import Click, Reply
from store.transaction import Transaction

_NO_THREAD = "This message isn't in the thread of a case, so there is no customer to send it to."
_MAIL_IS_OFF = "Mail isn't set up here, so nothing can be sent. Your administrator can change that."


def open_reply_form(tx: Transaction, click: Click, actor: Person) -> Reply:
    return _form(tx, click, actor, click.case_id)


def open_reply_form_from_message(tx: Transaction, click: Click, actor: Person) -> Reply:
    """“Send to customer” in a message's menu: the form of the thread's case, with the message's text."""
    case_id = tx.posted_cards.find_case_id(click.channel or "", click.thread) if click.thread else None
    if case_id is None:
        raise Refused(_NO_THREAD)
    text = _message_text(tx, click).strip()
    return _form(tx, click, actor, case_id, {Field.TEXT: text[: MAX_LENGTHS[Field.TEXT]]})


def send_reply(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Send it, after the person has seen this very mail; until then the form comes back with its preview."""
    case = lock_for(tx, actor, Permission.WRITE_TO_CUSTOMER, click.case_id)
    _demand_writable(case, click)
    reachable = with_customer_email(case, click, actor)
    if not is_reachable(reachable.case):
        raise FieldRefused(Field.CUSTOMER_EMAIL, "Where shall it go?")
    told = tell_customer(reachable.case, text=field_text(click, Field.TEXT), actor_id=actor.id, now=click.at)
    preview = render_preview(tx, told, click)
    if click.previewed != preview_digest(preview):
        form = reply_form(case, click.values, shown=preview, is_changed=bool(click.previewed))
        return Reply(form=with_preview_digest(form, preview_digest(preview)))
    tx.record(reachable.then(told))
    return Reply()


def _form(
    tx: Transaction,
    click: Click,
    actor: Person,
    case_id: str | None,
    values: Mapping[str, str] = NOTHING,
) -> Reply:
    case = get_for(tx, actor, Permission.WRITE_TO_CUSTOMER, case_id)
    _demand_writable(case, click)
    return Reply(form=reply_form(case, values))


def _demand_writable(case: Case, click: Click) -> None:
    """Raises if no mail can be sent at all; a missing address is no reason, the form asks for it."""
    if case.chargeback is not None:
        raise Unreachable(case)
    if not click.mail_preview.is_mail_on:
        raise Refused(_MAIL_IS_OFF)
    if case.customer.email:
        demand_tellable(case)


def _message_text(tx: Transaction, click: Click) -> str:
    """The message as plain text. Slack's has mark-up for people and links; Teams' edge has made plain text of
    the HTML already."""
    if click.platform != SLACK:
        return click.value
    found = (tx.people.find_by_ref(SLACK, ref) for ref in sorted(mentioned_members(click.value)))
    names = {person.slack_ref: person.name for person in found if person is not None and person.slack_ref}
    return without_markup(click.value, names)
