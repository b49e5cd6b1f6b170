"""A million cases with their timelines in half a minute.

The rows are what `record` would have written: lists, ticks and `verify` can't tell the difference.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import Table

from core.events import QueueTold
from core.outcome import Outcome
from core.policy import Policy
from store.cases.columns import frequent_columns, rare_columns
from store.db.documents import encode
from store.engine import postgresql_url, sqlite_file
from store.recording import NO_HEAD, timeline_rows
from store.tables import cases, timeline
from tests.builders import MONDAY_9AM, a_case, a_clock, a_customer

_SHAPES = 997
_CHUNK = 10_000
_ID = "D-1000000000"
"""Placeholder for the number in a shape's document, replaced in each row."""


def fill(url: str, policy: Policy, count: int, *, first: int = 1001, start: datetime = MONDAY_9AM) -> None:
    """Add `count` open cases, numbered from `first`, that reached their queues within a day from `start` on.

    Half of them wait in the queue, the others have one of 50 resolvers.
    """
    shapes = [_shape(place, policy, start) for place in range(_SHAPES)]
    rows = (_row_pair(number, *shapes[number % _SHAPES]) for number in range(first, first + count))
    file = sqlite_file(url)
    if file is None:
        _fill_postgresql(url, rows, first + count)
    else:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            _fill_sqlite(connection, rows)


def _shape(place: int, policy: Policy, start: datetime) -> tuple[dict[str, Any], Outcome, str]:
    """The columns, outcome and document that every 997th case shares, apart from its number."""
    reached = start + timedelta(seconds=place * 86)
    queue_ids = tuple(policy.queues)
    case = a_case(
        id=_ID,
        queue_id=queue_ids[place % len(queue_ids)],
        resolver_id=f"slack:U0{place % 50}" if place % 2 else None,
        customer=replace(a_customer(), ref=f"cus_{place}", name=f"Customer {place}"),
        raised_at=reached,
        moved_at=reached,
        clock=a_clock(started_at=reached, unclaimed_since=reached),
    )
    outcome = Outcome(case, (QueueTold(at=reached, actor_id="api:bench"),))
    return {**frequent_columns(case, policy), **rare_columns(case)}, outcome, encode(case)


def _row_pair(
    number: int, columns: dict[str, Any], outcome: Outcome, body: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    case_id = f"D-{number}"
    body = body.replace(_ID, case_id)
    named = Outcome(replace(outcome.case, id=case_id), outcome.events)
    (entry,) = timeline_rows(named, body, NO_HEAD)
    search_text = columns["search_text"].replace(_ID.casefold(), case_id.casefold())
    head = {"number": number, "seq": 1, "head_hash": entry["hash"], "body": body, "search_text": search_text}
    return {**columns, **head}, entry


def _fill_sqlite(
    connection: sqlite3.Connection, rows: Iterator[tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -400000")
    while chunk := list(islice(rows, _CHUNK)):
        connection.execute("BEGIN IMMEDIATE")
        for table, values in zip((cases, timeline), zip(*chunk, strict=True), strict=True):
            names = _names(table)
            places = ", ".join(f":{name}" for name in names)
            connection.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})", values)
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("ANALYZE")


def _fill_postgresql(
    url: str, rows: Iterator[tuple[dict[str, Any], dict[str, Any]]], next_number: int
) -> None:
    with psycopg.connect(postgresql_url(url), autocommit=True) as connection:
        while chunk := list(islice(rows, _CHUNK)):
            for table, values in zip((cases, timeline), zip(*chunk, strict=True), strict=True):
                names = _names(table)
                command = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
                with connection.cursor().copy(command.encode()) as copy:
                    for row in values:
                        copy.write_row([row[name] for name in names])
        connection.execute("SELECT setval('case_numbers', %s, false)", [next_number])
        connection.execute("VACUUM ANALYZE")


def _names(table: Table) -> Sequence[str]:
    return [column.name for column in table.columns]
