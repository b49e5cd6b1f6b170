"""Fixtures of the connectors' tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.slack.api import SlackApi
from connectors.teams.api import TeamsApi
from tests.connectors.fake_teams import FakeTeams, a_fake_teams
from tests.connectors.sandbox_slack import Slack, a_slack


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with a_slack() as slack:
        yield slack


@pytest.fixture
async def api(slack: Slack) -> AsyncIterator[SlackApi]:
    api = slack.api()
    yield api
    await api.close()


@pytest.fixture
async def fake_teams() -> AsyncIterator[FakeTeams]:
    async with a_fake_teams() as fake_teams:
        yield fake_teams
        assert fake_teams.complaints == []


@pytest.fixture
async def teams_api(fake_teams: FakeTeams) -> AsyncIterator[TeamsApi]:
    api = fake_teams.api()
    yield api
    await api.close()
