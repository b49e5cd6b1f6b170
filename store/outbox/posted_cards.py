"""Posted cards repository: which message on a platform is a case's card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, literal_column, select

from core.ids import case_id_of, number_of
from store.db.statements import Connection, Row, Statement, insert_or_update
from store.tables import posted

LISTED = "listed"
"""The kind of a list's message: the case is one of many in it, and it belongs to none of them."""

_ALL = select(posted.c.number, posted.c.address, posted.c.kind, posted.c.channel_ref, posted.c.message_ref)
_FIND = Statement(
    _ALL.where(posted.c.number == bindparam("number"), posted.c.address == bindparam("address"))
)
_LIST = Statement(_ALL.where(posted.c.number == bindparam("number")).order_by(posted.c.address))
_BY_MESSAGE = Statement(
    select(posted.c.number)
    .where(
        posted.c.channel_ref == bindparam("channel_ref"),
        posted.c.message_ref == bindparam("message_ref"),
        posted.c.kind != literal_column(f"'{LISTED}'"),
    )
    .order_by(posted.c.number)
)
_SAVE = insert_or_update(
    posted, "number", "address", "kind", "channel_ref", "message_ref", by=["number", "address"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedCard:
    """A message that shows a case. `kind` is `card`, `brief` or `listed`; `message_ref` is Slack's `ts`."""

    case_id: str
    address: str
    kind: str
    channel_ref: str
    message_ref: str


class PostedCards:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, case_id: str, address: str) -> PostedCard | None:
        row = self._connection.row(_FIND, number=number_of(case_id), address=address)
        return None if row is None else _to_posted(row)

    def list(self, case_id: str) -> Sequence[PostedCard]:
        return [_to_posted(row) for row in self._connection.rows(_LIST, number=number_of(case_id))]

    def find_case_id(self, channel_ref: str, message_ref: str) -> str | None:
        """The case that this message is the card or brief of; None for a list's message."""
        row = self._connection.row(_BY_MESSAGE, channel_ref=channel_ref, message_ref=message_ref)
        return None if row is None else case_id_of(row[0])

    def save(self, post: PostedCard) -> None:
        """Save it, in place of an earlier message at the same address."""
        self._connection.change(
            _SAVE,
            number=number_of(post.case_id),
            address=post.address,
            kind=post.kind,
            channel_ref=post.channel_ref,
            message_ref=post.message_ref,
        )


def _to_posted(row: Row) -> PostedCard:
    number, address, kind, channel_ref, message_ref = row
    return PostedCard(
        case_id=case_id_of(number),
        address=address,
        kind=kind,
        channel_ref=channel_ref,
        message_ref=message_ref,
    )
