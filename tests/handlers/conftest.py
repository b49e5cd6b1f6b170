"""Fixtures: the harness of the handlers' tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from store.engine import Store
from tests.builders import a_policy
from tests.handlers.harness import BILLING_TEAMS, LOGISTICS_TEAMS, Harness, add_teams_people


@pytest.fixture
def harness(tmp_path: Path, sqlite_template: Path) -> Iterator[Harness]:
    file = tmp_path / "ombud.db"
    file.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{file}", a_policy())
    yield Harness(store)
    store.close_blocking()


@pytest.fixture
def any_harness(url: str) -> Iterator[Harness]:
    """The harness on SQLite and on PostgreSQL."""
    store = Store.open(url, a_policy())
    yield Harness(store)
    store.close_blocking()


@pytest.fixture
def teams_harness(tmp_path: Path, sqlite_template: Path) -> Iterator[Harness]:
    """The harness with a Teams channel beside Slack's for billing, and logistics in Teams alone."""
    file = tmp_path / "ombud.db"
    file.write_bytes(sqlite_template.read_bytes())
    policy = a_policy()
    queues = {
        "billing": replace(policy.queues["billing"], teams_channel=BILLING_TEAMS),
        "logistics": replace(policy.queues["logistics"], slack_channel=None, teams_channel=LOGISTICS_TEAMS),
    }
    store = Store.open(f"sqlite:///{file}", replace(policy, queues=queues))
    harness = Harness(store)
    store.run_blocking(add_teams_people)
    yield harness
    store.close_blocking()
