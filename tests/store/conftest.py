"""Databases and stores for the tests of the store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.engine import Store
from tests.builders import a_policy
from tests.fixtures.databases import execute


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/new.db"

    def empty() -> str:
        url = str(request.getfixturevalue("new_postgresql")())
        execute(url, "DROP SCHEMA public CASCADE")
        execute(url, "CREATE SCHEMA public")
        return url

    return empty


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """On SQLite and on PostgreSQL."""
    opened = Store.open(url, a_policy())
    yield opened
    opened.close_blocking()
