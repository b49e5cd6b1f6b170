"""The desk that every handler's test sits at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Store
from store.migrate import upgrade
from tests.builders import a_policy
from tests.handlers.desk import Desk
from tests.store.conftest import new_postgresql, postgres_server, url

__all__ = ["new_postgresql", "postgres_server", "url"]
"""A database of either kind, for those who ask for `any_desk`."""


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with its tables, to copy from: quicker than migrating for each test."""
    file = tmp_path_factory.mktemp("migrated") / "ombud.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture
def desk(tmp_path: Path, migrated: Path) -> Iterator[Desk]:
    file = tmp_path / "ombud.db"
    file.write_bytes(migrated.read_bytes())
    store = Store.open(f"sqlite:///{file}", a_policy())
    yield Desk(store)
    store.close_blocking()


@pytest.fixture
def any_desk(url: str) -> Iterator[Desk]:
    """The same office on SQLite and on PostgreSQL."""
    store = Store.open(url, a_policy())
    yield Desk(store)
    store.close_blocking()
