"""How does PostgreSQL run units? A pool of threads, each with its own connection, and few round trips.

What `record` writes is held back and sent together with the COMMIT, so a claim is two trips: BEGIN
with the lock, the writes with the COMMIT. A unit that met another's commit is run again, and so is one
whose connection was lost before its COMMIT went out; after that nobody can tell how it ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from queue import SimpleQueue
from random import uniform
from select import POLLIN, poll
from threading import Thread
from typing import Any, NamedTuple

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Table

from core.policy import Policy
from store.backends.units import Unit, answer
from store.db.statements import POSTGRESQL, Row, Statement, columns_of, insert_rows
from store.errors import NotMigrated, OutcomeUnknown, StoreUnavailable
from store.transaction import Transaction

_ATTEMPTS = 8
_MOST_ROWS_IN_A_STATEMENT = 32
_BEGIN_WRITING = "BEGIN"
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_STATEMENT_SECONDS = 30
_NOTICE_SILENCE: Mapping[str, int] = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""libpq's; all seconds but the last, which is milliseconds. With its own defaults a connection that died
without a word holds its thread for two hours. What the address says goes before."""
_WRITER, _READER = "ombud-writer", "ombud-reader"
_CLASHES = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
"""Another commit came between. A unique key may clash because two units looked at once and found nothing."""


class _Held(NamedTuple):
    """A statement to be sent later; `table` is the one it changes, None when it must stay by itself."""

    text: str
    arguments: Sequence[Any]
    table: str | None = None


