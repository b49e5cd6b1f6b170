"""Preview of the mail that a message to the customer will send, and the form fields behind it."""

from __future__ import annotations

from cards.actions import Field
from cards.email.envelope import subject_of
from cards.email.present import MailContext, mail_view
from cards.email.render import UNWRAPPED
from cards.sanitize import clean_text
from cards.views import Preview
from core.case import Case
from core.email_address import is_email_address
from core.errors import FieldRefused
from core.noting import add_customer_email
from core.outcome import Outcome
from core.person import Person
from handlers.types import Click
from store.transaction import Transaction


def render_preview(tx: Transaction, outcome: Outcome, click: Click) -> Preview:
    """The mail that the outcome's one event sends, rendered as for delivery.

    Except for line breaks: a chat is narrower or wider than a mail, so its client breaks the lines.
    """
    (event,) = outcome.events
    case, settings = outcome.case, click.mail_preview
    view = mail_view(
        MailContext(event=event, case=case, events=(), policy=tx.policy, now=click.at, url=settings.page_url)
    )
    if view is None:
        raise LookupError(f"A {type(event).__name__} sends no mail.")
    mail = settings.templates.render(view, width=UNWRAPPED)
    subject = subject_of(mail, tx.mails.list_thread_ids(case))
    return Preview(to=case.customer.email or "", subject=subject, text=mail.text)


def field_text(click: Click, field: Field) -> str:
    """The field's text as it will be sent, without invisible characters."""
    return clean_text(click.values.get(field, ""))


def with_customer_email(case: Case, click: Click, actor: Person) -> Outcome:
    """The case with the address from the form; a stored one stays."""
    address = click.values.get(Field.CUSTOMER_EMAIL, "").strip()
    if case.customer.email or not address:
        return Outcome(case)
    if not is_email_address(address):
        raise FieldRefused(Field.CUSTOMER_EMAIL, "Write one address, such as ap@nordlicht.example.")
    return add_customer_email(case, address, actor_id=actor.id, now=click.at)
