"""Counter of what a piece of work costs the database: round trips, statements, rows written.

SQLite counts with its own trace, PostgreSQL with libpq's trace of the wire and a trigger on every table, so
nothing is measured through the code whose cost is in question.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest

from core.policy import Policy
from store.backends import postgres, sessions, sqlite
from store.engine import Store
from store.tables import metadata

_CONTROL = re.compile(r"BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE")
_WIRE_STATEMENT = re.compile(r'^F\t\d+\t(?:Query|Parse)\t(?: "[^"]*")?\s*"(.*)"', re.MULTILINE)
_WIRE_TRIP = re.compile(r"^F\t\d+\t(?:Query|Sync)\b", re.MULTILINE)
_COUNT_ROWS = """
CREATE SEQUENCE rows_written;
CREATE FUNCTION count_row() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN PERFORM nextval(''rows_written''); RETURN NULL; END';
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """`trips`: on PostgreSQL, messages that wait for the server; on SQLite, commits, which wait for the disk.

    `statements` without those that only begin and end transactions; `rows` inserted, updated and deleted.
    """

    trips: int
    statements: int
    rows: int


_NOTHING = Cost(0, 0, 0)


class Traffic(Protocol):
    """A store, and what goes between it and its database."""

    store: Store
    cost: Cost
    """Of what was counted last."""

    def counted(self) -> AbstractContextManager[None]:
        """Count what happens inside."""


class SqliteTraffic:
    """Counts with the trace callback of every connection of the store."""

    def __init__(self, url: str, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
        self._said: list[str] = []
        self._connections: list[Any] = []
        connect = sqlite.connect

        def traced(file: Path, *, is_reader: bool) -> Any:
            connection = connect(file, is_reader=is_reader)
            connection.set_trace_callback(self._said.append)
            self._connections.append(connection)
            return connection

        monkeypatch.setattr(sqlite, "connect", traced)
        self.store = Store.open(url, policy, threads=1)
        self.cost = _NOTHING

    @contextmanager
    def counted(self) -> Iterator[None]:
        self._said.clear()
        before = self._rows()
        yield
        said = [text for text in self._said if not _CONTROL.match(text)]
        self.cost = Cost(self._said.count("COMMIT"), len(said), self._rows() - before)

    def _rows(self) -> int:
        return sum(connection.total_changes for connection in self._connections)


class PostgresTraffic:
    """Counts on the wire. Statements aren't prepared: the first use of one would cost a trip more."""

    def __init__(self, url: str, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
        self._url = url
        self._connections: list[psycopg.Connection[Any]] = []
        connect = sessions.connect

        def unprepared(url: str) -> psycopg.Connection[Any]:
            connection = connect(url)
            connection.prepare_threshold = None
            self._connections.append(connection)
            return connection

        monkeypatch.setattr(postgres, "connect", unprepared)
        self._run(_COUNT_ROWS)
        for table in metadata.sorted_tables:
            self._run(
                f"CREATE TRIGGER count_row AFTER INSERT OR UPDATE OR DELETE ON {table.name} "
                "FOR EACH ROW EXECUTE FUNCTION count_row()"
            )
        self.store = Store.open(url, policy, threads=1)
        self.cost = _NOTHING

    @contextmanager
    def counted(self) -> Iterator[None]:
        before = self._rows()
        open_ones = [connection for connection in self._connections if not connection.closed]
        with tempfile.TemporaryFile("w+", encoding="utf-8") as wire:
            for connection in open_ones:
                connection.pgconn.trace(wire.fileno())
                connection.pgconn.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)
            yield
            for connection in open_ones:
                connection.pgconn.untrace()
            wire.seek(0)
            text = wire.read()
        statements = [one for one in _WIRE_STATEMENT.findall(text) if not _CONTROL.match(one)]
        self.cost = Cost(len(_WIRE_TRIP.findall(text)), len(statements), self._rows() - before)

    def _rows(self) -> int:
        return self._run("SELECT last_value - (NOT is_called)::int FROM rows_written")

    def _run(self, text: str) -> int:
        with psycopg.connect(self._url, autocommit=True) as connection:
            cursor = connection.execute(text.encode())
            row = cursor.fetchone() if cursor.description else None
            return int(row[0]) if row else 0


def open_traffic(url: str, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> Traffic:
    """A store at `url` whose traffic can be counted."""
    if url.startswith("sqlite:"):
        return SqliteTraffic(url, policy, monkeypatch)
    return PostgresTraffic(url, policy, monkeypatch)


def cost_of(traffic: Traffic, work: Callable[[], object]) -> Cost:
    with traffic.counted():
        work()
    return traffic.cost
