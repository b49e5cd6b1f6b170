"""Was this message, request or click here before, and what did we answer?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from store.db.instants import to_micros
from store.db.statements import Connection, Statement, insert_if_absent
from store.errors import AlreadyAnswered
from store.tables import inbox

_FIND = Statement(
    select(inbox.c.answer, inbox.c.digest).where(
        inbox.c.source == bindparam("source"), inbox.c.id == bindparam("id")
    )
)
_KEEP = insert_if_absent(inbox, "source", "id", "answer", "digest", "at", by=["source", "id"])
_FORGET = Statement(
    delete(inbox).where(inbox.c.source == bindparam("of_source"), inbox.c.id == bindparam("of_id"))
)
_PURGE = Statement(delete(inbox).where(inbox.c.at < bindparam("before")))


class Inbox:
    __slots__ = ("_link",)

    def __init__(self, link: Connection) -> None:
        self._link = link

    def find_response(self, source: str, message_id: str) -> str | None:
        """The answer that was given to the message; None: it is new."""
        row = self._link.row(_FIND, source=source, id=message_id)
        return None if row is None else row[0]

    def find_digest(self, source: str, message_id: str) -> str | None:
        """What the message said, digested, to tell a repeat from another message under the same id."""
        row = self._link.row(_FIND, source=source, id=message_id)
        return None if row is None else row[1]

    def save_response(
        self, source: str, message_id: str, response: str, digest: str = "", *, at: datetime
    ) -> None:
        """Remember the answer, in the same commit as what the message did.

        Raises:
            AlreadyKept: it came twice at once and the other was quicker. The store then runs the unit again,
                which finds the answer.
        """
        values = {"source": source, "id": message_id, "answer": response, "digest": digest}
        if not self._link.change(_KEEP, **values, at=to_micros(at)):
            raise AlreadyAnswered(source, message_id)

    def remove(self, source: str, message_id: str) -> None:
        """What the message asked for didn't come about after all: a repeat of it counts as new."""
        self._link.change(_FORGET, of_source=source, of_id=message_id)

    def purge(self, before: datetime) -> int:
        """Forget what was answered before then; a repeat of it would count as new."""
        return self._link.change(_PURGE, before=to_micros(before))
