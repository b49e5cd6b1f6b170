"""SQL run beside the store, as by another program on the same database."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import psycopg

from store.engine import postgresql_url, sqlite_file


def execute(url: str, *statements: str) -> None:
    """Each statement, committed."""
    file = sqlite_file(url)
    if file is None:
        with psycopg.connect(postgresql_url(url), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())
        return
    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection_:
        for statement in statements:
            connection_.execute(statement)
