"""PostgreSQL backend: a pool of threads, each with its own connection, and few round trips.

The writes of `record` are buffered and sent together with the COMMIT, so a claim is two round trips: BEGIN
with the lock, then the writes with the COMMIT. A unit that conflicts with another commit is run again, and
so is one whose connection was lost before its COMMIT was sent; after that its outcome is unknown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from queue import SimpleQueue
from random import uniform
from threading import Thread
from typing import Any, NamedTuple

import psycopg
from psycopg import errors
from sqlalchemy import Table

from core.policy import Policy
from store.backends.sessions import (
    CONFLICTS,
    LIMIT_TRANSACTION,
    connect,
    has_session,
    is_lost,
    to_store_error,
)
from store.backends.units import Unit, resolve_all
from store.db.statements import POSTGRESQL, Row, Statement, columns_of, insert_rows
from store.errors import OutcomeUnknown, StoreUnavailable
from store.transaction import Transaction

_ATTEMPTS = 8
_MOST_ROWS_IN_A_STATEMENT = 32
_BEGIN_WRITING = "BEGIN"
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITER, _READER = "ombud-writer", "ombud-reader"


class _Buffered(NamedTuple):
    """A buffered statement; `table` is the one it changes, None when it must be sent by itself."""

    text: str
    arguments: Sequence[Any]
    table: str | None = None


class PostgresConnection:
    """A connection inside a transaction, which begins with the first statement."""

    database = POSTGRESQL
    __slots__ = ("_begin", "_buffered", "_connection", "_has_begun", "_is_pooled", "has_sent_commit")

    def __init__(self, connection: psycopg.Connection[Row], begin: str, *, is_pooled: bool = False) -> None:
        self._connection = connection
        self._is_pooled = is_pooled
        self._begin = begin
        self._has_begun = False
        self._buffered: list[_Buffered] = []
        self.has_sent_commit = False

    def rows(self, statement: Statement, /, **values: Any) -> list[Row]:
        return self._now(statement, values).fetchall()

    def row(self, statement: Statement, /, **values: Any) -> Row | None:
        return self._now(statement, values).fetchone()

    def change(self, statement: Statement, /, **values: Any) -> int:
        return self._now(statement, values).rowcount

    def change_each(self, statement: Statement, values: Sequence[Mapping[str, Any]], /) -> None:
        compiled = statement.on(POSTGRESQL)
        self._buffered += [_Buffered(compiled.text, compiled.arguments(each)) for each in values]

    def write(self, statement: Statement, values: Mapping[str, Any], /) -> None:
        compiled = statement.on(POSTGRESQL)
        self._buffered.append(_Buffered(compiled.text, compiled.arguments(values), statement.table))

    def write_rows(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:
        for start in range(0, len(rows), _MOST_ROWS_IN_A_STATEMENT):
            chunk = rows[start : start + _MOST_ROWS_IN_A_STATEMENT]
            compiled = insert_rows(table, tuple(chunk[0]), len(chunk)).on(POSTGRESQL)
            order = columns_of(compiled, len(chunk))
            arguments = [row[name] for row in chunk for name in order]
            self._buffered.append(_Buffered(compiled.text, arguments, table.name))

    def commit(self) -> None:
        """Send the buffered writes together with the COMMIT.

        Raises psycopg.OperationalError, and sends nothing, when the connection is lost already.
        """
        if not self._has_begun and not self._buffered:
            return
        if is_lost(self._connection):
            self._connection.close()
            raise psycopg.OperationalError("the connection was lost before the COMMIT")
        self.has_sent_commit = True
        self._send("COMMIT", ())

    def roll_back(self) -> None:
        if self._has_begun and not self._connection.closed:
            self._connection.execute("ROLLBACK")

    def _now(self, statement: Statement, values: Mapping[str, Any]) -> psycopg.Cursor[Row]:
        compiled = statement.on(POSTGRESQL)
        if self._has_begun and not self._buffered:
            return self._connection.execute(compiled.text, compiled.arguments(values))
        return self._send(compiled.text, compiled.arguments(values))

    def _send(self, text: str, arguments: Sequence[Any]) -> psycopg.Cursor[Row]:
        """Send BEGIN, the buffered writes and `text` in one round trip; returns the cursor of `text`."""
        held, self._buffered = self._buffered, []
        execute = self._connection.execute
        with self._connection.pipeline():
            if not self._has_begun:
                self._has_begun = True
                execute(self._begin)
                if self._is_pooled:
                    execute(LIMIT_TRANSACTION)
            for together in _groups(held):
                execute(
                    _as_one(tuple(each.text for each in together)),
                    [a for each in together for a in each.arguments],
                )
            return execute(text, arguments)


def _groups(held: Sequence[_Buffered]) -> Iterator[list[_Buffered]]:
    """Groups of changes that can be one statement: of different tables, in their order."""
    group: list[_Buffered] = []
    for each in held:
        if group and (each.table is None or each.table in {other.table for other in group}):
            yield group
            group = []
        group.append(each)
        if each.table is None:
            yield group
            group = []
    if group:
        yield group


@cache
def _as_one(texts: tuple[str, ...]) -> str:
    """Several changes as one statement, which saves some 80 µs of our own time for each."""
    *others, last = texts
    if not others:
        return last
    return "WITH " + ", ".join(f"part_{place} AS ({text})" for place, text in enumerate(others)) + " " + last


class PostgresBackend:
    """The threads of one database. Units are queued in `writes` or `reads`."""

    database = POSTGRESQL

    def __init__(self, url: str, policy: Policy, *, threads: int) -> None:
        self.policy = policy
        self.write_trouble: StoreUnavailable | None = None
        self.on_outbox: list[Callable[[], None]] = []
        self.writes: SimpleQueue[Unit | None] = SimpleQueue()
        self.reads: SimpleQueue[Unit | None] = SimpleQueue()
        self._url = url
        connect(url).close()
        self._threads = [
            *(self._thread(self.writes, is_reader=False) for _ in range(threads)),
            *(self._thread(self.reads, is_reader=True) for _ in range(max(2, threads // 2))),
        ]

    def close(self) -> None:
        """Finish the queued units, then close the connections."""
        for thread in self._threads:
            queue = self.reads if thread.name == _READER else self.writes
            queue.put(None)
        for thread in self._threads:
            thread.join()

    def _thread(self, queue: SimpleQueue[Unit | None], *, is_reader: bool) -> Thread:
        thread = Thread(
            target=self._run_units,
            args=(queue, _BEGIN_READING if is_reader else _BEGIN_WRITING),
            name=_READER if is_reader else _WRITER,
            daemon=True,
        )
        thread.start()
        return thread

    def _run_units(self, queue: SimpleQueue[Unit | None], begin: str) -> None:
        connection: psycopg.Connection[Row] | None = None
        while (unit := queue.get()) is not None:
            connection = self._run_until_committed(unit, connection, begin)
            if begin == _BEGIN_WRITING:
                self.write_trouble = unit.error if isinstance(unit.error, StoreUnavailable) else None
            resolve_all([unit])
            if unit.has_added_outbox and unit.error is None:
                for wake in self.on_outbox:
                    wake()
            del unit
        if connection is not None:
            connection.close()

    def _run_until_committed(
        self, unit: Unit, connection: psycopg.Connection[Row] | None, begin: str
    ) -> psycopg.Connection[Row] | None:
        """Run the unit, and again after a conflict. Returns the connection to go on with."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                if connection is not None and is_lost(connection):
                    connection.close()
                if connection is None or connection.closed:
                    connection = connect(self._url)
            except StoreUnavailable as error:
                unit.error = error
                return None
            if not _run_once(unit, connection, begin, self.policy) or attempt == _ATTEMPTS:
                break
            time.sleep(uniform(0, 0.002 * 2**attempt))  # noqa: S311 - so that two units don't conflict again
        if isinstance(unit.error, psycopg.Error):
            unit.error = to_store_error(unit.error)
        return connection


def _run_once(unit: Unit, connection: psycopg.Connection[Row], begin: str, policy: Policy) -> bool:
    """Whether the unit should be run again: it changed nothing, and the failure isn't its own."""
    database = PostgresConnection(connection, begin, is_pooled=not has_session(connection))
    unit.run(Transaction(database, policy))
    is_committing = unit.error is None
    try:
        if is_committing:
            database.commit()
        else:
            database.roll_back()
    except psycopg.Error as error:
        unit.error = unit.error or error
        with suppress(psycopg.Error):
            database.roll_back()
    if isinstance(unit.error, errors.InvalidSqlStatementName):
        # After a failed pipeline, psycopg may take statements for prepared that the server never saw, so the
        # connection is unusable. The transaction was rolled back, so the unit may run again.
        connection.close()
        return True
    if database.has_sent_commit and connection.closed and begin == _BEGIN_WRITING:
        unit.error = OutcomeUnknown()
        return False
    return unit.wants_another_try or isinstance(unit.error, CONFLICTS) or connection.closed
