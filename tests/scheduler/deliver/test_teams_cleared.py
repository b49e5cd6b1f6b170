"""Tests of people who cleared their chat with the bot: still told everything, once, where they are."""

from __future__ import annotations

import pytest

from core.effects import person_address
from core.policy import Policy
from core.reclassifying import change_priority
from scheduler.outbox.lane import drain_lane
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import Harness
from tests.scheduler.teams_harness import (
    ANA_ENTRA,
    ANA_IN_TEAMS,
    ANA_ON_BOTH,
    CONTRACTS,
    GRETA_ENTRA,
    GRETA_HERSELF,
    TeamsHarness,
    a_company_on_both,
    text_of,
)

OPENED = f"a:chat-with-{ANA_ENTRA}"


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


async def a_brief(harness: Harness, teams: TeamsHarness) -> str:
    """Ana has a case, told in the chat that we opened with her."""
    await teams.knows(ANA_IN_TEAMS, GRETA_HERSELF)
    case_id = await harness.raise_one("contract")
    await harness.claim(case_id, ANA_IN_TEAMS)
    await harness.deliver_all()
    assert len(teams.chat(ANA_ENTRA)) == 1
    return case_id


async def test_a_cleared_chat_is_opened_again_under_the_id_that_it_had(
    harness: Harness, teams: TeamsHarness
) -> None:
    await a_brief(harness, teams)
    teams.fake_teams.drop(OPENED)
    for _ in range(2):
        case_id = await harness.raise_one("contract")
        await harness.claim(case_id, ANA_IN_TEAMS)
        await harness.deliver_all()
    assert len(teams.chat(ANA_ENTRA)) == 2
    assert teams.fake_teams.count("open") == 2
    assert await harness.parked() == []


async def test_one_stray_404_parks_nothing(harness: Harness, teams: TeamsHarness) -> None:
    await a_brief(harness, teams)
    await harness.claim(await harness.raise_one("contract"), ANA_IN_TEAMS)
    teams.fake_teams.fail_next("post", 404, "ConversationNotFound")
    await drain_lane(harness.services, person_address(ANA_IN_TEAMS.id), holder="x", is_stopping=lambda: False)
    assert len(teams.chat(ANA_ENTRA)) == 2
    assert await harness.parked() == []


async def test_who_clears_a_chat_has_not_left_teams(
    harness: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH, last_on="teams")
    teams.fake_teams.drop(await teams.wrote_to_the_bot(ANA_ENTRA))
    case_id = await harness.raise_one("contract")
    await harness.claim(case_id)
    await harness.deliver_all()
    assert [case_id in text_of(one) for one in teams.chat(ANA_ENTRA)] == [True]
    assert harness.cards("D0ANA") == []


async def test_what_stood_in_a_cleared_chat_is_not_drawn_anew_and_holds_up_nothing(
    harness: Harness, teams: TeamsHarness
) -> None:
    case_id = await a_brief(harness, teams)
    teams.fake_teams.drop(OPENED)
    await harness.act(
        case_id,
        change_priority,
        priority=1,
        policy=harness.services.policy,
        actor_id=ANA_IN_TEAMS.id,
        why="Big",
    )
    await harness.deliver_all()
    assert await harness.parked() == []


async def test_who_removed_the_app_and_is_nowhere_else_is_parked_for(
    harness: Harness, teams: TeamsHarness
) -> None:
    await a_brief(harness, teams)
    teams.fake_teams.without_bot.add(OPENED)
    case_id = await harness.raise_one("contract")
    await harness.claim(case_id, ANA_IN_TEAMS)
    await harness.deliver_all()
    assert [row.address for row in await harness.parked()] == [f"person:{ANA_IN_TEAMS.id}"]
    assert teams.fake_teams.calls.count(("post", OPENED)) == 2


async def test_a_manager_whose_chat_was_cleared_hears_of_trouble(
    harness: Harness, teams: TeamsHarness
) -> None:
    teams.without_slack()
    await teams.knows(GRETA_HERSELF)
    teams.fake_teams.drop(await teams.wrote_to_the_bot(GRETA_ENTRA))
    teams.fake_teams.without_bot.add(CONTRACTS)
    await harness.raise_one("contract")
    await harness.deliver_all()
    (alert,) = teams.chat(GRETA_ENTRA)
    assert "can't be delivered" in text_of(alert)


async def test_what_arrived_in_slack_without_an_answer_is_not_sent_to_teams_too(
    harness: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH, last_on="slack")
    case_id = await harness.raise_one("contract")
    await harness.deliver_all()
    await harness.claim(await harness.raise_one())
    await harness.deliver_all()
    await slack.fail_next("lose_answer", method="chat.postMessage", channel="D0ANA")
    await harness.claim(case_id)
    await harness.deliver()
    await harness.store.run(lambda tx: tx.people.find_acting("teams", ANA_ENTRA).person)
    await harness.deliver_all()
    assert [case_id in card["text"] for card in harness.cards("D0ANA")] == [False, True]
    assert teams.chat(ANA_ENTRA) == []


async def test_what_never_got_to_slack_goes_where_the_person_is_now(
    harness: Harness, slack: Slack, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH, last_on="slack")
    case_id = await harness.raise_one("contract")
    await harness.deliver_all()
    await slack.fail_next("ratelimited", method="chat.postMessage", channel="D0ANA")
    await harness.claim(case_id)
    await harness.deliver()
    await harness.store.run(lambda tx: tx.people.find_acting("teams", ANA_ENTRA).person)
    await harness.deliver_all()
    assert [case_id in text_of(one) for one in teams.chat(ANA_ENTRA)] == [True]
    assert harness.cards("D0ANA") == []
