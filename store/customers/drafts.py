"""What has a customer written into the form, before sending it?"""

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
_CLEAR = Statement(delete(drafts).where(*_UNSENT))
_PURGE = Statement(delete(drafts).where(drafts.c.saved_at < bindparam("before")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`case_id` is the case that was made of it; None: it was not sent yet."""

    id: str
    link_id: str
    body: dict[str, Any]
    saved_at: datetime
    case_id: str | None = None


class Drafts:
    __slots__ = ("_link",)

    def __init__(self, link: Connection) -> None:
        self._link = link

    def find(self, link_id: str) -> Draft | None:
        """The one of this link that was not sent yet."""
        return _to_draft(self._link.row(_FIND, of_link=link_id))

    def lock(self, link_id: str) -> Draft | None:
        """As `find`; until this transaction ends nobody else sends it or adds a file to it."""
        return _to_draft(self._link.row(_LOCK, of_link=link_id))

    def lock_by_id(self, draft_id: str) -> Draft | None:
        """Sent or not; until this transaction ends nobody else sends it."""
        return _to_draft(self._link.row(_LOCK_BY_ID, id=draft_id))

    def save(self, link_id: str, body: dict[str, Any], at: datetime) -> Draft:
        """Keep the form as it is now; the first time it gets an id, for its files and for being sent once."""
        document = encode(body)
        saved_at = to_micros(at)
        row = self._link.row(_ID, of_link=link_id)
        if row is not None:
            self._link.change(_SAVE, of_id=row[0], body=document, saved_at=saved_at)
            return Draft(id=row[0], link_id=link_id, body=body, saved_at=at)
        # Drafts are cleared and purged, and files go on naming theirs: an id must never come again.
        [(count,)] = self._link.rows(_COUNT, of_link=link_id)
        draft_id = f"{link_id}.{saved_at:x}.{count}"
        values = {"id": draft_id, "link_id": link_id, "body": document, "saved_at": saved_at}
        self._link.change(_INSERT, **values, number=None)
        return Draft(id=draft_id, link_id=link_id, body=body, saved_at=at)

    def mark_sent(self, draft_id: str, case_id: str) -> None:
        """Remember which case was made of it: sent again, it leads there. The link's next draft is a new one.

        Raises:
            AlreadySent: it was sent twice at once and the other was quicker. The store then runs the unit
                again, which looks at `lock_by_id` first and finds the case.
        """
        if not self._link.change(_SEND, of_id=draft_id, number=number_of(case_id)):
            raise AlreadySent(draft_id)

    def remove(self, link_id: str) -> None:
        """Throw away what was not sent. Its files are left to the sweep of abandoned ones."""
        self._link.change(_CLEAR, of_link=link_id)

    def purge(self, before: datetime) -> int:
        """Forget drafts that nobody has touched since then, sent or not."""
        return self._link.change(_PURGE, before=to_micros(before))


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
