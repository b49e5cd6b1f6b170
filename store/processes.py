"""Process repository: heartbeats by the database's clock, which is the same for every process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Integer,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
)

from store.db.instants import from_micros, from_micros_or_none, to_micros
from store.db.statements import SQLITE, Connection, Statement, insert_or_update
from store.tables import facts, processes

_UNIX_EPOCH = 2440587.5
"""As a Julian day, in which SQLite of every version counts more finely than in seconds."""


def _database_time(database: str) -> ClauseElement:
    """In microseconds; on SQLite exact to a millisecond."""
    if database == SQLITE:
        millis = cast(func.round((func.julianday("now") - _UNIX_EPOCH) * 86_400_000), Integer)
        return select(millis * 1000)
    return select(cast(func.extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger))


_NOW = Statement(_database_time)
_LATEST = Statement(select(func.max(processes.c.seen_at)))
_COUNT = Statement(select(func.count()).select_from(processes))
_FIND = Statement(select(processes.c.seen_at).where(processes.c.name == bindparam("name")))
_SAVE = insert_or_update(processes, "name", "seen_at", by=["name"])
_REMOVE_OTHERS = Statement(
    delete(processes).where(
        or_(processes.c.seen_at < bindparam("since"), processes.c.seen_at > bindparam("until"))
    )
)

_REST = "rest:"
"""Begins the name of the fact until when a platform asked us to rest."""
RESTS = Statement(
    select(facts.c.name, facts.c.value).where(facts.c.name.startswith(literal_column(f"'{_REST}'")))
)
_SAVE_REST = insert_or_update(facts, "name", "value", by=["name"])


class Processes:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def now(self) -> datetime:
        """The database's own time; no CLOCK_FILE moves it."""
        row = self._connection.row(_NOW)
        assert row is not None  # noqa: S101 - a SELECT without FROM has one row
        return from_micros(row[0])

    def find_latest_heartbeat(self) -> datetime | None:
        row = self._connection.row(_LATEST)
        return None if row is None else from_micros_or_none(row[0])

    def find_heartbeat(self, name: str) -> datetime | None:
        """When this process was last seen alive; None: never, or so long ago that it counted as dead."""
        row = self._connection.row(_FIND, name=name)
        return None if row is None else from_micros(row[0])

    def save_heartbeat(self, name: str, at: datetime) -> None:
        self._connection.change(_SAVE, name=name, seen_at=to_micros(at))

    def remove_dead(self, since: datetime, until: datetime) -> int:
        """Remove processes that were not seen between these instants. Returns how many."""
        return self._connection.change(_REMOVE_OTHERS, since=to_micros(since), until=to_micros(until))

    def count(self) -> int:
        """Processes that live, as far as their heartbeats tell."""
        row = self._connection.row(_COUNT)
        return row[0] if row else 0

    def save_rests(self, rests: Mapping[str, datetime], now: datetime) -> None:
        """Until when a platform wants no calls, by kind of call. There are few kinds."""
        for kind, until in rests.items():
            value = f"{to_micros(until)} {to_micros(now)}"
            self._connection.change(_SAVE_REST, name=f"{_REST}{kind}", value=value)

    def list_rests(self, saved_by: datetime) -> dict[str, datetime]:
        """What every process saved until then, also rests that are over.

        One that was saved later is of a time before the clock was set back, and means nothing any more.
        """
        rests: dict[str, datetime] = {}
        for name, value in self._connection.rows(RESTS):
            until, _, saved_at = value.partition(" ")
            if int(saved_at) <= to_micros(saved_by):
                rests[name.removeprefix(_REST)] = from_micros(int(until))
        return rests
