"""SQLite backend: one writer thread commits all waiting units together (docs/decisions/0003).

Each unit has a savepoint, so a failing one does not disturb the others. No caller gets a result before
the commit is on disk; when the commit fails, every caller gets its error.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy import Table

from core.policy import Policy
from store.backends.units import Unit, resolve_all
from store.db.statements import SQLITE, Row, Statement, columns_of, insert_rows
from store.errors import NotMigrated, StoreUnavailable
from store.transaction import Transaction

MOST_UNITS_IN_A_COMMIT = 64
BUSY_SECONDS = 10
"""How long to wait for another process that is writing, such as the command line beside the server."""
WRITER_CACHE = 64 * 1024 * 1024
READER_CACHE = 16 * 1024 * 1024
"""Bytes, filled as needed. With SQLite's default of 2 MB a claim among 20,000 cases costs a third more."""
CHECKPOINT_PAGES = 4000
"""16 MB of log before a checkpoint: fewer, larger pauses of the writer."""
LOG_SIZE = 64 * 1024 * 1024
"""Bytes that the log keeps on disk; past that it is cut, once no reader needs what it has."""
ROWS_ANALYZED = 1_000
"""Of each index, for the planner's statistics: enough for it, and quick in a database of any size."""
OPTIMIZE_EVERY = 3600.0
"""Seconds between two looks at whether the statistics are out of date."""
_ATTEMPTS = 3
_UNUSABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}


