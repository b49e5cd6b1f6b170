"""A million open cases in a minute: rows of the cases table, made after one real case."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg

from core.case import Case
from core.policy import Policy
from scheduler.clock import Clock
from store.cases.columns import frequent_columns, rare_columns
from store.db.documents import encode
from store.db.instants import to_micros
from tests.builders import a_case, a_clock

BATCH = 20_000
FIRST = 1_000_000


def fill(url: str, policy: Policy, count: int, *, due: int = 0) -> None:
    """Add `count` open cases whose deadlines are up to a year ahead; `due` of them passed theirs an hour ago.

    A tenth of the others are overdue for the lists: their nearest clock has run out and was reported.
    """
    names, rows = _rows(policy, count, due)
    if url.startswith("sqlite"):
        _fill_sqlite(url.removeprefix("sqlite:///"), names, rows)
    else:
        _fill_postgresql(url, names, rows)


def _template(policy: Policy) -> Case:
    now = Clock(None).now()
    clock = replace(a_clock(), started_at=now, unclaimed_since=now)
    return a_case(raised_at=now, moved_at=now, clock=clock)


def _rows(policy: Policy, count: int, due: int) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    case = _template(policy)
    now = to_micros(case.moved_at)
    columns: dict[str, Any] = {"number": 0, "seq": 0, "head_hash": ""}
    columns |= frequent_columns(case, policy) | rare_columns(case) | {"body": encode(case)}
    names = list(columns)
    places = {name: names.index(name) for name in ("number", "due_at", "next_deadline_at", "body")}
    hour, year = (
        timedelta(hours=1) // timedelta(microseconds=1),
        timedelta(days=365) // timedelta(microseconds=1),
    )

    before, after = columns["body"].split(f'"{case.id}"')

    def rows() -> Iterator[tuple[Any, ...]]:
        values = list(columns.values())
        for place in range(count):
            is_due = place < due
            ahead = now + hour + place * (year // count)
            values[places["number"]] = FIRST + place
            values[places["body"]] = f'{before}"D-{FIRST + place}"{after}'
            values[places["next_deadline_at"]] = now - hour if is_due else ahead
            values[places["due_at"]] = now - hour - place if place % 10 == 0 else ahead
            yield tuple(values)

    return names, rows()


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _fill_sqlite(file: str, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous = OFF")
    statement = f"INSERT INTO cases ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    connection.executemany(statement, rows)
    connection.commit()
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _fill_postgresql(url: str, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    with psycopg.connect(url) as connection:
        with connection.cursor().copy(f"COPY cases ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE cases")
