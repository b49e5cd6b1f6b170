"""Customers' links, one for each invoice and customer: created, renewed, mailed, revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.case import Case
from core.customer_link import CustomerLink
from core.effects import Effect
from core.intake import Dispute
from core.invoice import Customer, Invoice
from handlers.raise_dispute import create_case
from store.transaction import Transaction

LINKS_ADDRESS = "mail:links"
_SOURCE = "links"
_AT_MOST_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CreatedCaseWithLink:
    case: Case
    is_repeat: bool
    link: CustomerLink | None


def create_case_with_link(
    tx: Transaction,
    dispute: Dispute,
    *,
    source: str,
    key: str,
    digest: str,
    link_id: str | None,
    now: datetime,
) -> CreatedCaseWithLink:
    """Create a case as `create_case` does, and the customer's link; `link_id` None: links are switched off.

    A repeat creates no link, since it may have been revoked meanwhile. A valid link keeps the invoice that it
    was created with: the source of a dispute may know less of it than the billing platform.
    """
    raised = create_case(tx, dispute, source=source, key=key, digest=digest, now=now)
    known = find_valid_link(tx, dispute.invoice.ref, dispute.customer.ref, now)
    if link_id is None or raised.is_repeat:
        return CreatedCaseWithLink(raised.case, raised.is_repeat, known)
    source_of_invoice = known or dispute
    link = renew_link(tx, source_of_invoice.invoice, source_of_invoice.customer, link_id, now)
    return CreatedCaseWithLink(raised.case, raised.is_repeat, link)


def find_valid_link(
    tx: Transaction, invoice_ref: str, customer_ref: str, now: datetime
) -> CustomerLink | None:
    link = tx.links.find_for(invoice_ref, customer_ref)
    return link if link is not None and link.is_valid(now) else None


def renew_link(
    tx: Transaction, invoice: Invoice, customer: Customer, link_id: str, now: datetime
) -> CustomerLink:
    """The customer's valid link to the invoice: the one they have, extended, else a new one.

    `link_id` is random and comes from the caller, so that the unit of work does the same when run again.
    """
    expires_at = now + timedelta(days=tx.policy.customers.link_days)
    return tx.links.find_or_add(invoice, customer, link_id=link_id, now=now, expires_at=expires_at)


def send_new_link(tx: Transaction, old_id: str, fresh_id: str, now: datetime) -> None:
    """Queue a mail with a valid link to the customer's stored address; at most one an hour for a link.

    Without an address, or for a revoked link, nothing is sent. The response to the visitor is the same, so
    that they learn nothing of it.
    """
    old = tx.links.find(old_id)
    newest = tx.links.find_for(old.invoice.ref, old.customer.ref) if old else None
    if newest is None or newest.revoked_at is not None or not newest.customer.email:
        return
    hour = int(now.timestamp() // 3600)
    if any(_is_recent(tx, f"{old_id}@{one}", now) for one in (hour - 1, hour)):
        return
    fresh = renew_link(tx, newest.invoice, newest.customer, fresh_id, now)
    tx.inbox.save_response(_SOURCE, f"{old_id}@{hour}", now.isoformat(), at=now)
    tx.outbox.add(
        key=f"link:{old_id}@{hour}",
        address=LINKS_ADDRESS,
        effect=Effect.SEND_LINK,
        due_at=now,
        payload={"link_id": fresh.id},
    )


def revoke_link(tx: Transaction, link_id: str, now: datetime) -> CustomerLink | None:
    """Revoke the link and return it; None: there is no such link."""
    tx.links.revoke(link_id, now)
    return tx.links.find(link_id)


def _is_recent(tx: Transaction, key: str, now: datetime) -> bool:
    sent = tx.inbox.find_response(_SOURCE, key)
    return sent is not None and now - datetime.fromisoformat(sent) < _AT_MOST_EVERY
