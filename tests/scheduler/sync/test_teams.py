"""Do we know who is in which channel of Teams, and notice when that changes?"""

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
async def office(
    empty_database: Path, tmp_path: Path, slack: Slack, time: FakeTime
) -> AsyncIterator[TeamsOnlyHarness]:
    file = tmp_path / "office.db"
    shutil.copy(empty_database, file)
    async with a_teams_only_harness(file, slack, time) as office:
        yield office


@pytest.fixture
def connector(office: TeamsOnlyHarness) -> FakeTeams:
    return office.connector


async def test_channels_members_and_persons_become_known(office: TeamsOnlyHarness) -> None:
    await sync_teams_people(office.services)
    assert await office.channel() == Channel(BILLING, BILLING, None)
    assert await office.members() == ["e-ana", "e-dana"]
    ana = await office.person("e-ana")
    assert ana is not None
    assert (ana.name, ana.email, ana.teams_mri) == ("Ana Ruiz", ANA, "29:e-ana-before-this-bot")
    manager = await office.named(DANA)
    assert manager is not None
    assert manager.teams_ref == "e-dana"


async def test_a_second_round_changes_nothing(office: TeamsOnlyHarness, connector: FakeTeams) -> None:
    await sync_teams_people(office.services)
    before = [await office.person(ref) for ref in ("e-ana", "e-dana")]
    await sync_teams_people(office.services)
    assert [await office.person(ref) for ref in ("e-ana", "e-dana")] == before


async def test_a_large_roster_is_read_page_by_page_each_at_the_rate(
    office: TeamsOnlyHarness, connector: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[str] = []

    async def note(_: RateLimiter, method: str) -> None:
        places.append(method)

    monkeypatch.setattr(RateLimiter, "wait_for_lookup", note)
    connector.rosters[BILLING] += [a_member(f"e-{number}", f"Number {number}") for number in range(250)]
    await sync_teams_people(office.services)
    assert len(await office.members()) == 252
    assert len(places) == connector.count("members") > 80


async def test_whoever_left_the_team_is_no_member_and_yet_somebody(
    office: TeamsOnlyHarness, connector: FakeTeams
) -> None:
    await sync_teams_people(office.services)
    del connector.rosters[BILLING][0]
    await sync_teams_people(office.services)
    assert await office.members() == ["e-dana"]
    ana = await office.person("e-ana")
    assert ana is not None
    assert ana.is_active


async def test_a_team_that_took_the_bot_out_holds_up_nothing(
    office: TeamsOnlyHarness, connector: FakeTeams
) -> None:
    await office.know(a_channel())
    connector.without_bot.add(OTHER_TEAM)
    await sync_teams_people(office.services)
    assert await office.person("e-ana") is not None
    assert await office.channel() == Channel(BILLING, BILLING, None)


@pytest.mark.parametrize("is_removed", [True, False])
async def test_a_channel_that_cannot_be_posted_to_is_noted_with_the_remedy(
    office: TeamsOnlyHarness, connector: FakeTeams, is_removed: bool
) -> None:
    await sync_teams_people(office.services)
    if is_removed:
        connector.without_bot.add(BILLING)
    else:
        connector.drop(BILLING)
    await sync_teams_people(office.services)
    noted = await office.channel()
    assert noted is not None
    assert "Ombud app" in str(noted.problem)
    assert await office.members() == ["e-ana", "e-dana"]


async def test_a_mended_channel_gets_what_was_parked_by_itself(
    office: TeamsOnlyHarness, connector: FakeTeams
) -> None:
    connector.without_bot.add(BILLING)
    await sync_teams_people(office.services)
    await office.store.run(_park, office.desk.time.now())
    await sync_teams_people(office.services)
    assert len(await office.desk.parked()) == 1
    connector.without_bot.clear()
    await sync_teams_people(office.services)
    assert not await office.desk.parked()


async def test_what_was_parked_for_another_reason_waits_for_a_person(office: TeamsOnlyHarness) -> None:
    await sync_teams_people(office.services)
    await office.store.run(_park, office.desk.time.now())
    await sync_teams_people(office.services)
    assert len(await office.desk.parked()) == 1


async def test_the_first_channel_of_a_team_is_read_once(
    office: TeamsOnlyHarness, connector: FakeTeams
) -> None:
    await office.know(a_channel(team_ref=BILLING))
    await sync_teams_people(office.services)
    assert [of for verb, of in connector.calls if verb == "members"] == [BILLING]


async def test_when_teams_is_away_everything_stays_as_it_was(
    office: TeamsOnlyHarness, connector: FakeTeams
) -> None:
    await sync_teams_people(office.services)
    before = await office.channel()
    for fault in ({"status": 401}, {"status": 503}, {"status": 200, "body": {"members": []}}):
        connector.fail_next("members", **fault)
        await sync_teams_people(office.services)
        assert await office.members() == ["e-ana", "e-dana"]
        assert await office.channel() == before


async def test_one_roster_that_fails_holds_up_no_other_and_blames_nobody(
    office: TeamsOnlyHarness, connector: FakeTeams
) -> None:
    connector.rosters[OTHER_TEAM] = [a_member("e-leo", "Leo Other")]
    await office.know(a_channel(), a_chat("e-dana"))
    connector.rosters["a:e-dana"] = [a_member("e-zoe", "Zoe Late")]
    connector.fail_next("members", 500)
    with capture_logs() as logs:
        await sync_teams_people(office.services)
    assert connector.count("members") == 3
    assert await office.person("e-zoe") is None
    assert [one["event"] for one in logs] == ["Teams' people can't be read for now"]


async def test_a_broken_installation_ends_the_round_and_is_said_with_the_remedy(
    office: TeamsOnlyHarness, connector: FakeTeams
) -> None:
    await office.know(a_channel())
    connector.fail_next("members", 401)
    with capture_logs() as logs:
        await sync_teams_people(office.services)
    assert connector.count("members") == 1
    assert "TEAMS_APP_PASSWORD" in logs[0]["remedy"]


async def test_the_job_of_every_quarter_of_an_hour_looks_at_teams_too(office: TeamsOnlyHarness) -> None:
    await Jobs(office.services, holder="test").run_once("sync_people")
    assert await office.members() == ["e-ana", "e-dana"]


async def test_without_teams_there_is_nothing_to_do(office: TeamsOnlyHarness, connector: FakeTeams) -> None:
    await sync_teams_people(replace(office.services, teams=None))
    assert not connector.calls


def _park(tx: Transaction, now: datetime) -> None:
    tx.outbox.add(key="card:1", address=ADDRESS, effect=Effect.SEND_DIGEST, due_at=now, payload={})
    errand = take_next(tx, ADDRESS, holder="test", now=now)
    assert errand is not None
    settled = [AttemptResult(errand.row.id, Parked("The app isn't there."))]
    tx.outbox.save_results(ADDRESS, holder="test", results=settled, open_at=None, release=True)
