"""Draft repository: a customer's form before it is submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from core.ids import case_id_of, number_of
from store.customer_tables import drafts
from store.db.documents import decode_payload, encode
from store.db.instants import from_micros, to_micros
from store.db.statements import Connection, Row, Statement, insert_row
from store.errors import AlreadySent

_UNSENT = (drafts.c.link_id == bindparam("of_link"), drafts.c.number.is_(None))
_ALL = select(drafts.c.id, drafts.c.link_id, drafts.c.body, drafts.c.saved_at, drafts.c.number)
_FIND = Statement(_ALL.where(*_UNSENT))
_LOCK = Statement(_ALL.where(*_UNSENT).with_for_update())
_LOCK_BY_ID = Statement(_ALL.where(drafts.c.id == bindparam("id")).with_for_update())
_INSERT = insert_row(drafts)
_ID = Statement(select(drafts.c.id).where(*_UNSENT).with_for_update())
_SAVE = Statement(
    update(drafts)
    .where(drafts.c.id == bindparam("of_id"))
    .values(body=bindparam("body"), saved_at=bindparam("saved_at"))
)
_COUNT = Statement(select(func.count()).select_from(drafts).where(drafts.c.link_id == bindparam("of_link")))
_SEND = Statement(
    update(drafts)
    .where(drafts.c.id == bindparam("of_id"), drafts.c.number.is_(None))
    .values(number=bindparam("number"))
)
_REMOVE = Statement(delete(drafts).where(*_UNSENT))
_PURGE = Statement(delete(drafts).where(drafts.c.saved_at < bindparam("before")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`case_id` is the case it was submitted as; None: it was not submitted yet."""

    id: str
    link_id: str
    body: dict[str, Any]
    saved_at: datetime
    case_id: str | None = None


class Drafts:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, link_id: str) -> Draft | None:
        """The link's draft that was not submitted yet."""
        return _to_draft(self._connection.row(_FIND, of_link=link_id))

    def lock(self, link_id: str) -> Draft | None:
        """As `find`, locked: until this transaction ends no other submits it or adds a file to it."""
        return _to_draft(self._connection.row(_LOCK, of_link=link_id))

    def lock_by_id(self, draft_id: str) -> Draft | None:
        """Submitted or not, locked: until this transaction ends no other submits it."""
        return _to_draft(self._connection.row(_LOCK_BY_ID, id=draft_id))

    def save(self, link_id: str, body: dict[str, Any], at: datetime) -> Draft:
        """Save the form. The first time it gets an id, for its files and to submit it only once."""
        document = encode(body)
        saved_at = to_micros(at)
        row = self._connection.row(_ID, of_link=link_id)
        if row is not None:
            self._connection.change(_SAVE, of_id=row[0], body=document, saved_at=saved_at)
            return Draft(id=row[0], link_id=link_id, body=body, saved_at=at)
        # Drafts are deleted, but their files keep the draft's id: no id may be used twice.
        [(count,)] = self._connection.rows(_COUNT, of_link=link_id)
        draft_id = f"{link_id}.{saved_at:x}.{count}"
        values = {"id": draft_id, "link_id": link_id, "body": document, "saved_at": saved_at}
        self._connection.change(_INSERT, **values, number=None)
        return Draft(id=draft_id, link_id=link_id, body=body, saved_at=at)

    def mark_sent(self, draft_id: str, case_id: str) -> None:
        """Save which case it became, so that a repeated submission finds it. The link's next draft is new.

        Raises:
            AlreadySent: it was submitted at the same moment by another transaction. The store then runs the
                unit again, which calls `lock_by_id` first and finds the case.
        """
        if not self._connection.change(_SEND, of_id=draft_id, number=number_of(case_id)):
            raise AlreadySent(draft_id)

    def remove(self, link_id: str) -> None:
        """Delete the unsubmitted draft. Its files are left to the sweep of abandoned ones."""
        self._connection.change(_REMOVE, of_link=link_id)

    def purge(self, before: datetime) -> int:
        """Delete drafts not saved since then, submitted or not."""
        return self._connection.change(_PURGE, before=to_micros(before))


def _to_draft(row: Row | None) -> Draft | None:
    if row is None:
        return None
    draft_id, link_id, body, saved_at, number = row
    return Draft(
        id=draft_id,
        link_id=link_id,
        body=decode_payload(body),
        saved_at=from_micros(saved_at),
        case_id=None if number is None else case_id_of(number),
    )
