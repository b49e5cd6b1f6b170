"""Migration of the tables to the newest version, by Alembic without an ini file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from store.engine import postgresql_url, sqlite_file
from store.errors import NewerDatabase, StoreUnavailable

_SCRIPTS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 7_046_001
"""An arbitrary number for PostgreSQL's advisory lock: one process migrates, others wait."""


def upgrade(url: str) -> None:
    """Migrate the tables to the newest version, all or nothing; several processes may try at once.

    Raises:
        StoreUnavailable: no server answers at this address.
        NewerDatabase: the tables are of a version that this program doesn't know.
    """
    with _connection(url) as connection:
        config = _config()
        _demand_known(connection, config)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current(url: str) -> str | None:
    """The version of the tables; None: there are none. Raises NewerDatabase, StoreUnavailable."""
    with _connection(url) as connection:
        return _demand_known(connection, _config())


@cache
def head() -> str:
    """The version that this program needs."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _demand_known(connection: Connection, config: Config) -> str | None:
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(revision)
        except CommandError:
            raise NewerDatabase(revision) from None
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    """A connection in a transaction that excludes other migrating processes."""
    file = sqlite_file(url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            f"sqlite:///{file}", poolclass=NullPool, connect_args={"isolation_level": None, "timeout": 30}
        )
        begin = "BEGIN IMMEDIATE"
    else:
        engine = create_engine(
            postgresql_url(url).replace("postgresql:", "postgresql+psycopg:", 1),
            poolclass=NullPool,
            connect_args={"prepare_threshold": None},  # a pooler would keep what was prepared for others
        )
        begin = f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"
    try:
        with engine.connect() as connection, connection.begin():
            connection.execute(text(begin))
            yield connection
    except DBAPIError as error:
        raise StoreUnavailable(f"The database can't be used: {error.orig}") from error
