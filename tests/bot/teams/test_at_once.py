"""People in Teams who press at the same time get the right replies, on either database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.events import CaseClaimed
from tests.bot.teams.activities import ANA, BEN, DANA, TeamsClient
from tests.bot.teams.harness import TeamsHarness, a_teams_harness, card_shown, data_of, filled_in


@pytest.fixture
async def harness(url: str) -> AsyncIterator[TeamsHarness]:
    """On SQLite and on PostgreSQL."""
    async with a_teams_harness(url) as one:
        yield one


async def test_of_two_who_press_at_once_one_has_it_and_the_other_is_told(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    presses = [TeamsClient(one).execute(data_of(card, "claim"), message) for one in (ANA, BEN)]
    answers = await asyncio.gather(*(harness.edge.on_activity(one) for one in presses))
    kinds = sorted(str(answer and answer["type"]) for answer in answers)
    assert [kind.rpartition(".")[2] for kind in kinds] == ["message", "adaptive"]
    story = await harness.story(case_id)
    assert sum(isinstance(event, CaseClaimed) for event in story) == 1


async def test_a_double_click_claims_once_and_shows_the_card_both_times(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    presses = [TeamsClient(ANA).execute(data_of(card, "claim"), message) for _ in range(2)]
    for answer in await asyncio.gather(*(harness.edge.on_activity(one) for one in presses)):
        assert "ask_decide" in str(card_shown(answer))
    assert sum(isinstance(event, CaseClaimed) for event in await harness.story(case_id)) == 1


async def test_a_form_sent_twice_at_once_counts_once(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    form = await harness.open("ask_note", DANA, case_id)
    sent = [TeamsClient(DANA).submit({**filled_in(form), "note": "Called them."}) for _ in range(2)]
    assert await asyncio.gather(*(harness.edge.on_activity(one) for one in sent)) == [None, None]
    assert str(await harness.story(case_id)).count("Called them.") == 1


async def test_a_form_with_the_nonce_of_somebody_elses_counts_as_its_senders_own(
    harness: TeamsHarness,
) -> None:
    case_id = await harness.raise_one()
    form = await harness.open("ask_note", DANA, case_id)
    for by, note in ((BEN, "Mine, too."), (DANA, "Called them.")):
        assert await harness.send(TeamsClient(by).submit({**filled_in(form), "note": note})) is None
    story = str(await harness.story(case_id))
    assert (story.count("Mine, too."), story.count("Called them.")) == (1, 1)


async def test_two_who_press_in_the_same_millisecond_are_both_heard(harness: TeamsHarness) -> None:
    one, other = await harness.raise_one(), await harness.raise_one()
    for by, case_id in ((ANA, one), (BEN, other)):
        message, card = await harness.card(case_id)
        press = TeamsClient(by).execute(data_of(card, "claim"), message)
        await harness.send({**press, "id": "f:00000001"})
    resolvers = [(await harness.case(case_id)).resolver_id for case_id in (one, other)]
    assert resolvers == [f"teams:{ANA.ref}", f"teams:{BEN.ref}"]


async def test_two_who_write_in_the_same_millisecond_are_both_answered(harness: TeamsHarness) -> None:
    for by in (ANA, BEN):
        said = TeamsClient(by, channel=None).message("help")
        await harness.send({**said, "id": "1700000000001"})
    assert [post.channel for post in harness.recorded.posts] == [ANA.chat, BEN.chat]
    assert len({post.key for post in harness.recorded.posts}) == 2


async def test_a_message_that_comes_twice_at_once_is_answered_once(harness: TeamsHarness) -> None:
    message = TeamsClient(ANA, channel=None).message("help")
    await asyncio.gather(harness.edge.on_activity(message), harness.edge.on_activity(message))
    await harness.edge.close()
    assert len(harness.recorded.posts) == 1


async def test_two_who_come_to_one_team_at_once_are_greeted_once(harness: TeamsHarness) -> None:
    arrivals = (TeamsClient(DANA).added(), TeamsClient(DANA).installed())
    await asyncio.gather(*(harness.edge.on_activity(one) for one in arrivals))
    await harness.edge.close()
    assert len(harness.recorded.posts) == 1
