"""Timeline repository: the events of each case, in order, and the check that none was altered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from core.errors import NotFound
from core.events import Event
from core.ids import case_id_of, number_of
from core.policy import Policy
from store.cases.verifying import StoredCase, StoredEntry, problems_of
from store.db.documents import decode_event
from store.db.instants import from_micros
from store.db.statements import Connection, Row, Statement
from store.installation import DEADLINES_POLICY, InstallationState
from store.tables import cases, timeline

_ENTRIES = Statement(
    select(timeline.c.seq, timeline.c.at, timeline.c.kind, timeline.c.body, timeline.c.hash)
    .where(timeline.c.number == bindparam("number"))
    .order_by(timeline.c.seq)
)
_EVENT = Statement(
    select(timeline.c.kind, timeline.c.body).where(
        timeline.c.number == bindparam("number"), timeline.c.seq == bindparam("seq")
    )
)
_ENTRIES_TO_VERIFY = Statement(
    select(
        timeline.c.seq, timeline.c.at, timeline.c.kind, timeline.c.body, timeline.c.case_hash, timeline.c.hash
    )
    .where(timeline.c.number == bindparam("number"))
    .order_by(timeline.c.seq)
)
_CASE = Statement(select(cases).where(cases.c.number == bindparam("number")))
_COLUMNS = tuple(column.name for column in cases.columns)
_NUMBERS = Statement(
    select(cases.c.number)
    .where(cases.c.number > bindparam("after"))
    .order_by(cases.c.number)
    .limit(bindparam("limit"))
)
_STRAY_NUMBERS = Statement(
    select(timeline.c.number)
    .where(~select(cases.c.number).where(cases.c.number == timeline.c.number).exists())
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a case, as stored."""

    case_id: str
    seq: int
    at: datetime
    kind: str
    event: Event
    hash: str


class Timeline:
    __slots__ = ("_connection", "_policy")

    def __init__(self, connection: Connection, policy: Policy) -> None:
        self._connection = connection
        self._policy = policy

    def list(self, case_id: str) -> Sequence[Entry]:
        """The case's events, oldest first; empty for an unknown case."""
        return [
            Entry(case_id, seq, from_micros(at), kind, decode_event(kind, body), entry_hash)
            for seq, at, kind, body, entry_hash in self._connection.rows(_ENTRIES, number=_number(case_id))
        ]

    def get_event(self, case_id: str, seq: int) -> Event:
        """One entry's event. Raises NotFound."""
        row = self._connection.row(_EVENT, number=_number(case_id), seq=seq)
        if row is None:
            raise NotFound(case_id)
        return decode_event(*row)

    def verify(self, case_id: str) -> Sequence[str]:
        """A sentence for each thing that was altered, removed, moved or cut off; empty: nothing was."""
        number = _number(case_id)
        row = self._connection.row(_CASE, number=number)
        entries = [StoredEntry(*row) for row in self._connection.rows(_ENTRIES_TO_VERIFY, number=number)]
        return problems_of(
            number, None if row is None else _to_stored_case(row), entries, self._deadlines_policy()
        )

    def _deadlines_policy(self) -> Policy | None:
        """The policy, if the deadlines of open cases were computed with it; None: with another one."""
        digest = InstallationState(self._connection).find(DEADLINES_POLICY)
        return self._policy if digest == self._policy.digest else None

    def list_case_ids(self, after: str | None = None, limit: int = 500) -> Sequence[str]:
        """The next batch of all cases, in the order of their numbers."""
        rows = self._connection.rows(_NUMBERS, after=0 if after is None else _number(after), limit=limit)
        return [case_id_of(number) for (number,) in rows]

    def list_stray_case_ids(self) -> Iterator[str]:
        """Ids that have a timeline but no case."""
        return (case_id_of(number) for (number,) in self._connection.rows(_STRAY_NUMBERS))


def _to_stored_case(row: Row) -> StoredCase:
    columns = dict(zip(_COLUMNS, row, strict=True))
    return StoredCase(columns["seq"], columns["head_hash"], columns["body"], columns)


def _number(case_id: str) -> int:
    try:
        return number_of(case_id)
    except ValueError:
        raise NotFound(case_id) from None
