"""Tests of the sync of Teams: channels, their members and their changes."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.effects import Effect
from scheduler.jobs import Jobs
from scheduler.outbox.next_delivery import take_next
from scheduler.rate_limits import RateLimiter
from scheduler.sync.teams import sync_teams_people
from store.outbox.repository import AttemptResult, Parked
from store.people.channels import Channel
from store.transaction import Transaction
from tests.connectors.fake_teams import BILLING, FakeTeams, a_member
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import FakeTime
from tests.scheduler.teams_only_harness import (
    ANA,
    DANA,
    OTHER_TEAM,
    TeamsOnlyHarness,
    a_channel,
    a_chat,
    a_teams_only_harness,
)

ADDRESS = f"teams:{BILLING}"


@pytest.fixture
async def teams_only(
    sqlite_template: Path, tmp_path: Path, slack: Slack, time: FakeTime
) -> AsyncIterator[TeamsOnlyHarness]:
    file = tmp_path / "office.db"
    shutil.copy(sqlite_template, file)
    async with a_teams_only_harness(file, slack, time) as teams_only:
        yield teams_only


@pytest.fixture
def fake_teams(teams_only: TeamsOnlyHarness) -> FakeTeams:
    return teams_only.fake_teams


async def test_channels_members_and_persons_become_known(teams_only: TeamsOnlyHarness) -> None:
    await sync_teams_people(teams_only.services)
    assert await teams_only.channel() == Channel(BILLING, BILLING, None)
    assert await teams_only.members() == ["e-ana", "e-dana"]
    ana = await teams_only.person("e-ana")
    assert ana is not None
    assert (ana.name, ana.email, ana.teams_mri) == ("Ana Ruiz", ANA, "29:e-ana-before-this-bot")
    manager = await teams_only.named(DANA)
    assert manager is not None
    assert manager.teams_ref == "e-dana"


async def test_a_second_round_changes_nothing(teams_only: TeamsOnlyHarness, fake_teams: FakeTeams) -> None:
    await sync_teams_people(teams_only.services)
    before = [await teams_only.person(ref) for ref in ("e-ana", "e-dana")]
    await sync_teams_people(teams_only.services)
    assert [await teams_only.person(ref) for ref in ("e-ana", "e-dana")] == before


async def test_a_large_roster_is_read_page_by_page_each_at_the_rate(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[str] = []

    async def note(_: RateLimiter, method: str) -> None:
        places.append(method)

    monkeypatch.setattr(RateLimiter, "wait_for_lookup", note)
    fake_teams.rosters[BILLING] += [a_member(f"e-{number}", f"Number {number}") for number in range(250)]
    await sync_teams_people(teams_only.services)
    assert len(await teams_only.members()) == 252
    assert len(places) == fake_teams.count("members") > 80


async def test_whoever_left_the_team_is_no_member_and_yet_somebody(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    await sync_teams_people(teams_only.services)
    del fake_teams.rosters[BILLING][0]
    await sync_teams_people(teams_only.services)
    assert await teams_only.members() == ["e-dana"]
    ana = await teams_only.person("e-ana")
    assert ana is not None
    assert ana.is_active


async def test_a_team_that_took_the_bot_out_holds_up_nothing(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    await teams_only.know(a_channel())
    fake_teams.without_bot.add(OTHER_TEAM)
    await sync_teams_people(teams_only.services)
    assert await teams_only.person("e-ana") is not None
    assert await teams_only.channel() == Channel(BILLING, BILLING, None)


@pytest.mark.parametrize("is_removed", [True, False])
async def test_a_channel_that_cannot_be_posted_to_is_noted_with_the_remedy(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams, is_removed: bool
) -> None:
    await sync_teams_people(teams_only.services)
    if is_removed:
        fake_teams.without_bot.add(BILLING)
    else:
        fake_teams.drop(BILLING)
    await sync_teams_people(teams_only.services)
    noted = await teams_only.channel()
    assert noted is not None
    assert "Ombud app" in str(noted.problem)
    assert await teams_only.members() == ["e-ana", "e-dana"]


async def test_a_mended_channel_gets_what_was_parked_by_itself(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    fake_teams.without_bot.add(BILLING)
    await sync_teams_people(teams_only.services)
    await teams_only.store.run(_park, teams_only.harness.time.now())
    await sync_teams_people(teams_only.services)
    assert len(await teams_only.harness.parked()) == 1
    fake_teams.without_bot.clear()
    await sync_teams_people(teams_only.services)
    assert not await teams_only.harness.parked()


async def test_what_was_parked_for_another_reason_waits_for_a_person(teams_only: TeamsOnlyHarness) -> None:
    await sync_teams_people(teams_only.services)
    await teams_only.store.run(_park, teams_only.harness.time.now())
    await sync_teams_people(teams_only.services)
    assert len(await teams_only.harness.parked()) == 1


async def test_the_first_channel_of_a_team_is_read_once(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    await teams_only.know(a_channel(team_ref=BILLING))
    await sync_teams_people(teams_only.services)
    assert [of for verb, of in fake_teams.calls if verb == "members"] == [BILLING]


async def test_when_teams_is_away_everything_stays_as_it_was(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    await sync_teams_people(teams_only.services)
    before = await teams_only.channel()
    for fault in ({"status": 401}, {"status": 503}, {"status": 200, "body": {"members": []}}):
        fake_teams.fail_next("members", **fault)
        await sync_teams_people(teams_only.services)
        assert await teams_only.members() == ["e-ana", "e-dana"]
        assert await teams_only.channel() == before


async def test_one_roster_that_fails_holds_up_no_other_and_blames_nobody(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    fake_teams.rosters[OTHER_TEAM] = [a_member("e-leo", "Leo Other")]
    await teams_only.know(a_channel(), a_chat("e-dana"))
    fake_teams.rosters["a:e-dana"] = [a_member("e-zoe", "Zoe Late")]
    fake_teams.fail_next("members", 500)
    with capture_logs() as logs:
        await sync_teams_people(teams_only.services)
    assert fake_teams.count("members") == 3
    assert await teams_only.person("e-zoe") is None
    assert [one["event"] for one in logs] == ["Teams' people can't be read for now"]


async def test_a_broken_installation_ends_the_round_and_is_said_with_the_remedy(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    await teams_only.know(a_channel())
    fake_teams.fail_next("members", 401)
    with capture_logs() as logs:
        await sync_teams_people(teams_only.services)
    assert fake_teams.count("members") == 1
    assert "TEAMS_APP_PASSWORD" in logs[0]["remedy"]


async def test_the_job_of_every_quarter_of_an_hour_looks_at_teams_too(teams_only: TeamsOnlyHarness) -> None:
    await Jobs(teams_only.services, holder="test").run_once("sync_people")
    assert await teams_only.members() == ["e-ana", "e-dana"]


async def test_without_teams_there_is_nothing_to_do(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    await sync_teams_people(replace(teams_only.services, teams=None))
    assert not fake_teams.calls


def _park(tx: Transaction, now: datetime) -> None:
    tx.outbox.add(key="card:1", address=ADDRESS, effect=Effect.SEND_DIGEST, due_at=now, payload={})
    delivery = take_next(tx, ADDRESS, holder="test", now=now)
    assert delivery is not None
    settled = [AttemptResult(delivery.row.id, Parked("The app isn't there."))]
    tx.outbox.save_results(ADDRESS, holder="test", results=settled, open_at=None, release=True)
