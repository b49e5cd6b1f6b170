"""The desk that every handler's test sits at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Store
from store.migrate import upgrade
from tests.builders import a_policy
from tests.handlers.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    url = f"sqlite:///{tmp_path}/ombud.db"
    upgrade(url)
    store = Store.open(url, a_policy())
    yield Desk(store)
    store.close_blocking()
