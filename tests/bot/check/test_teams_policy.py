"""Tests of the checks of the policy's Teams channels and people."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.check.report import State
from bot.check.teams import TeamsProbes
from bot.check.teams_policy import known_in_teams
from bot.settings import Settings
from core.policy import MEMBERS_OF_THE_CHANNEL
from store.people.teams_conversations import Conversation
from store.transaction import Transaction
from tests.bot.check.teams_installation import (
    ANA,
    BEN,
    CHANNEL,
    an_installation,
    check_results,
    only_problem,
    record_seen_in_teams,
    teams_policy,
    with_changes,
    write,
)
from tests.connectors.fake_microsoft import entra_id


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return an_installation(tmp_path)


async def test_where_all_is_right_nothing_is_to_be_mended(settings: Settings) -> None:
    policy = teams_policy()
    record_seen_in_teams(settings, policy, ANA, BEN)
    results = await check_results(settings, policy, TeamsProbes())
    assert [one.title for one in results if one.state is not State.OK] == []
    assert [one.group for one in results] == ["Teams", "Teams channels", "People in Teams"]


async def test_a_channel_that_was_never_seen_is_told(settings: Settings) -> None:
    policy = teams_policy()
    record_seen_in_teams(settings, policy, ANA, BEN, has_channel=False)
    trouble = await only_problem(settings, policy)
    assert (trouble.group, trouble.state) == ("Teams channels", State.WARNING)
    assert "Add the app to its team" in trouble.remedy


async def test_a_channel_with_a_problem_says_which(settings: Settings) -> None:
    policy = teams_policy()
    problem = "The channel was deleted. Name another one in policy.yaml."
    record_seen_in_teams(settings, policy, ANA, BEN, problem=problem)
    trouble = await only_problem(settings, policy)
    assert (trouble.state, trouble.remedy) == (State.FAILED, problem)


async def test_a_channel_that_the_bot_was_taken_out_of_is_a_failure(settings: Settings) -> None:
    policy = teams_policy()
    gone = Conversation(ref=CHANNEL, kind="channel", service_url="https://x/", reference={}, is_removed=True)
    record_seen_in_teams(settings, policy, ANA, BEN, has_channel=False)
    write(settings, policy, lambda tx: tx.conversations.save(gone))
    trouble = await only_problem(settings, policy)
    assert trouble.state is State.FAILED
    assert "taken out" in trouble.title


async def test_where_members_claim_somebody_must_be_a_member(settings: Settings) -> None:
    policy = teams_policy(resolvers=(MEMBERS_OF_THE_CHANNEL,))
    record_seen_in_teams(settings, policy, ANA)
    assert "nobody can claim" in (await only_problem(settings, policy)).title
    write(settings, policy, lambda tx: tx.people.set_members(CHANNEL, [entra_id(ANA)]))
    assert all(one.state is State.OK for one in await check_results(settings, policy))


async def test_people_whom_teams_has_not_shown_yet_are_named(settings: Settings) -> None:
    policy = teams_policy()
    record_seen_in_teams(settings, policy, ANA)
    trouble = await only_problem(settings, policy)
    assert (trouble.group, trouble.title) == ("People in Teams", f"Not seen in Teams yet: {BEN}.")


async def test_where_the_queue_is_in_slack_too_people_may_be_in_slack_alone(settings: Settings) -> None:
    policy = teams_policy(slack_channel="#billing")

    def meet_in_slack(tx: Transaction) -> None:
        tx.people.link_account("slack", "U0BEN", name="Ben", email=BEN, is_active=True)

    record_seen_in_teams(settings, policy, ANA)
    write(settings, policy, meet_in_slack)
    assert all(one.state is State.OK for one in await check_results(settings, policy))


async def test_who_is_known_in_teams_need_not_be_in_slack(settings: Settings) -> None:
    policy = teams_policy()
    record_seen_in_teams(settings, policy, ANA)
    assert known_in_teams(settings.database_url, policy) == {ANA}


async def test_no_database_is_told_elsewhere(settings: Settings, tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/none.db", "postgresql://ombud:x@127.0.0.1:9/ombud"):
        policy = teams_policy()
        assert await asyncio.to_thread(known_in_teams, url, policy) == frozenset()
        results = await check_results(with_changes(settings, database_url=url), policy)
        assert {one.group for one in results} == {"Teams"}