class PostgresConnection:
    """A connection inside a transaction, which begins with the first statement."""

    database = POSTGRESQL
    __slots__ = ("_begin", "_connection", "_has_begun", "_held", "has_sent_commit")

    def __init__(self, connection: psycopg.Connection[Row], begin: str) -> None:
        self._connection = connection
        self._begin = begin
        self._has_begun = False
        self._held: list[_Held] = []
        self.has_sent_commit = False

    def rows(self, statement: Statement, /, **values: Any) -> list[Row]:
        return self._now(statement, values).fetchall()

    def row(self, statement: Statement, /, **values: Any) -> Row | None:
        return self._now(statement, values).fetchone()

    def change(self, statement: Statement, /, **values: Any) -> int:
        return self._now(statement, values).rowcount

    def change_each(self, statement: Statement, values: Sequence[Mapping[str, Any]], /) -> None:
        compiled = statement.on(POSTGRESQL)
        self._held += [_Held(compiled.text, compiled.arguments(each)) for each in values]

    def write(self, statement: Statement, values: Mapping[str, Any], /) -> None:
        compiled = statement.on(POSTGRESQL)
        self._held.append(_Held(compiled.text, compiled.arguments(values), statement.table))

    def write_rows(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:
        for start in range(0, len(rows), _MOST_ROWS_IN_A_STATEMENT):
            chunk = rows[start : start + _MOST_ROWS_IN_A_STATEMENT]
            compiled = insert_rows(table, tuple(chunk[0]), len(chunk)).on(POSTGRESQL)
            order = columns_of(compiled, len(chunk))
            arguments = [row[name] for row in chunk for name in order]
            self._held.append(_Held(compiled.text, arguments, table.name))

    def commit(self) -> None:
        """Send what is held back together with the COMMIT.

        Raises psycopg.OperationalError, and sends nothing, when the connection was lost by then.
        """
        if not self._has_begun and not self._held:
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
        if self._has_begun and not self._held:
            return self._connection.execute(compiled.text, compiled.arguments(values))
        return self._send(compiled.text, compiled.arguments(values))

    def _send(self, text: str, arguments: Sequence[Any]) -> psycopg.Cursor[Row]:
        """BEGIN, what was held back and `text` in one round trip; the cursor is that of `text`."""
        held, self._held = self._held, []
        execute = self._connection.execute
        with self._connection.pipeline():
            if not self._has_begun:
                self._has_begun = True
                execute(self._begin)
            for together in _groups(held):
                execute(
                    _as_one(tuple(each.text for each in together)),
                    [a for each in together for a in each.arguments],
                )
            return execute(text, arguments)


def _groups(held: Sequence[_Held]) -> Iterator[list[_Held]]:
    """What may go into one statement: changes of different tables, in their order."""
    group: list[_Held] = []
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
    """Several changes as one statement: some 80 µs less of our own time for each that goes along."""
    *others, last = texts
    if not others:
        return last
    return "WITH " + ", ".join(f"part_{place} AS ({text})" for place, text in enumerate(others)) + " " + last


class PostgresBackend:
    """The threads of one database. Units go into `writes` or `reads`."""

    database = POSTGRESQL

    def __init__(self, url: str, policy: Policy, *, threads: int) -> None:
        self.policy = policy
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
        """Finish what waits, then let go of the connections."""
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
            connection = self._run_until_it_holds(unit, connection, begin)
            answer([unit])
            if unit.has_added_outbox and unit.error is None:
                for wake in self.on_outbox:
                    wake()
            del unit
        if connection is not None:
            connection.close()

    def _run_until_it_holds(
        self, unit: Unit, connection: psycopg.Connection[Row] | None, begin: str
    ) -> psycopg.Connection[Row] | None:
        """Run the unit, again when another commit came between. Returns the connection to go on with."""
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
            time.sleep(uniform(0, 0.002 * 2**attempt))  # noqa: S311 - two that clash shouldn't meet again
        if isinstance(unit.error, psycopg.Error):
            unit.error = explain(unit.error)
        return connection


def _run_once(unit: Unit, connection: psycopg.Connection[Row], begin: str, policy: Policy) -> bool:
    """Whether the unit should be run again: it left nothing behind, and nothing is wrong with it."""
    link = PostgresConnection(connection, begin)
    unit.run(Transaction(link, policy))
    is_committing = unit.error is None
    try:
        if is_committing:
            link.commit()
        else:
            link.roll_back()
    except psycopg.Error as error:
        unit.error = unit.error or error
        with suppress(psycopg.Error):
            link.roll_back()
    if isinstance(unit.error, errors.InvalidSqlStatementName):
        # After a pipeline that failed, psycopg may count statements as prepared that the server never saw;
        # the connection knows nothing right any more. The transaction is gone, so the unit may run again.
        connection.close()
        return True
    if link.has_sent_commit and connection.closed and begin == _BEGIN_WRITING:
        unit.error = OutcomeUnknown()
        return False
    return unit.wants_another_try or isinstance(unit.error, _CLASHES) or connection.closed


def connect(url: str) -> psycopg.Connection[Row]:
    """Raises StoreUnavailable when nobody answers."""
    try:
        settings: dict[str, Any] = {**_NOTICE_SILENCE, **conninfo_to_dict(url)}
        connection = psycopg.connect(autocommit=True, **settings)
        connection.execute(f"SET statement_timeout = '{_STATEMENT_SECONDS}s'".encode())
    except psycopg.Error as error:
        raise explain(error) from error
    connection.prepare_threshold = 1
    connection.prepared_max = 500
    return connection


def is_lost(connection: psycopg.Connection[Row]) -> bool:
    """Whether the server has gone, or says something that nobody asked for, as it does before it goes.

    To be asked between two statements, when it has nothing to say to a connection that is well.
    """
    if connection.closed:
        return True
    heard = poll()
    heard.register(connection.fileno(), POLLIN)
    return bool(heard.poll(0))


def explain(error: psycopg.Error) -> Exception:
    """The error as a sentence for whoever runs Ombud; a mistake of ours stays what it is."""
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn):
        return NotMigrated()
    if isinstance(error, errors.DiskFull):
        return StoreUnavailable("The database's disk is full, so nothing was kept. Make room and try again.")
    if isinstance(error, _CLASHES):
        return error
    if isinstance(error, psycopg.OperationalError):
        first_line = str(error).strip().partition("\n")[0]
        return StoreUnavailable(f"The database can't be reached or broke off: {first_line}")
    return error
