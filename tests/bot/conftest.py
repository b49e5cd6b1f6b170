"""Fixtures: an application with an HTTP client, on a database of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store.engine import Store
from tests.bot.api_client import ApiClient, open_api_client
from tests.builders import a_policy


@pytest.fixture
def quick_store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """On SQLite."""
    file = tmp_path / "ombud.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{file}", a_policy())
    yield store
    store.close_blocking()


@pytest.fixture
async def api_client(quick_store: Store) -> AsyncIterator[ApiClient]:
    async with open_api_client(quick_store) as opened:
        yield opened


@pytest.fixture
async def any_api_client(url: str) -> AsyncIterator[ApiClient]:
    """The same application on SQLite and on PostgreSQL."""
    store = Store.open(url, a_policy())
    async with open_api_client(store) as opened:
        yield opened
    await store.close()
