"""Inbox repository: responses to messages, requests and clicks, so that a repeat gets the same one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from store.db.instants import to_micros
from store.db.statements import Connection, Statement, insert_if_absent, insert_row
from store.errors import AlreadyAnswered
from store.tables import inbox

_FIND = Statement(
    select(inbox.c.answer, inbox.c.digest).where(
        inbox.c.source == bindparam("source"), inbox.c.id == bindparam("id")
    )
)
_SAVE = insert_if_absent(inbox, "source", "id", "answer", "digest", "at", by=["source", "id"])
_ADD = insert_row(inbox)
_REMOVE = Statement(
    delete(inbox).where(inbox.c.source == bindparam("of_source"), inbox.c.id == bindparam("of_id"))
)
_PURGE = Statement(delete(inbox).where(inbox.c.at < bindparam("before")))


class Inbox:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find_response(self, source: str, message_id: str) -> str | None:
        """The response to the message; None: it is new."""
        row = self._connection.row(_FIND, source=source, id=message_id)
        return None if row is None else row[0]

    def find_digest(self, source: str, message_id: str) -> str | None:
        """Hash of the message's content, to tell a repeat from another message with the same id."""
        row = self._connection.row(_FIND, source=source, id=message_id)
        return None if row is None else row[1]

    def save_response(
        self, source: str, message_id: str, response: str, digest: str = "", *, at: datetime
    ) -> None:
        """Save the response, in the same commit as what the message did.

        Raises:
            AlreadyAnswered: a repeat was answered at the same moment. The store then runs the unit again,
                which finds that response.
        """
        values = {"source": source, "id": message_id, "answer": response, "digest": digest}
        if not self._connection.change(_SAVE, **values, at=to_micros(at)):
            raise AlreadyAnswered(source, message_id)

    def write_response(self, source: str, message_id: str, response: str, *, at: datetime) -> None:
        """As `save_response`, without a round trip of its own, for a message that was looked for before.

        A repeat that is answered at the same moment fails one of the two commits, whose unit is run again.
        """
        self._connection.write(
            _ADD, {"source": source, "id": message_id, "answer": response, "digest": "", "at": to_micros(at)}
        )

    def remove(self, source: str, message_id: str) -> None:
        """Forget a message whose request failed after all: a repeat counts as new."""
        self._connection.change(_REMOVE, of_source=source, of_id=message_id)

    def purge(self, before: datetime) -> int:
        """Delete responses from before then; a repeat of such a message would count as new."""
        return self._connection.change(_PURGE, before=to_micros(before))
