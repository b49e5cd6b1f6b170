"""Mail repository: mails sent and received, by message id and case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, delete, literal_column, select

from core.case import Case
from core.customer_messages import is_from_customer
from core.ids import case_id_of, number_of
from store.customer_tables import mails
from store.db.instants import from_micros, to_micros
from store.db.statements import Connection, Row, Statement, insert_or_update

Direction = Literal["in", "out"]

_NAMES = ("message_id", "direction", "number", "at", "sha256", "sender", "subject")
_ALL = select(*(mails.c[name] for name in _NAMES))
_FIND = Statement(
    _ALL.where(mails.c.message_id == bindparam("message_id")).order_by(mails.c.direction.desc()).limit(1)
)
_OF_CASE = Statement(
    _ALL.where(mails.c.number == bindparam("number")).order_by(mails.c.at, mails.c.message_id)
)
_PURGE_STRAYS = Statement(
    delete(mails).where(
        mails.c.number.is_(None),
        mails.c.direction == literal_column("'in'"),
        mails.c.at < bindparam("before"),
    )
)
_ADD = insert_or_update(
    mails,
    *_NAMES,
    by=["message_id", "direction"],
    unchanged=["at", "sha256", "sender", "subject"],
    where=mails.c.number.is_(None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """`sha256` names the raw mail in the evidence store; mails of our own are not stored there."""

    message_id: str
    case_id: str | None
    direction: Direction
    at: datetime
    sha256: str | None = None
    sender: str
    subject: str


class Mails:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, mail: Mail) -> None:
        """Add a mail; one of a case stays for ever.

        A repeat changes nothing, except that a mail without a case may get one.
        """
        self._connection.change(
            _ADD,
            message_id=mail.message_id,
            direction=mail.direction,
            number=None if mail.case_id is None else number_of(mail.case_id),
            at=to_micros(mail.at),
            sha256=mail.sha256,
            sender=mail.sender,
            subject=mail.subject,
        )

    def purge_strays(self, before: datetime) -> int:
        """Delete mails received before then that have no case. Their bytes are left to the sweep of files."""
        return self._connection.change(_PURGE_STRAYS, before=to_micros(before))

    def find(self, message_id: str) -> Mail | None:
        """The mail; ours, if a stranger's mail has the same id as one of ours."""
        row = self._connection.row(_FIND, message_id=message_id)
        return None if row is None else _to_mail(row)

    def list_for_case(self, case_id: str) -> Sequence[Mail]:
        """In both directions, newest last."""
        return [_to_mail(row) for row in self._connection.rows(_OF_CASE, number=number_of(case_id))]

    def list_thread_ids(self, case: Case) -> tuple[str, ...]:
        """Message ids of the mails that the customer knows, newest last: the thread of a mail to them."""
        return tuple(
            mail.message_id
            for mail in self.list_for_case(case.id)
            if mail.direction == "out" or is_from_customer(case, mail.sender)
        )


def _to_mail(row: Row) -> Mail:
    message_id, direction, number, at, sha256, sender, subject = row
    return Mail(
        message_id=message_id,
        case_id=None if number is None else case_id_of(number),
        direction=direction,
        at=from_micros(at),
        sha256=sha256,
        sender=sender,
        subject=subject,
    )