class SqliteConnection:
    """A connection inside a transaction."""

    database = SQLITE
    __slots__ = ("_connection", "_cursor")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()

    def rows(self, statement: Statement, /, **values: Any) -> list[Row]:
        compiled = statement.on(SQLITE)
        return self._cursor.execute(compiled.text, compiled.arguments(values)).fetchall()

    def row(self, statement: Statement, /, **values: Any) -> Row | None:
        compiled = statement.on(SQLITE)
        found: list[Row] = self._cursor.execute(compiled.text, compiled.arguments(values)).fetchmany(1)
        return found[0] if found else None

    def change(self, statement: Statement, /, **values: Any) -> int:
        compiled = statement.on(SQLITE)
        return self._cursor.execute(compiled.text, compiled.arguments(values)).rowcount

    def change_each(self, statement: Statement, values: Sequence[Mapping[str, Any]], /) -> None:
        compiled = statement.on(SQLITE)
        self._cursor.executemany(compiled.text, [compiled.arguments(each) for each in values])

    def write(self, statement: Statement, values: Mapping[str, Any], /) -> None:
        compiled = statement.on(SQLITE)
        self._cursor.execute(compiled.text, compiled.arguments(values))

    def write_rows(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:
        if rows:
            compiled = insert_rows(table, tuple(rows[0]), 1).on(SQLITE)
            order = columns_of(compiled, 1)
            self._cursor.executemany(compiled.text, [[row[name] for name in order] for row in rows])


def connect(file: Path, *, is_reader: bool) -> sqlite3.Connection:
    """Raises StoreUnavailable when the file can't be opened."""
    try:
        connection = sqlite3.connect(
            file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{(READER_CACHE if is_reader else WRITER_CACHE) // 1024}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_SIZE}")
        connection.execute(f"PRAGMA analysis_limit = {ROWS_ANALYZED}")
        if is_reader:
            connection.execute("PRAGMA query_only = ON")
    except sqlite3.Error as error:
        raise to_store_error(error) from error
    return connection


def to_store_error(error: sqlite3.Error) -> Exception:
    """StoreUnavailable with a sentence for the operator; a programming error is returned as it is."""
    if str(error).startswith(("no such table", "no such column")):
        return NotMigrated()
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreUnavailable(
            f"Another program has been writing to the database for more than {BUSY_SECONDS} seconds. "
            "Nothing was kept; try again."
        )
    if code == sqlite3.SQLITE_FULL:
        return StoreUnavailable("The disk is full, so nothing was kept. Make room and try again.")
    if code in _UNUSABLE:
        return StoreUnavailable(f"The database file can't be used: {error}. Nothing was kept.")
    return error


def _translate_error(unit: Unit) -> None:
    if isinstance(unit.error, sqlite3.Error):
        unit.error = to_store_error(unit.error)


def _identity(file: Path) -> tuple[int, int] | None:
    """Device and inode; None: there is no such file. Opens nothing (`store/server_lock.py` says why)."""
    try:
        found = os.stat(file)  # noqa: PTH116 - for each commit, and half the time of Path.stat
    except OSError:
        return None
    return found.st_dev, found.st_ino


class SqliteBackend:
    """The threads of one database file. Units are queued in `writes` or `reads`."""

    database = SQLITE

    def __init__(self, file: Path, policy: Policy, *, threads: int) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.policy = policy
        self.write_trouble: StoreUnavailable | None = None
        self.on_outbox: list[Callable[[], None]] = []
        self.writes: SimpleQueue[Unit | None] = SimpleQueue()
        self.reads: SimpleQueue[Unit | None] = SimpleQueue()
        self._file = file
        self._writer = connect(file, is_reader=False)
        self._identity = _identity(file)
        self._optimized_at = time.monotonic()
        self._has_written = False
        self._readers = [connect(file, is_reader=True) for _ in range(threads)]
        self._threads = [Thread(target=self._write_units, name="ombud-writer", daemon=True)]
        self._threads += [
            Thread(target=self._read_units, args=(reader,), name="ombud-reader", daemon=True)
            for reader in self._readers
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Finish the queued units, then close the file."""
        self.writes.put(None)
        for _ in self._readers:
            self.reads.put(None)
        for thread in self._threads:
            thread.join()
        if self._has_written:
            self._optimize()
        for connection in (*self._readers, self._writer):
            connection.close()

    def _write_units(self) -> None:
        while (first := self.writes.get()) is not None:
            units = [first, *self._queued()]
            self._commit_together(units)
            for unit in units:
                _translate_error(unit)
            self._note_trouble(units)
            resolve_all(units)
            if time.monotonic() - self._optimized_at > OPTIMIZE_EVERY:
                self._optimize()
            if any(unit.has_added_outbox and unit.error is None for unit in units):
                for wake in self.on_outbox:
                    wake()
            del first, units

    def _queued(self) -> list[Unit]:
        units: list[Unit] = []
        with suppress(Empty):
            while len(units) < MOST_UNITS_IN_A_COMMIT - 1:
                unit = self.writes.get_nowait()
                if unit is None:
                    self.writes.put(None)
                    break
                units.append(unit)
        return units

    def _commit_together(self, units: Sequence[Unit]) -> None:
        try:
            self._check_file()
            self._writer.execute("BEGIN IMMEDIATE")
            for unit in units:
                self._run_in_savepoint(unit)
            self._writer.execute("COMMIT")
            self._check_file()
        except (sqlite3.Error, StoreUnavailable) as error:
            with suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
            trouble = to_store_error(error) if isinstance(error, sqlite3.Error) else error
            for unit in units:
                unit.fail(trouble)

    def _check_file(self) -> None:
        """Raises StoreUnavailable when the path no longer leads to the file that is open.

        SQLite would go on writing to what nobody will find again, without an error.
        """
        if _identity(self._file) != self._identity:
            raise StoreUnavailable(
                f"The database file {self._file} was deleted or replaced while Ombud works on it, so nothing "
                "is kept. Put it back, or stop Ombud and start it again on the new one."
            )

    def _note_trouble(self, units: Sequence[Unit]) -> None:
        troubles = [unit.error for unit in units if isinstance(unit.error, StoreUnavailable)]
        self.write_trouble = troubles[0] if troubles else None
        self._has_written = self._has_written or not troubles

    def _optimize(self) -> None:
        """Bring the planner's statistics up to date where a table has changed much."""
        self._optimized_at = time.monotonic()
        with suppress(sqlite3.Error):
            self._writer.execute("PRAGMA optimize")

    def _run_in_savepoint(self, unit: Unit) -> None:
        """Raises sqlite3.Error only when the whole transaction was rolled back, as on a full disk."""
        for attempt in range(1, _ATTEMPTS + 1):
            self._writer.execute("SAVEPOINT unit")
            unit.run(Transaction(SqliteConnection(self._writer), self.policy))
            if unit.error is None:
                self._writer.execute("RELEASE unit")
                return
            if not self._writer.in_transaction and isinstance(unit.error, sqlite3.Error):
                raise unit.error
            self._writer.execute("ROLLBACK TO unit")
            self._writer.execute("RELEASE unit")
            if not unit.wants_another_try or attempt == _ATTEMPTS:
                break

    def _read_units(self, connection: sqlite3.Connection) -> None:
        while (unit := self.reads.get()) is not None:
            try:
                self._check_file()
                connection.execute("BEGIN")
                unit.run(Transaction(SqliteConnection(connection), self.policy))
                connection.execute("ROLLBACK")
            except (sqlite3.Error, StoreUnavailable) as error:
                unit.fail(to_store_error(error) if isinstance(error, sqlite3.Error) else error)
            _translate_error(unit)
            resolve_all([unit])
            del unit
