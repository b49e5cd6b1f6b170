"""Tests of plans: every statement of the store reads few rows among 100,000, or is meant to read many.

What is counted is work, not time: on SQLite the steps of its virtual machine, on PostgreSQL the rows that the
nodes of the plan read.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Boolean, Text

import store
from store.cases import elsewhere, lists, reports, repository
from store.db import statements as made
from store.db.statements import POSTGRESQL, SQLITE, Statement
from store.people import repository as people_repository
from store.people import rows as people_rows
from store.tables import metadata
from tests.fixtures.databases import execute
from tests.store.filled import FIRST, fill

pytestmark = pytest.mark.slow

MOST_STEPS = 12_000
"""Of SQLite's virtual machine; a page of 25 rows out of four queues takes some 5,000."""
MOST_ROWS = 1_500
"""Read on PostgreSQL, by all nodes of the plan together."""

_MANY = {
    "lists._search_statement": "a search reads the text of every case, in an index that has nothing else",
    "reports._NAMES_IN_USE": "at the start, every open case",
    "reports._statements": "figures count every case that is open or changed since",
    "timeline._STRAY_NUMBERS": "`ombud verify` reads everything",
    "statements.DUE_LANES": "one step for each address that something waits for, not for each row",
    "new_cards.CASES_BEFORE": "what stands before a new card in its lane, once for each card",
    "statements.PENDING_FIGURES": "counts what waits, for the metrics and `ombud check`",
    "statements.PARKED_FIGURES": "counts what is parked, of which there should be little",
    "statements.PARKED_LANES": "what is parked, of which there should be little",
    "statements.LIST_PARKED": "what is parked, of which there should be little",
    "statements.COUNT_PARKED": "what is parked, of which there should be little",
    "statements.PARKED_SINCE": "what is parked, of which there should be little",
    "statements.UNPARK_LANE": "what is parked, of which there should be little",
    "statements.END_WAITS": "everything that waits, after the clock was set back",
    "statements.OPEN_LANES": "every lane, after the clock was set back",
    "statements.CLEAR_LEASES": "every lane, at the start and the end of a process",
    "teams_conversations._LIST": "the sync of people reads every conversation",
    "inbox._PURGE": "once a night; an index would cost every press more",
    "troubles._LIST": "one for each lane that stands still, gone once that is over",
    "processes.RESTS": "one fact for each method; the installation has few facts",
    "channel_members._KNOWN": "the members of a channel, once for each burst",
}
"""Statements that may read many rows, and why."""

_VALUES: Mapping[str, Any] = {
    "after": FIRST + 500,
    "again_since": 500,
    "ended_at": 500,
    "after_at": -1,
    "after_number": 2**62,
    "at": 500,
    "before": 0,
    "before_id": 0,
    "but": FIRST + 500,
    "email": "email_folded_500",
    "handle": "slack_folded_500",
    "holder": "name_1",
    "length": 4,
    "limit": 25,
    "now": 500,
    "number": FIRST + 500,
    "of_customer": "customer_ref_500",
    "of_id": "id_500",
    "of_invoice": "invoice_ref_500",
    "of_link": "id_500",
    "of_number": FIRST + 500,
    "of_ref": "ref_500",
    "of_source": "source_500",
    "of_team": "team_ref_0",
    "prefix": "name",
    "previous_seq": 500,
    "queue_id": "queue_0",
    "row_id": 500,
    "sent_at": 500,
    "since": 100_000,
    "slack_channel": "channel_ref_7",
    "status": "open",
    "teams_channel": "",
    "until": 100_001,
    "wanted": "search_text_999",
    "which": 500,
    "why": "because",
    "mri": "teams_mri_500",
    **{f"queue_{place}": f"queue_{place}" for place in range(4)},
    **{f"handle_{place}": f"slack_folded_{place}" for place in range(3)},
    **{f"id_{place}": f"id_{place}" for place in range(3)},
}
_OTHERS: Mapping[str, Mapping[str, Any]] = {
    "_RENEW": {"at": 500},
    "UNPARK_LANE": {"which": "address_5"},
    "RELEASE_LANE": {"holder": "name_0"},
}
"""Values of one statement alone."""

_MADE: Mapping[Callable[..., Any], list[tuple[Any, ...]]] = {
    lists._due_statement: [(what, queues) for what in (lists.WAITING, lists.OVERDUE) for queues in (1, 4)],
    lists._newest_statement: [
        (queues, has_status, has_customer)
        for queues in (None, 1, 4)
        for has_status in (False, True)
        for has_customer in (False, True)
        if queues != 4 or not has_status  # the API lists one status of one queue or of all
    ],
    elsewhere._elsewhere_statement: [(0,), (4,)],
    lists._search_statement: [(1,), (4,)],
    reports._statements: [(0,), (4,)],
    people_repository._by_ids: [(3,)],
    people_rows.by_handles: [(3,)],
}
"""Functions that make statements, with arguments as they are used."""
_MAKERS = {
    made.insert_rows,
    made.insert_row,
    made.insert_if_absent,
    made.insert_or_update,
    repository._update,
}
"""Functions that make statements which are found by their names, or insert rows."""


