"""Cases in a message that a person writes in Teams: by search, and by a pasted link."""

from __future__ import annotations

from typing import Any

from tests.bot.teams.activities import ANA, ZOE, TeamsClient
from tests.bot.teams.harness import TeamsHarness

URL = "https://ombud.example/cases/"


def results(answer: dict[str, Any] | None) -> list[dict[str, Any]]:
    assert answer is not None
    assert answer["composeExtension"]["type"] == "result"
    found: list[dict[str, Any]] = answer["composeExtension"]["attachments"]
    return found


def sentence(answer: dict[str, Any] | None) -> str:
    assert answer is not None
    assert answer["composeExtension"]["type"] == "message"
    return str(answer["composeExtension"]["text"])


async def test_a_case_is_found_by_the_customers_name_or_its_number(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    for words in ("nordwind", case_id, case_id[2:]):
        (found,) = results(await harness.send(TeamsClient(ANA).query(words)))
        assert case_id in str(found["content"])
        assert case_id in str(found["preview"])


async def test_who_works_in_no_queue_finds_nothing(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    assert sentence(await harness.send(TeamsClient(ZOE).query(case_id)))
    assert case_id not in sentence(await harness.send(TeamsClient(ZOE).query("nordwind")))


async def test_before_anything_is_typed_the_newest_cases_are_offered(harness: TeamsHarness) -> None:
    assert "no cases" in sentence(await harness.send(TeamsClient(ANA).query("", is_initial=True)))
    first, second = await harness.raise_one(), await harness.raise_one()
    found = results(await harness.send(TeamsClient(ANA).query("", is_initial=True)))
    assert [one in str(card) for one, card in zip((second, first), found, strict=True)] == [True, True]


async def test_nothing_found_is_said(harness: TeamsHarness) -> None:
    assert "Nothing found" in sentence(await harness.send(TeamsClient(ANA).query("nobody at all")))


async def test_there_is_no_second_page_of_results(harness: TeamsHarness) -> None:
    await harness.raise_one()
    assert results(await harness.send(TeamsClient(ANA).query("nordwind", skip=25))) == []


async def test_a_link_to_a_case_unfolds_in_its_own_channel_for_who_may_see_it(harness: TeamsHarness) -> None:
    case_id = await harness.raise_one()
    (card,) = results(await harness.send(TeamsClient(ANA).paste(f"{URL}{case_id}")))
    assert "Nordwind" in str(card["content"])
    assert await harness.send(TeamsClient(ZOE).paste(f"{URL}{case_id}")) is None
    assert (
        await harness.send(TeamsClient(ANA, channel="19:other@thread.tacv2").paste(f"{URL}{case_id}")) is None
    )
    assert await harness.send(TeamsClient(ANA).paste("https://elsewhere.example/")) is None
    assert await harness.send(TeamsClient(ANA).paste(f"https://elsewhere.example/ {URL}{case_id}")) is None
