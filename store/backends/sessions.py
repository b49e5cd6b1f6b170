"""Sessions of PostgreSQL: how a connection is opened, checked, and what its errors mean to people."""

from __future__ import annotations

from collections.abc import Mapping
from select import POLLIN, poll
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from store.db.statements import Row
from store.errors import NotMigrated, StoreUnavailable

_STATEMENT_SECONDS = 30
_LIBPQ_TIMEOUTS: Mapping[str, int] = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""libpq's settings, in seconds but for the last, which is in milliseconds. With libpq's defaults a connection
that died silently blocks its thread for two hours. The database address may override them."""
_LIMIT = f"statement_timeout = '{_STATEMENT_SECONDS}s'"
_LIMIT_SESSION, LIMIT_TRANSACTION = f"SET {_LIMIT}", f"SET LOCAL {_LIMIT}"
CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)
"""Another transaction committed first. A unique key conflicts when two units both found it missing."""


def connect(url: str) -> psycopg.Connection[Row]:
    """Through a pooler, such as pgbouncer in transaction mode, nothing is left in the session: each
    transaction may have another one. Statements aren't prepared, and the time limit is set in each.

    Raises:
        StoreUnavailable: no server answers.
    """
    try:
        settings: dict[str, Any] = {**_LIBPQ_TIMEOUTS, **conninfo_to_dict(url)}
        connection = psycopg.connect(autocommit=True, **settings)
        connection.prepare_threshold = None
        if is_pooled(connection):
            connection.prepared_max = 0
        else:
            connection.execute(_LIMIT_SESSION.encode())
            connection.prepare_threshold = 1
            connection.prepared_max = 500
    except psycopg.Error as error:
        raise to_store_error(error) from error
    return connection


def has_session(connection: psycopg.Connection[Row]) -> bool:
    """Whether all transactions have the same session at the server: there is no pooler in between."""
    return connection.prepared_max != 0


def is_pooled(connection: psycopg.Connection[Row]) -> bool:
    """Whether something stands between us and the server: it told us a number that isn't the server's."""
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return row is None or row[0] != connection.info.backend_pid


def is_lost(connection: psycopg.Connection[Row]) -> bool:
    """Whether the server closed the connection or sent something unasked, as it does before it closes one.

    To be called between two statements, when the server sends nothing to a healthy connection.
    """
    if connection.closed:
        return True
    readable = poll()
    readable.register(connection.fileno(), POLLIN)
    return bool(readable.poll(0))


def to_store_error(error: psycopg.Error) -> Exception:
    """StoreUnavailable with a sentence for the operator; a programming error is returned as it is."""
    if isinstance(error, errors.UndefinedTable | errors.UndefinedColumn):
        return NotMigrated()
    if isinstance(error, errors.DiskFull):
        return StoreUnavailable("The database's disk is full, so nothing was kept. Make room and try again.")
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return StoreUnavailable("The database is read-only now, so nothing was kept.")
    if isinstance(error, CONFLICTS):
        return error
    if isinstance(error, psycopg.OperationalError):
        first_line = str(error).strip().partition("\n")[0]
        return StoreUnavailable(f"The database can't be reached or broke off: {first_line}")
    return error