def _modules() -> Iterator[Any]:
    for found in pkgutil.walk_packages(store.__path__, "store."):
        if "migrations" not in found.name:
            yield importlib.import_module(found.name)


def _named(name: str, value: Any) -> Iterator[tuple[str, Statement]]:
    if isinstance(value, Statement):
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if isinstance(inner, Statement):
                yield f"{name} {key}", inner


def _all_statements() -> Iterator[tuple[str, Statement]]:
    for module in _modules():
        for name, value in vars(module).items():
            yield from _named(f"{module.__name__.rpartition('.')[2]}.{name}", value)
    for maker, calls in _MADE.items():
        for arguments in calls:
            name = f"{maker.__module__.rpartition('.')[2]}.{maker.__name__}"
            yield from _named(f"{name} {arguments}", maker(*arguments))


def _values(name: str, names: tuple[str, ...]) -> dict[str, Any]:
    special = _OTHERS.get(name.partition(" ")[0].partition(".")[2], {})
    return {one: special.get(one, _VALUES.get(one, _default(one))) for one in names}


def _default(name: str) -> Any:
    types = [table.columns[name].type for table in metadata.tables.values() if name in table.columns]
    if not types or isinstance(types[0], Text):
        return f"{name}_500"
    return False if isinstance(types[0], Boolean) else 500


def _is_meant(name: str) -> bool:
    return name.partition(" ")[0] in _MANY


@pytest.fixture(scope="module")
def filled_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("filled") / "ombud.db"
    shutil.copy(sqlite_template, file)
    fill(f"sqlite:///{file}")
    return file


@pytest.mark.parametrize("has_statistics", [False, True])
def test_on_sqlite_no_statement_does_more_than_it_must(
    filled_sqlite: Path, tmp_path: Path, has_statistics: bool
) -> None:
    file = tmp_path / "ombud.db"
    shutil.copy(filled_sqlite, file)
    costly = []
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        if has_statistics:
            connection.execute("ANALYZE")
        for name, statement in _all_statements():
            steps = _steps(connection, name, statement)
            if steps > MOST_STEPS and not _is_meant(name):
                costly.append(f"{name}: {steps} steps")
    assert not costly, "; ".join(costly)


def _steps(connection: sqlite3.Connection, name: str, statement: Statement) -> int:
    """Of the virtual machine, counted by the hundred."""
    compiled = statement.on(SQLITE)
    count = 0

    def add() -> None:
        nonlocal count
        count += 100

    connection.execute("BEGIN")
    connection.set_progress_handler(add, 100)
    try:
        values = _values(name, tuple(one for one in compiled.names if one not in compiled.constants))
        connection.execute(compiled.text, compiled.arguments(values)).fetchall()
    except sqlite3.IntegrityError:
        pass
    finally:
        connection.set_progress_handler(None, 0)
        connection.execute("ROLLBACK")
    return count


@pytest.mark.postgres
def test_on_postgresql_no_statement_reads_more_than_it_must(new_postgresql: Callable[[], str]) -> None:
    url = new_postgresql()
    fill(url)
    execute(url, "ANALYZE")
    costly = []
    with psycopg.connect(url, autocommit=True) as connection:
        for name, statement in _all_statements():
            rows = _rows_read(connection, name, statement)
            if rows > MOST_ROWS and not _is_meant(name):
                costly.append(f"{name}: {rows} rows")
    assert not costly, "; ".join(costly)


def _rows_read(connection: psycopg.Connection[Any], name: str, statement: Statement) -> int:
    compiled = statement.on(POSTGRESQL)
    values = _values(name, tuple(one for one in compiled.names if one not in compiled.constants))
    text = f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {compiled.text}".encode()
    connection.execute("BEGIN")
    try:
        row = connection.execute(text, compiled.arguments(values)).fetchone()
    except psycopg.IntegrityError:
        return 0
    finally:
        connection.execute("ROLLBACK")
    assert row is not None
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return sum(_rows_of(plan[0]["Plan"]))


def _rows_of(node: Mapping[str, Any]) -> Iterator[int]:
    removed = sum(value for key, value in node.items() if key.startswith("Rows Removed by"))
    yield int((node["Actual Rows"] + removed) * node["Actual Loops"])
    for inner in node.get("Plans", ()):
        yield from _rows_of(inner)


def test_every_function_that_makes_statements_is_tried() -> None:
    found = {
        value
        for module in _modules()
        for value in vars(module).values()
        if callable(value) and "Statement" in str(getattr(value, "__annotations__", {}).get("return", ""))
    }
    assert found - _MAKERS == set(_MADE)


def test_what_may_read_many_rows_exists() -> None:
    names = {name.partition(" ")[0] for name, _ in _all_statements()}
    assert set(_MANY) <= names
