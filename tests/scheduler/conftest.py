"""Fixtures of the scheduler's tests."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.policy import Policy
from store.engine import Store
from tests.builders import MONDAY_9AM
from tests.connectors.fake_teams import a_fake_teams
from tests.connectors.sandbox_slack import Slack, a_slack
from tests.scheduler.fake_clocks import FakeTime, SlackTime
from tests.scheduler.harness import Harness, a_company, store_at
from tests.scheduler.teams_harness import TeamsHarness


@pytest.fixture
def time() -> FakeTime:
    return FakeTime(MONDAY_9AM)


@pytest.fixture
async def slack(time: FakeTime) -> AsyncIterator[Slack]:
    """The sandbox's Slack, on the test's clock."""
    async with a_slack() as slack:
        slack.world.clock = slack.world.slack.workspace._clock = SlackTime(time)
        yield slack


@pytest.fixture
def company() -> Policy:
    """The policy of the test's store."""
    return a_company()


@pytest.fixture
async def store(sqlite_template: Path, tmp_path: Path, company: Policy) -> AsyncIterator[Store]:
    file = tmp_path / "ombud.db"
    shutil.copy(sqlite_template, file)
    store = store_at(file, company)
    yield store
    await store.close()


@pytest.fixture
async def harness(store: Store, slack: Slack, time: FakeTime) -> AsyncIterator[Harness]:
    api = slack.api()
    yield Harness(store, slack, time, api)
    await api.close()


@pytest.fixture
async def teams(harness: Harness) -> AsyncIterator[TeamsHarness]:
    """Adds Teams to the harness; the fake Teams records every request that Microsoft doesn't document."""
    async with a_fake_teams() as fake_teams:
        api = fake_teams.api()
        yield await TeamsHarness.attach(harness, fake_teams, api)
        await api.close()
        assert fake_teams.complaints == []
