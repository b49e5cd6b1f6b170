"""Delivery of the mail that asks the owner of an e-mail address whether we may write to it."""

from __future__ import annotations

from datetime import datetime

from cards.email.present import confirmation_view
from core.confirming import CONFIRM_WITHIN
from scheduler.deliver.customer_mail import OutgoingMail, mail_without_case, message_id_of
from scheduler.services import MailServices, Services
from store.outbox.repository import OutboxRow
from store.transaction import Transaction


async def mail_confirmation(services: Services, row: OutboxRow) -> None:
    """Nobody is told whether it arrived: the page says how to have it sent again."""
    await mail_without_case(services, row, _mail_for_address)


def _mail_for_address(
    tx: Transaction, mail: MailServices, row: OutboxRow, now: datetime
) -> OutgoingMail | None:
    """None when it was sent, or the address is confirmed or no longer asked for."""
    address = tx.addresses.find(str(row.payload["address_id"]))
    if address is None or address.confirmed_at is not None:
        return None
    message_id = message_id_of(mail, row, address.id)
    if tx.mails.find(message_id) is not None:
        return None
    token = mail.tokens.sign_address(address.id, until=address.asked_at + CONFIRM_WITHIN)
    view = confirmation_view(address.language, tx.policy, f"{mail.base_url}/a/{token}")
    return OutgoingMail(view=view, to=address.email, message_id=message_id)
