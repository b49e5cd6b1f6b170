"""Databases of earlier versions: made by migrating up to a revision, or loaded from the files of `before/`.

`before/` is a database of the last release before the house was put in order, written by its own code:
cases in every status, a timeline with every event, outbox rows of every effect, people, links, files, mails.
`schema_sqlite.sql` is its schema on SQLite, `rows.sql` its rows for both databases.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from store import migrate
from store.engine import postgresql_url, sqlite_file
from tests.store import raw_sql

BEFORE = Path(__file__).parent / "before"
REVISION_BEFORE = "2026_11_23_teams"


def sqlalchemy_url(url: str) -> str:
    if sqlite_file(url) is not None:
        return url
    return postgresql_url(url).replace("postgresql:", "postgresql+psycopg:", 1)


def rows_of(url: str, query: str) -> list[tuple[Any, ...]]:
    with create_engine(sqlalchemy_url(url), poolclass=NullPool).connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def upgrade_to(url: str, revision: str) -> None:
    with migrate._connection(url) as connection:
        command.upgrade(_config(connection), revision)


def downgrade_to(url: str, revision: str) -> None:
    with migrate._connection(url) as connection:
        command.downgrade(_config(connection), revision)


def load_before(url: str) -> None:
    """Fill an empty database with that of `before/`, without migrating it."""
    file = sqlite_file(url)
    rows = (BEFORE / "rows.sql").read_text(encoding="utf-8")
    if file is not None:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript((BEFORE / "schema_sqlite.sql").read_text(encoding="utf-8"))
            connection.executescript(rows)
        return
    upgrade_to(url, REVISION_BEFORE)
    raw_sql.execute(url, "DELETE FROM alembic_version", rows)


def _config(connection: Any) -> Config:
    config = migrate._config()
    config.attributes["connection"] = connection
    return config
