"""The desk that every handler's test sits at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Store
from tests.builders import a_policy
from tests.handlers.desk import Desk
from tests.store.conftest import new_postgresql, postgres_server, sqlite_template, url

__all__ = ["new_postgresql", "postgres_server", "sqlite_template", "url"]
"""A database of either kind, for those who ask for `any_desk`."""


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path) -> Iterator[Desk]:
    file = tmp_path / "ombud.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{file}", a_policy())
    yield Desk(store)
    store.close_blocking()


@pytest.fixture
def any_desk(url: str) -> Iterator[Desk]:
    """The same office on SQLite and on PostgreSQL."""
    store = Store.open(url, a_policy())
    yield Desk(store)
    store.close_blocking()
