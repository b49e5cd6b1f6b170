"""Address repository: e-mail addresses that a customer's cases wait for, and those that were confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from store.customer_tables import addresses
from store.db.instants import from_micros, from_micros_or_none, to_micros
from store.db.statements import Connection, Row, Statement, insert_or_update

_NAMES = ("id", "invoice_ref", "customer_ref", "email", "language", "asked_at", "confirmed_at")
_BY_ID = select(*(addresses.c[name] for name in _NAMES)).where(addresses.c.id == bindparam("id"))
_FIND, _LOCK = Statement(_BY_ID), Statement(_BY_ID.with_for_update())
_ASK = insert_or_update(addresses, *_NAMES, by=["id"], unchanged=["confirmed_at"])
_CONFIRM = Statement(
    update(addresses)
    .where(addresses.c.id == bindparam("of_id"), addresses.c.confirmed_at.is_(None))
    .values(confirmed_at=bindparam("at"))
)
_PURGE = Statement(
    delete(addresses).where(addresses.c.confirmed_at.is_(None), addresses.c.asked_at < bindparam("before"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAddress:
    """`asked_at` is when the last confirmation mail was queued; `id` is made by `core.confirming`."""

    id: str
    invoice_ref: str
    customer_ref: str
    email: str
    language: str
    asked_at: datetime
    confirmed_at: datetime | None = None


class Addresses:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, address_id: str) -> CustomerAddress | None:
        row = self._connection.row(_FIND, id=address_id)
        return None if row is None else _to_address(row)

    def lock(self, address_id: str) -> CustomerAddress | None:
        """As `find`, locked: a case that begins to wait for it and its confirmation see each other."""
        row = self._connection.row(_LOCK, id=address_id)
        return None if row is None else _to_address(row)

    def save_asked(self, address: CustomerAddress) -> None:
        """Save that its owner is asked; one that is confirmed stays so."""
        self._connection.change(
            _ASK,
            id=address.id,
            invoice_ref=address.invoice_ref,
            customer_ref=address.customer_ref,
            email=address.email,
            language=address.language,
            asked_at=to_micros(address.asked_at),
            confirmed_at=None,
        )

    def confirm(self, address_id: str, at: datetime) -> bool:
        """False: it was confirmed before, or isn't asked for."""
        return self._connection.change(_CONFIRM, of_id=address_id, at=to_micros(at)) > 0

    def purge_unconfirmed(self, before: datetime) -> int:
        """Delete addresses last asked before then that nobody confirmed."""
        return self._connection.change(_PURGE, before=to_micros(before))


def _to_address(row: Row) -> CustomerAddress:
    *texts, asked_at, confirmed_at = row
    address_id, invoice_ref, customer_ref, email, language = texts
    return CustomerAddress(
        id=address_id,
        invoice_ref=invoice_ref,
        customer_ref=customer_ref,
        email=email,
        language=language,
        asked_at=from_micros(asked_at),
        confirmed_at=from_micros_or_none(confirmed_at),
    )
