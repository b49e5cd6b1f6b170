"""Process repository: heartbeats by the database's clock, which is the same for every process."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ClauseElement, Integer, bindparam, cast, delete, func, or_, select

from store.db.instants import from_micros, from_micros_or_none, to_micros
from store.db.statements import SQLITE, Connection, Statement, insert_or_update
from store.tables import processes

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
_FIND = Statement(select(processes.c.seen_at).where(processes.c.name == bindparam("name")))
_SAVE = insert_or_update(processes, "name", "seen_at", by=["name"])
_REMOVE_OTHERS = Statement(
    delete(processes).where(
        or_(processes.c.seen_at < bindparam("since"), processes.c.seen_at > bindparam("until"))
    )
)


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
