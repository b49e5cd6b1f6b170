"""Troubles repository: lanes that stand still and systems that take nothing, with who was told of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, delete, null, select, update

from store.alarm_tables import troubles
from store.db.instants import from_micros, from_micros_or_none, to_micros
from store.db.statements import Connection, Row, Statement, insert_or_update
from store.installation import InstallationState

SYSTEM = "system:"
"""The name of a system's trouble begins so; any other name is the address of a lane."""
_TAKEN = "taken:"
"""Begins the name of the fact when a system last took a message."""

_COLUMNS = (
    troubles.c.name,
    troubles.c.since,
    troubles.c.over_at,
    troubles.c.problem,
    troubles.c.remedy,
    troubles.c.told,
)
_IS_THIS = troubles.c.name == bindparam("of")
_FIND = Statement(select(*_COLUMNS).where(_IS_THIS))
_LIST = Statement(select(*_COLUMNS).order_by(troubles.c.since, troubles.c.name))
_OPEN = insert_or_update(troubles, "name", "since", "problem", "remedy", by=["name"], unchanged=["since"])
_REOPEN = Statement(
    update(troubles)
    .where(_IS_THIS, troubles.c.over_at.is_not(None))
    .values(
        since=case((troubles.c.told.is_(None), bindparam("again_since")), else_=troubles.c.since),
        over_at=null(),
    )
)
_END = Statement(
    update(troubles).where(_IS_THIS, troubles.c.over_at.is_(None)).values(over_at=bindparam("ended_at"))
)
_TELL = Statement(
    update(troubles)
    .where(_IS_THIS, troubles.c.told.is_(None), troubles.c.over_at.is_(None))
    .values(told=bindparam("handles"))
)
_REMOVE = Statement(delete(troubles).where(_IS_THIS, troubles.c.over_at.is_not(None)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """`name` is a lane's address, or `system:` and what a system is called."""

    name: str
    since: datetime
    over_at: datetime | None
    problem: str
    remedy: str | None
    """What a person can do; None: it may pass by itself."""
    told: tuple[str, ...] | None
    """The handles of those who were told; None: nobody was yet."""

    @property
    def system(self) -> str | None:
        """The system's name; None for a lane's trouble."""
        return self.name.removeprefix(SYSTEM) if self.name.startswith(SYSTEM) else None


class Troubles:
    __slots__ = ("_connection", "_facts")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._facts = InstallationState(connection)

    def open(self, name: str, *, since: datetime, problem: str, remedy: str | None = None) -> None:
        """It is there. One that is open keeps its beginning, and so does one that people were told of."""
        at = to_micros(since)
        self._connection.change(_REOPEN, of=name, again_since=at)
        self._connection.change(_OPEN, name=name, since=at, problem=problem, remedy=remedy)

    def end(self, name: str, at: datetime) -> bool:
        """It is over. False when it wasn't open."""
        return self._connection.change(_END, of=name, ended_at=to_micros(at)) > 0

    def find(self, name: str) -> Trouble | None:
        row = self._connection.row(_FIND, of=name)
        return None if row is None else _to_trouble(row)

    def list(self) -> Sequence[Trouble]:
        """Open ones and those whose end nobody was told of yet, the oldest first."""
        return [_to_trouble(row) for row in self._connection.rows(_LIST)]

    def mark_told(self, name: str, handles: Sequence[str]) -> bool:
        """False when another process has told people just now, or it is over."""
        return self._connection.change(_TELL, of=name, handles=json.dumps(handles)) > 0

    def remove(self, name: str) -> bool:
        """Forget one that is over. False when another process did so just now, or it is open again."""
        return self._connection.change(_REMOVE, of=name) > 0

    def save_taken(self, system: str, at: datetime) -> None:
        """The system took a message then."""
        self._facts.save(f"{_TAKEN}{system}", str(to_micros(at)))

    def find_taken(self, system: str) -> datetime | None:
        """When the system last took a message from any of our processes."""
        known = self._facts.find(f"{_TAKEN}{system}")
        return None if known is None else from_micros(int(known))


def _to_trouble(row: Row) -> Trouble:
    name, since, over_at, problem, remedy, told = row
    return Trouble(
        name=name,
        since=from_micros(since),
        over_at=from_micros_or_none(over_at),
        problem=problem,
        remedy=remedy,
        told=None if told is None else tuple(json.loads(told)),
    )
