"""Statements: written once with SQLAlchemy Core, compiled once to text for each database.

Running Core constructs took 3 times as long as the compiled text on the driver's own connection (1,330
against 3,550 three-insert transactions a second, SQLite), and a click waits for it. So SQL is written
with Core alone, and `Statement` caches its text for each database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from sqlalchemy import ClauseElement, Dialect, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg as postgresql_psycopg
from sqlalchemy.dialects.sqlite import pysqlite

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

Row = tuple[Any, ...]

_PSYCOPG: Any = postgresql_psycopg.dialect
_DIALECTS: Mapping[str, Dialect] = {
    SQLITE: pysqlite.dialect(paramstyle="qmark"),
    POSTGRESQL: _PSYCOPG(paramstyle="format"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """SQL text with placeholders, and the names of its parameters in their order."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]

    def arguments(self, values: Mapping[str, Any]) -> Sequence[Any]:
        if self.constants:
            values = {**self.constants, **values}
        return [values[name] for name in self.names]


class Statement:
    """One statement. `clause` may be a function of the database's name where the two differ."""

    __slots__ = ("_clause", "_compiled")

    def __init__(self, clause: ClauseElement | Callable[[str], ClauseElement]) -> None:
        self._clause = clause
        self._compiled: dict[str, Compiled] = {}

    @property
    def table(self) -> str | None:
        """The table it changes, if it is known to change only one."""
        table = getattr(self._clause, "table", None)
        return None if table is None else str(table.name)

    def on(self, database: str) -> Compiled:
        compiled = self._compiled.get(database)
        if compiled is None:
            clause = self._clause if isinstance(self._clause, ClauseElement) else self._clause(database)
            compiled = self._compiled[database] = _compile(clause, _DIALECTS[database])
        return compiled


def _compile(clause: ClauseElement, dialect: Dialect) -> Compiled:
    compiled: Any = clause.compile(dialect=dialect)
    names = tuple(compiled.positiontup or ())
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return Compiled(str(compiled), names, constants)


class Connection(Protocol):
    """A database connection inside a transaction; each of `store/backends` implements it."""

    database: str

    def rows(self, statement: Statement, /, **values: Any) -> list[Row]: ...

    def row(self, statement: Statement, /, **values: Any) -> Row | None: ...

    def change(self, statement: Statement, /, **values: Any) -> int:
        """Returns how many rows were changed."""

    def change_each(self, statement: Statement, values: Sequence[Mapping[str, Any]], /) -> None: ...

    def write(self, statement: Statement, values: Mapping[str, Any], /) -> None:
        """As `change`, but may be sent later: at the latest before the next read, or with the commit."""

    def write_rows(self, table: Table, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Insert rows that all have the same columns; may be sent as late as with `write`."""


@cache
def insert_rows(table: Table, columns: tuple[str, ...], count: int) -> Statement:
    """One INSERT for `count` rows; its arguments are `columns_of` each row, one row after the other."""
    rows: list[dict[str, Any]] = [
        {name: bindparam(f"{name}_{place}") for name in columns} for place in range(count)
    ]
    return Statement(insert(table).inline().values(rows))


@cache
def columns_of(compiled: Compiled, count: int) -> tuple[str, ...]:
    """The order in which `insert_rows` expects the values of a row."""
    names = compiled.names[: len(compiled.names) // count]
    return tuple(name.removesuffix("_0") for name in names)


def insert_row(table: Table) -> Statement:
    """INSERT of one row with all of its columns."""
    values: dict[str, Any] = {column.name: bindparam(column.name) for column in table.columns}
    return Statement(insert(table).inline().values(values))


def insert_if_absent(table: Table, *columns: str, by: Sequence[str]) -> Statement:
    """INSERT that changes nothing when a row with the same `by` exists."""

    def clause(database: str) -> ClauseElement:
        values: dict[str, Any] = {name: bindparam(name) for name in columns}
        if database == SQLITE:
            return sqlite.insert(table).inline().values(values).on_conflict_do_nothing(index_elements=by)
        return postgresql.insert(table).inline().values(values).on_conflict_do_nothing(index_elements=by)

    return Statement(clause)


def insert_or_update(
    table: Table,
    *columns: str,
    by: Sequence[str],
    unchanged: Sequence[str] = (),
    where: ClauseElement | None = None,
) -> Statement:
    """INSERT, or UPDATE of the row with the same `by`, if `where` holds for it, except for `unchanged`."""

    def clause(database: str) -> ClauseElement:
        values: dict[str, Any] = {name: bindparam(name) for name in columns}
        changed = [name for name in columns if name not in by and name not in unchanged]
        made: Any = (sqlite if database == SQLITE else postgresql).insert(table).inline().values(values)
        upsert: ClauseElement = made.on_conflict_do_update(
            index_elements=by, set_={name: made.excluded[name] for name in changed}, where=where
        )
        return upsert

    return Statement(clause)
