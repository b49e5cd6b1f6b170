"""Tests of attempts that time out while they wait for their rate."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.policy import Policy
from scheduler.outbox.drain import OutboxDrain
from scheduler.rate_limits import RateLimiter
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import DELIVERY, Harness
from tests.scheduler.teams_harness import CONTRACTS, TeamsHarness, a_company_on_both


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


async def _sleep_on(_: float) -> None:
    await asyncio.sleep(60)


async def wait_in_vain(harness: Harness, channel: str, reason: str) -> None:
    """One attempt to post a new case, broken off while it waits."""
    usual, closed = harness.services, RateLimiter(harness.time.now, _sleep_on)
    closed.pause_posts(channel, harness.time.now() + timedelta(seconds=5))
    harness.services = replace(usual, rate_limiter=closed)
    harness.drain = OutboxDrain(harness.services, holder="test")
    await harness.raise_one(reason)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scheduler.outbox.attempt.LONGEST_ATTEMPT", timedelta(seconds=0.2))
        await harness.deliver()
    assert harness.services.counters.postponed == 1
    harness.services = usual
    harness.drain = OutboxDrain(usual, holder="test")


async def test_in_slack_nothing_is_looked_for_that_was_never_sent(harness: Harness, slack: Slack) -> None:
    await wait_in_vain(harness, DELIVERY, "damaged")
    await harness.deliver_all()
    assert slack.calls("conversations.history") == []
    assert len(harness.cards(DELIVERY)) == 1


async def test_in_teams_nothing_is_said_to_stand_there_twice(
    harness: Harness, teams: TeamsHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    teams.without_slack()
    await wait_in_vain(harness, CONTRACTS, "contract")
    await harness.deliver_all()
    assert len(teams.roots(CONTRACTS)) == 1
    assert "may be sent twice" not in capsys.readouterr().out
