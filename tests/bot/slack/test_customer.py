"""Asking and answering the customer over Slack's real wires: previewed first, then sent, and once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.case import Status
from core.customer_events import CustomerTold
from handlers.mail_preview_settings import MailPreviewSettings
from sandbox.slack import actions as acts
from tests.bot.full_bot import ANA, BEN, BILLING, FullBot, run_full_bot

TEXT = "Could you send us a photo?"


@pytest.fixture
async def full_bot(tmp_path: Path) -> AsyncIterator[FullBot]:
    async with run_full_bot(tmp_path) as one:
        assert one.application.slack is not None
        one.application.slack.mail_preview = MailPreviewSettings(base_url="https://ombud.example")
        yield one


async def claimed(full_bot: FullBot, **changes: Any) -> str:
    case_id = await full_bot.raise_one(**changes)
    await full_bot.press("claim", ANA, case_id)
    await full_bot.until(lambda: "ask_question" in _text(full_bot.card(case_id)))
    return case_id


def top(full_bot: FullBot, by: str) -> dict[str, Any]:
    view: dict[str, Any] = full_bot.world.slack.views.stacks[by][-1]
    return view


async def opened(full_bot: FullBot, by: str) -> dict[str, Any]:
    await full_bot.until(lambda: bool(full_bot.world.slack.views.stacks.get(by)))
    return top(full_bot, by)


async def kinds(full_bot: FullBot, case_id: str) -> list[str]:
    story = await full_bot.application.context.store.read(lambda tx: tx.timeline.list(case_id))
    return [entry.kind for entry in story]


async def test_a_question_is_shown_in_the_same_form_and_then_sent(full_bot: FullBot) -> None:
    case_id = await claimed(full_bot)
    await full_bot.press("ask_question", ANA, case_id)
    first = (await opened(full_bot, ANA))["id"]
    assert (await full_bot.submit(ANA, what="A photo", text=TEXT))["ok"]
    shown = top(full_bot, ANA)
    assert (shown["id"], len(full_bot.world.slack.views.stacks[ANA])) == (first, 1)
    assert shown["submit"]["text"].startswith("Send to ap@nordwind")
    assert "*To* ap@nordwind.example" in _text(shown)
    assert (await full_bot.case(case_id)).status is Status.UNDER_REVIEW
    assert (await full_bot.submit(ANA, what="A photo", text=TEXT))["ok"]
    assert not full_bot.world.slack.views.stacks.get(ANA)
    assert (await full_bot.case(case_id)).status is Status.WAITING_ON_CUSTOMER
    await full_bot.until(lambda: any(TEXT in _text(one["blocks"]) for one in full_bot.messages()))
    await full_bot.until(lambda: "Clock stopped" in _text(full_bot.card(case_id)))


async def test_words_changed_after_the_preview_are_shown_before_they_are_sent(full_bot: FullBot) -> None:
    case_id = await claimed(full_bot)
    await full_bot.press("ask_reply", ANA, case_id)
    for text in (TEXT, "Something else.", "A third thing."):
        assert (await full_bot.submit(ANA, text=text))["ok"]
        assert text in _text(top(full_bot, ANA)["blocks"])
    assert "CustomerTold" not in await kinds(full_bot, case_id)
    assert (await full_bot.submit(ANA, text="A third thing."))["ok"]
    assert (await kinds(full_bot, case_id)).count("CustomerTold") == 1


async def test_a_mistake_after_the_preview_stands_at_its_field(full_bot: FullBot) -> None:
    case_id = await claimed(full_bot)
    await full_bot.press("ask_reply", ANA, case_id)
    await full_bot.submit(ANA, text=TEXT)
    refused = await full_bot.submit(ANA, text=" ")
    assert list(refused["errors"]) == ["text"]
    assert "CustomerTold" not in await kinds(full_bot, case_id)


async def test_a_message_of_the_thread_is_sent_to_the_customer(full_bot: FullBot) -> None:
    case_id = await claimed(full_bot)
    card = full_bot.card(case_id) or {}
    full_bot.post_message(ANA, f"<@{BEN}> has it: a & b", thread_ts=card["ts"])
    said = full_bot.messages()[-1]
    wanted = {"user": ANA, "channel": BILLING, "ts": said["ts"], "callback_id": "send_to_customer"}
    assert (await acts.use_shortcut(full_bot.world, wanted))["ok"]
    form = await opened(full_bot, ANA)
    assert "Ben Okafor has it: a & b" in _text(form["blocks"])
    assert "CustomerTold" not in await kinds(full_bot, case_id)
    words = "Ben has it."
    assert (await full_bot.submit(ANA, text=words))["ok"]
    assert (await full_bot.submit(ANA, text=words))["ok"]
    story = await full_bot.application.context.store.read(lambda tx: tx.timeline.list(case_id))
    told = story[-1].event
    assert isinstance(told, CustomerTold)
    assert told.text == words


async def test_a_message_of_no_case_is_refused_to_the_asker_alone(full_bot: FullBot) -> None:
    await claimed(full_bot)
    full_bot.post_message(ANA, "Lunch?")
    said = full_bot.messages()[-1]
    wanted = {"user": ANA, "channel": BILLING, "ts": said["ts"], "callback_id": "send_to_customer"}
    assert (await acts.use_shortcut(full_bot.world, wanted))["ok"]
    await full_bot.until(
        lambda: any("isn't in the thread of a case" in one for one in full_bot.whispers(ANA))
    )
    assert full_bot.whispers(BEN) == []


async def test_what_is_said_in_the_thread_goes_nowhere_by_itself(full_bot: FullBot) -> None:
    case_id = await claimed(full_bot)
    before = await kinds(full_bot, case_id)
    card = full_bot.card(case_id) or {}
    full_bot.post_message(ANA, "The customer is a nuisance.", thread_ts=card["ts"])
    await full_bot.press("open_case", BEN, case_id)
    await full_bot.until(lambda: len(full_bot.whispers(BEN)) == 1)
    assert await kinds(full_bot, case_id) == before


async def test_a_private_card_is_renewed_once_the_question_is_sent_and_not_by_the_preview(
    full_bot: FullBot,
) -> None:
    case_id = await claimed(full_bot)
    await full_bot.press("open_case", ANA, case_id)
    await full_bot.until(lambda: len(full_bot.whispers(ANA)) == 1)
    private = next(iter(full_bot.world.slack.workspace.channels[BILLING].whispers.values()))
    pressed = {"user": ANA, "channel": BILLING, "ts": private["ts"], "action_id": "ask_question"}
    await acts.press(full_bot.world, pressed)
    await opened(full_bot, ANA)
    await full_bot.submit(ANA, what="A photo", text=TEXT)
    assert "response_url" in top(full_bot, ANA)["private_metadata"]
    await full_bot.submit(ANA, what="A photo", text=TEXT)
    whispers = full_bot.world.slack.workspace.channels[BILLING].whispers
    await full_bot.until(lambda: "Waiting for the customer" in _text(list(whispers.values())[-1]))


def _text(thing: Any) -> str:
    return orjson.dumps(thing).decode()
