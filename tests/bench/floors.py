"""Floors of the database: the same rows, written by the driver alone."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Any

import psycopg

from tests.bench.table import median_seconds

INSERT = "INSERT INTO floor (a, b, c, d) VALUES ({0}, {0}, {0}, {0})"
TABLE = "CREATE TABLE floor (id INTEGER PRIMARY KEY{0}, a TEXT, b TEXT, c BIGINT, d TEXT)"
ROW = ("D-1042", "x" * 300, 1_700_000_000, "pending")


def commit_ms(url: str) -> float:
    """Milliseconds of one transaction of three inserts, as durable as Ombud's own."""
    with database_beside(url) as own:
        return median_seconds(open_commit(own), runs=500) * 1000


@contextmanager
def database_beside(url: str) -> Iterator[str]:
    """A database of the same kind for the floor's own table, which is removed afterwards."""
    if url.startswith("sqlite"):
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/floor.db"
        return
    try:
        yield url
    finally:
        with psycopg.connect(url) as connection:
            connection.execute("DROP TABLE IF EXISTS floor")


def open_commit(url: str) -> Callable[[], None]:
    """One transaction of three inserts by the driver alone, into a table made for it."""
    return _sqlite_commit(url) if url.startswith("sqlite") else _postgresql_commit(url)


def _sqlite_commit(url: str) -> Callable[[], None]:
    connection = _open(url)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(TABLE.format(""))

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            connection.execute(INSERT.format("?"), ROW)
        connection.execute("COMMIT")

    return commit


def _postgresql_commit(url: str) -> Callable[[], None]:
    connection = psycopg.connect(url)
    connection.execute(TABLE.format(" GENERATED ALWAYS AS IDENTITY"))
    connection.commit()

    def commit() -> None:
        for _ in range(3):
            connection.execute(INSERT.format("%s"), ROW, prepare=True)
        connection.commit()

    return commit


def open_group_commit(url: str) -> Callable[[], Future[None]]:
    """The same three inserts, by one writer thread that commits all waiting units together."""
    connection = _open(url)
    is_sqlite = url.startswith("sqlite")
    if is_sqlite:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(TABLE.format("" if is_sqlite else " GENERATED ALWAYS AS IDENTITY"))
    connection.close()
    unit: Rows = [(INSERT.format("?" if is_sqlite else "%s"), list(ROW))] * 3
    queue: SimpleQueue[tuple[Rows, Future[None]] | None] = SimpleQueue()
    threading.Thread(target=_write, args=(url, queue), daemon=True).start()

    def commit() -> Future[None]:
        done: Future[None] = Future()
        queue.put((unit, done))
        return done

    return commit


Rows = list[tuple[str, list[Any]]]
"""What one intake writes: statements with their values, in order."""


def read_rows(url: str, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of the columns, and the rows."""
    connection: Any = _open(url)
    cursor = connection.execute(query)
    names, rows = [column[0] for column in cursor.description], cursor.fetchall()
    connection.close()
    return names, rows


def _open(url: str) -> Any:
    """A connection without transactions of its own, as durable as Ombud's."""
    if not url.startswith("sqlite"):
        return psycopg.connect(url, autocommit=True)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def intake_rate(url: str, units: list[Rows], *, clients: int = 16) -> float:
    """Units a second, by one writer thread that commits together what `clients` threads have waiting."""
    queue: SimpleQueue[tuple[Rows, Future[None]] | None] = SimpleQueue()
    writer = threading.Thread(target=_write, args=(url, queue))
    began = perf_counter()
    writer.start()
    shares = [units[place::clients] for place in range(clients)]
    threads = [threading.Thread(target=_ask, args=(queue, share)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = perf_counter() - began
    queue.put(None)
    writer.join()
    return len(units) / took


def _ask(queue: SimpleQueue[tuple[Rows, Future[None]] | None], units: list[Rows]) -> None:
    for unit in units:
        done: Future[None] = Future()
        queue.put((unit, done))
        done.result()


def _write(url: str, queue: SimpleQueue[tuple[Rows, Future[None]] | None]) -> None:
    connection = _open(url)
    begin = "BEGIN IMMEDIATE" if url.startswith("sqlite") else "BEGIN"
    while (first := queue.get()) is not None:
        batch = [first]
        try:
            while len(batch) < 64 and (more := queue.get_nowait()) is not None:
                batch.append(more)
        except Empty:
            pass
        connection.execute(begin)
        for unit, _ in batch:
            for statement, values in unit:
                connection.execute(statement, values)
        connection.execute("COMMIT")
        for _, done in batch:
            done.set_result(None)
    connection.close()
