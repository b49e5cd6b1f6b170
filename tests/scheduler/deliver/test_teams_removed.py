"""Tests of people who removed the app from Teams: still told everything, and once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.effects import Effect, person_address
from core.policy import Policy
from scheduler.lease import LEASE
from scheduler.outbox.lane import drain_lane
from store.people.teams_conversations import Conversation
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
    actions_of,
    text_of,
)

TO_ANA = person_address(ANA_ON_BOTH.id)


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


async def chat_of(harness: Harness, ref: str) -> Conversation:
    found = await harness.store.read(lambda tx: tx.conversations.find(ref))
    assert found is not None
    return found


async def a_removed_app(harness: Harness, teams: TeamsHarness) -> str:
    """Ana did something in Teams last, and took the bot out of her chat without our hearing of it."""
    await teams.knows(ANA_ON_BOTH, last_on="teams")
    await teams.knows(GRETA_HERSELF)
    begun = await teams.wrote_to_the_bot(ANA_ENTRA)
    teams.fake_teams.without_bot.add(begun)
    return begun


async def test_a_resolver_who_removed_the_app_holds_up_nobody(harness: Harness, teams: TeamsHarness) -> None:
    await teams.knows(ANA_IN_TEAMS, GRETA_HERSELF)
    begun = await teams.wrote_to_the_bot(ANA_ENTRA)
    teams.fake_teams.without_bot.update({begun, f"a:chat-with-{ANA_ENTRA}"})
    case_id = await harness.raise_one("contract")
    await harness.claim(case_id, ANA_IN_TEAMS)
    await harness.deliver_all()
    assert "claim" not in actions_of(teams.roots(CONTRACTS)[0])
    (alert,) = teams.chat(GRETA_ENTRA)
    assert "Ana Ruiz" in text_of(alert)


async def test_who_removed_the_app_is_written_to_where_else_they_are(
    harness: Harness, teams: TeamsHarness
) -> None:
    await teams.knows(ANA_ON_BOTH, last_on="teams")
    teams.fake_teams.fail_next("open", 403, "ForbiddenOperationException")
    case_id = await harness.raise_one("contract")
    await harness.claim(case_id)
    await harness.deliver_all()
    assert [case_id in card["text"] for card in harness.cards("D0ANA")] == [True]
    assert await harness.parked() == []


async def test_what_a_known_chat_refuses_goes_to_slack_and_so_does_all_that_follows(
    harness: Harness, teams: TeamsHarness
) -> None:
    begun = await a_removed_app(harness, teams)
    cases = [await harness.raise_one("contract") for _ in range(2)]
    for case_id in cases:
        await harness.claim(case_id)
        await harness.deliver_all()
    assert [case_id in card["text"] for case_id, card in zip(cases, harness.cards("D0ANA"), strict=True)] == [
        True
    ] * 2
    assert [of for verb, of in teams.fake_teams.calls if verb == "post"].count(begun) == 1
    assert teams.chat(GRETA_ENTRA) == []
    assert await harness.parked() == []
    assert (await chat_of(harness, begun)).is_removed


async def test_whoever_comes_back_to_teams_is_written_to_there_again(
    harness: Harness, teams: TeamsHarness
) -> None:
    begun = await a_removed_app(harness, teams)
    await harness.claim(await harness.raise_one("contract"))
    await harness.deliver_all()
    teams.fake_teams.without_bot.clear()
    again = replace(await chat_of(harness, begun), is_removed=False)
    await harness.store.run(lambda tx: tx.conversations.save(again))
    await harness.claim(await harness.raise_one("contract"))
    await harness.deliver_all()
    assert len(teams.fake_teams.messages[begun]) == len(harness.cards("D0ANA")) == 1


async def test_what_may_have_arrived_in_teams_is_sent_to_no_other_platform(
    harness: Harness, teams: TeamsHarness
) -> None:
    await a_removed_app(harness, teams)
    await harness.claim(await harness.raise_one("contract"))
    await harness.store.run(
        lambda tx: tx.outbox.lease_rows(TO_ANA, holder="x", now=harness.time.now(), lease=LEASE, limit=1)
    )
    harness.time.add(LEASE)
    await harness.deliver_all()
    assert harness.cards("D0ANA") == []
    assert Effect.BRIEF_RESOLVER in [row.effect for row in await harness.parked()]


async def test_a_slack_that_answers_too_late_gets_it_once(harness: Harness, teams: TeamsHarness) -> None:
    await a_removed_app(harness, teams)
    await harness.slack.fail_next("lose_answer", method="chat.postMessage", channel="D0ANA")
    await harness.claim(await harness.raise_one("contract"))
    await harness.deliver_all()
    assert len(harness.cards("D0ANA")) == 1
    assert await harness.parked() == []


async def test_a_card_that_is_too_large_closes_no_chat(harness: Harness, teams: TeamsHarness) -> None:
    begun = await a_removed_app(harness, teams)
    teams.fake_teams.without_bot.clear()
    await harness.claim(await harness.raise_one("contract"))
    teams.fake_teams.fail_next("post", 413)
    await drain_lane(harness.services, TO_ANA, holder="x", is_stopping=lambda: False)
    assert [row.address for row in await harness.parked()] == [TO_ANA]
    assert not (await chat_of(harness, begun)).is_removed
