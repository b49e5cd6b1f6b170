"""Tests of the sync of Teams: people, and guests that never become colleagues."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.effects import Effect, person_address
from core.person import Person
from scheduler.outbox.drain import OutboxDrain
from scheduler.sync.slack import sync_slack_people
from scheduler.sync.teams import MOST_READ_SINGLY, sync_teams_people
from store.queue_members import is_member
from store.transaction import Transaction
from tests.builders import MONDAY_9AM
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


async def test_who_was_renamed_is_known_so(teams_only: TeamsOnlyHarness, fake_teams: FakeTeams) -> None:
    await sync_teams_people(teams_only.services)
    fake_teams.rosters[BILLING][0] |= {"name": "Ana Ruiz Vega"}
    await sync_teams_people(teams_only.services)
    ana = await teams_only.person("e-ana")
    assert ana is not None
    assert ana.name == "Ana Ruiz Vega"


async def test_guests_are_nobody_whatever_address_they_bring(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    guest = a_member("e-guest", "Grace Guest", userRole="guest", email=DANA)
    fake_teams.rosters[BILLING] = [guest, a_member("e-ana")]
    await sync_teams_people(teams_only.services)
    grace = await teams_only.person("e-guest")
    assert grace is not None
    assert (grace.is_active, grace.email) == (False, None)
    assert await teams_only.members() == ["e-ana"]
    assert await teams_only.named(DANA) is None


async def test_a_colleague_who_became_a_guest_loses_every_role(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    await sync_teams_people(teams_only.services)
    fake_teams.rosters[BILLING][1] |= {"userRole": "guest"}
    await sync_teams_people(teams_only.services)
    dana = await teams_only.person("e-dana")
    assert dana is not None
    assert (dana.is_active, dana.email) == (False, None)
    queue = teams_only.services.policy.queue("billing")
    assert not await teams_only.store.read(is_member, dana, queue)


async def test_bots_are_nobodys_colleagues(teams_only: TeamsOnlyHarness, fake_teams: FakeTeams) -> None:
    fake_teams.rosters[BILLING].append(a_member("e-bot", "A bot", id="28:another-bot"))
    await sync_teams_people(teams_only.services)
    assert await teams_only.person("e-bot") is None


async def test_one_person_on_both_platforms_is_one_person(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    in_slack = Person(id="slack:U0ANA", name="Ana Ruiz", email=ANA, slack_ref="U0ANA")
    await teams_only.store.run(lambda tx: tx.people.save(in_slack))
    await sync_teams_people(teams_only.services)
    ana = await teams_only.person("e-ana")
    assert ana is not None
    assert (ana.id, ana.slack_ref) == ("slack:U0ANA", "U0ANA")


async def test_a_manager_is_found_in_another_team_and_others_there_are_left_alone(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    fake_teams.rosters[BILLING] = [a_member("e-ana")]
    fake_teams.rosters[OTHER_TEAM] = [a_member("e-dana", "Dana Whitfield"), a_member("e-leo", "Leo Other")]
    await teams_only.know(a_channel(), a_channel(f"{OTHER_TEAM}-more"))
    await sync_teams_people(teams_only.services)
    assert await teams_only.person("e-dana") is not None
    assert await teams_only.person("e-leo") is None
    assert [of for verb, of in fake_teams.calls if verb == "members"] == [BILLING, OTHER_TEAM]


async def test_a_known_person_in_another_team_is_followed(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    fake_teams.rosters[OTHER_TEAM] = [a_member("E-LEO", "Leo Other")]
    await teams_only.know(a_channel())
    await teams_only.store.run(lambda tx: tx.people.find_acting("teams", "e-leo", "Leo").person)
    await sync_teams_people(teams_only.services)
    leo = await teams_only.person("e-leo")
    assert leo is not None
    assert (leo.name, leo.email) == ("Leo Other", "leo.other@brightwater.example")


async def test_a_manager_who_has_only_a_chat_with_the_bot_is_found_there(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    fake_teams.rosters[BILLING] = [a_member("e-ana")]
    fake_teams.rosters["a:e-dana"] = [a_member("e-dana", "Dana Whitfield")]
    await teams_only.know(a_chat("e-dana"), a_chat("e-ana"), a_chat("e-gone"))
    await sync_teams_people(teams_only.services)
    manager = await teams_only.named(DANA)
    assert manager is not None
    assert manager.teams_ref == "e-dana"
    assert ("members", "a:e-ana") not in fake_teams.calls


async def test_of_many_chats_those_without_an_address_are_asked_first(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    for number in range(MOST_READ_SINGLY):
        ref = f"e-{number}"
        await teams_only.store.run(_recognise, ref)
        await teams_only.know(a_chat(ref))
    fake_teams.rosters["a:zoe"] = [a_member("zoe", "Zoe Late")]
    await teams_only.know(a_chat("zoe"))
    await sync_teams_people(teams_only.services)
    assert fake_teams.count("members") == 1 + MOST_READ_SINGLY
    assert await teams_only.person("zoe") is not None


async def test_a_manager_gets_what_was_parked_before_anybody_knew_them(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    await teams_only.harness.store.run(_promise_dana)
    await OutboxDrain(teams_only.services, holder="test").run_until_empty()
    assert [row.address for row in await teams_only.harness.parked()] == [person_address(DANA)]
    await sync_teams_people(teams_only.services)
    assert await teams_only.harness.parked() == []
    assert len(await teams_only.harness.pending(person_address(DANA))) == 1


async def test_whom_no_platform_knows_is_named_in_the_log(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    fake_teams.rosters[BILLING] = [a_member("e-ana")]
    with capture_logs() as logs:
        await sync_teams_people(teams_only.services)
    (warning,) = [one for one in logs if one["event"] == "person of the policy"]
    assert warning["person"] == DANA
    assert "policy.yaml" not in warning["why"]


async def test_who_is_on_slack_alone_is_no_stranger(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    fake_teams.rosters[BILLING] = [a_member("e-ana")]
    dana = Person(id="slack:U0DANA", name="Dana", email=DANA, slack_ref="U0DANA")
    await teams_only.store.run(lambda tx: tx.people.save(dana))
    with capture_logs() as logs:
        await sync_teams_people(teams_only.services)
    assert not logs


async def test_who_is_on_teams_alone_is_no_stranger_to_slack(
    teams_only: TeamsOnlyHarness, fake_teams: FakeTeams
) -> None:
    leo = "leo.other@brightwater.example"
    queue = replace(teams_only.store.policy.queue("billing"), managers=(leo,))
    teams_only.store.policy = replace(teams_only.store.policy, queues={"billing": queue})
    fake_teams.rosters[BILLING].append(a_member("e-leo", "Leo Other"))
    with capture_logs() as logs:
        await sync_slack_people(teams_only.with_slack)
        await sync_teams_people(teams_only.with_slack)
    assert not [one for one in logs if one["log_level"] == "warning"]


def _recognise(tx: Transaction, ref: str) -> None:
    tx.people.link_account("teams", ref, name=ref, email=f"{ref}@brightwater.example")


def _promise_dana(tx: Transaction) -> None:
    payload = {"sender": "a@example.com", "subject": "Which case?"}
    address = person_address(DANA)
    tx.outbox.add(key="a", address=address, effect=Effect.ALERT_STRAY, due_at=MONDAY_9AM, payload=payload)
