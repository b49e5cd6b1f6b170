"""Tests of a channel where the bot may read but not post: retried without repeated alerts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.policy import Policy
from scheduler.sync.teams import RETRY_MODERATED_EVERY, sync_teams_people
from tests.scheduler.harness import Harness
from tests.scheduler.teams_harness import (
    CONTRACTS,
    GRETA_ENTRA,
    GRETA_HERSELF,
    TeamsHarness,
    a_company_on_both,
)

QUARTER = timedelta(minutes=15)


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


async def a_moderated_channel(harness: Harness, teams: TeamsHarness) -> None:
    teams.without_slack()
    await teams.knows(GRETA_HERSELF)
    teams.fake_teams.moderated.add(CONTRACTS)
    await harness.raise_many(3, "contract")
    await harness.deliver()


async def days_pass(harness: Harness, days: int) -> None:
    for _ in range(days * (RETRY_MODERATED_EVERY // QUARTER)):
        harness.time.add(QUARTER)
        await sync_teams_people(harness.services)
        await harness.deliver()


async def test_managers_hear_once_a_day_of_what_a_roster_cannot_disprove(
    harness: Harness, teams: TeamsHarness
) -> None:
    await a_moderated_channel(harness, teams)
    await days_pass(harness, 2)
    assert teams.fake_teams.calls.count(("post", CONTRACTS)) == len(teams.chat(GRETA_ENTRA)) == 3
    channel = await harness.store.read(lambda tx: tx.channels.find(CONTRACTS))
    assert channel is not None
    assert "Let apps post" in str(channel.problem)


async def test_within_a_day_of_being_let_in_everything_is_there(
    harness: Harness, teams: TeamsHarness
) -> None:
    await a_moderated_channel(harness, teams)
    teams.fake_teams.moderated.clear()
    await days_pass(harness, 1)
    assert len(teams.roots(CONTRACTS)) == 3
    assert await harness.parked() == []
    channel = await harness.store.read(lambda tx: tx.channels.find(CONTRACTS))
    assert channel is not None
    assert channel.problem is None
