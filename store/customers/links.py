"""Customer link repository: one valid link per customer and invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, or_, select, update

from core.customer_link import CustomerLink
from core.invoice import Customer, Invoice
from store.customer_tables import links
from store.db.documents import encode
from store.db.instants import from_micros, from_micros_or_none, to_micros
from store.db.statements import Connection, Row, Statement, insert_row

_COLUMNS = [links.c[name] for name in "id invoice customer made_at expires_at revoked_at".split()]
_OF_THE_PAIR = (
    links.c.invoice_ref == bindparam("of_invoice"),
    links.c.customer_ref == bindparam("of_customer"),
    links.c.replaced_at.is_(None),
)
_FIND = Statement(select(*_COLUMNS).where(links.c.id == bindparam("id")))
_NEWEST = select(*_COLUMNS).where(*_OF_THE_PAIR)
_FIND_NEWEST = Statement(_NEWEST)
_LOCK_NEWEST = Statement(_NEWEST.with_for_update())
_LIST_BY_INVOICE = Statement(
    select(*_COLUMNS)
    .where(or_(links.c.invoice_number == bindparam("name"), links.c.invoice_ref == bindparam("name")))
    .order_by(links.c.made_at.desc(), links.c.id)
)
_INSERT = insert_row(links)
_RENEW = Statement(
    update(links)
    .where(links.c.id == bindparam("of_id"))
    .values({name: bindparam(name) for name in ("invoice_number", "invoice", "customer", "expires_at")})
)
_REPLACE = Statement(update(links).where(*_OF_THE_PAIR).values(replaced_at=bindparam("at")))
_REVOKE = Statement(
    update(links)
    .where(links.c.id == bindparam("of_id"), links.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at"))
)

_invoice_decoder = msgspec.json.Decoder(Invoice)
_customer_decoder = msgspec.json.Decoder(Customer)


class CustomerLinks:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find_or_add(
        self, invoice: Invoice, customer: Customer, *, link_id: str, now: datetime, expires_at: datetime
    ) -> CustomerLink:
        """The one valid link of this customer to this invoice.

        A link that is still valid is updated and returned, never with an earlier end; `link_id`, random and
        made by the caller, is then not used.
        """
        of_the_pair = {"of_invoice": invoice.ref, "of_customer": customer.ref}
        row = self._connection.row(_LOCK_NEWEST, **of_the_pair)
        if row is not None:
            newest = _to_link(row)
            if newest.is_valid(now):
                return self._renew(newest, invoice, customer, max(expires_at, newest.expires_at))
            self._connection.change(_REPLACE, **of_the_pair, at=to_micros(now))
        link = CustomerLink(
            id=link_id, invoice=invoice, customer=customer, made_at=now, expires_at=expires_at
        )
        self._connection.change(
            _INSERT,
            **_documents(link),
            id=link_id,
            invoice_ref=invoice.ref,
            customer_ref=customer.ref,
            made_at=to_micros(now),
            revoked_at=None,
            replaced_at=None,
        )
        return link

    def find(self, link_id: str) -> CustomerLink | None:
        """The link, valid or not."""
        row = self._connection.row(_FIND, id=link_id)
        return None if row is None else _to_link(row)

    def find_for(self, invoice_ref: str, customer_ref: str) -> CustomerLink | None:
        """The customer's newest link to this invoice, valid or not."""
        row = self._connection.row(_FIND_NEWEST, of_invoice=invoice_ref, of_customer=customer_ref)
        return None if row is None else _to_link(row)

    def list_by_invoice(self, name: str) -> Sequence[CustomerLink]:
        """All links to invoices of this number or id, valid or not, newest first."""
        return [_to_link(row) for row in self._connection.rows(_LIST_BY_INVOICE, name=name)]

    def revoke(self, link_id: str, at: datetime) -> None:
        """Make the link invalid from then on. A link revoked before isn't changed."""
        self._connection.change(_REVOKE, of_id=link_id, at=to_micros(at))

    def _renew(
        self, link: CustomerLink, invoice: Invoice, customer: Customer, expires_at: datetime
    ) -> CustomerLink:
        renewed = replace(link, invoice=invoice, customer=customer, expires_at=expires_at)
        if renewed != link:
            self._connection.change(_RENEW, of_id=link.id, **_documents(renewed))
        return renewed


def _documents(link: CustomerLink) -> dict[str, str | int]:
    return {
        "invoice_number": link.invoice.number,
        "invoice": encode(link.invoice),
        "customer": encode(link.customer),
        "expires_at": to_micros(link.expires_at),
    }


def _to_link(row: Row) -> CustomerLink:
    link_id, invoice, customer, made_at, expires_at, revoked_at = row
    return CustomerLink(
        id=link_id,
        invoice=_invoice_decoder.decode(invoice),
        customer=_customer_decoder.decode(customer),
        made_at=from_micros(made_at),
        expires_at=from_micros(expires_at),
        revoked_at=from_micros_or_none(revoked_at),
    )
