"""What activities tell of places and people is stored, and looked up no oftener than it must be."""

from __future__ import annotations

import orjson
import pytest

from store.transaction import Transaction
from tests.bot.teams.activities import ANA, BILLING, BOT, SERVICE_URL, TeamsClient
from tests.bot.teams.harness import TeamsHarness

HOME = {"action": "open_home", "value": "home"}


def address_of(tx: Transaction, conversation: str) -> str | None:
    return tx.conversations.find_service_url(conversation)


async def test_an_address_that_moves_is_kept_at_once(harness: TeamsHarness) -> None:
    for _ in range(3):
        await harness.send(TeamsClient(ANA).fetch(HOME))
    assert await harness.store.read(address_of, BILLING) == SERVICE_URL
    moved = {**TeamsClient(ANA).fetch(HOME), "serviceUrl": "https://smba.example/amer/"}
    await harness.send(moved)
    assert await harness.store.read(address_of, BILLING) == "https://smba.example/amer/"
    await harness.send(TeamsClient(ANA).fetch(HOME))
    assert await harness.store.read(address_of, BILLING) == SERVICE_URL


async def test_a_new_name_is_kept_at_once(harness: TeamsHarness) -> None:
    for _ in range(3):
        await harness.send(TeamsClient(ANA).fetch(HOME))
    activity = TeamsClient(ANA).fetch(HOME)
    await harness.send({**activity, "from": {**activity["from"], "name": "Ana Ruiz"}})
    known = await harness.store.read(lambda tx: tx.people.find_by_ref("teams", ANA.ref))
    assert known is not None
    assert known.name == "Ana Ruiz"


async def test_what_tells_nothing_new_is_looked_up_once(
    harness: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(
        "bot.teams.conversation_updates.would_change",
        lambda _tx, update: looked.append(update.conversation_ref),
    )
    for _ in range(5):
        await harness.send(TeamsClient(ANA).fetch(HOME))
    assert len(looked) == 1


async def test_after_leaving_and_coming_back_the_same_words_are_news_again(harness: TeamsHarness) -> None:
    chat = TeamsClient(ANA, channel=None)
    for _ in range(3):
        await harness.send(chat.message("help"))
    await harness.send({**chat.installed("remove"), "timestamp": "2026-03-02T09:00:01Z"})
    assert await harness.store.read(lambda tx: tx.conversations.find_personal(ANA.ref)) is None
    await harness.send({**chat.installed(), "timestamp": "2026-03-02T09:00:02Z"})
    assert await harness.store.read(lambda tx: tx.conversations.find_personal(ANA.ref)) is not None


async def test_a_failure_to_keep_it_costs_nobody_their_answer(
    harness: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise RuntimeError("boom")

    monkeypatch.setattr("bot.teams.conversation_updates.would_change", fail)
    assert await harness.send(TeamsClient(ANA).fetch(HOME)) is not None
    deep = orjson.loads("[" * 400 + "]" * 400)
    odd = {**TeamsClient(ANA).fetch(HOME), "recipient": {**BOT, "name": deep}}
    assert await harness.send(odd) is not None
