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
async def whole(tmp_path: Path) -> AsyncIterator[FullBot]:
    async with run_full_bot(tmp_path) as one:
        assert one.application.slack is not None
        one.application.slack.mail_preview = MailPreviewSettings(base_url="https://ombud.example")
        yield one


async def claimed(whole: FullBot, **changes: Any) -> str:
    case_id = await whole.raise_one(**changes)
    await whole.press("claim", ANA, case_id)
    await whole.until(lambda: "ask_question" in _text(whole.card(case_id)))
    return case_id


def top(whole: FullBot, by: str) -> dict[str, Any]:
    view: dict[str, Any] = whole.world.slack.views.stacks[by][-1]
    return view


async def opened(whole: FullBot, by: str) -> dict[str, Any]:
    await whole.until(lambda: bool(whole.world.slack.views.stacks.get(by)))
    return top(whole, by)


async def kinds(whole: FullBot, case_id: str) -> list[str]:
    story = await whole.application.context.store.read(lambda tx: tx.timeline.list(case_id))
    return [entry.kind for entry in story]


async def test_a_question_is_shown_in_the_same_form_and_then_sent(whole: FullBot) -> None:
    case_id = await claimed(whole)
    await whole.press("ask_question", ANA, case_id)
    first = (await opened(whole, ANA))["id"]
    assert (await whole.submit(ANA, what="A photo", text=TEXT))["ok"]
    shown = top(whole, ANA)
    assert (shown["id"], len(whole.world.slack.views.stacks[ANA])) == (first, 1)
    assert shown["submit"]["text"].startswith("Send to ap@nordwind")
    assert "*To* ap@nordwind.example" in _text(shown)
    assert (await whole.case(case_id)).status is Status.UNDER_REVIEW
    assert (await whole.submit(ANA, what="A photo", text=TEXT))["ok"]
    assert not whole.world.slack.views.stacks.get(ANA)
    assert (await whole.case(case_id)).status is Status.WAITING_ON_CUSTOMER
    await whole.until(lambda: any(TEXT in _text(one["blocks"]) for one in whole.messages()))
    await whole.until(lambda: "Clock stopped" in _text(whole.card(case_id)))


async def test_words_changed_after_the_preview_are_shown_before_they_are_sent(whole: FullBot) -> None:
    case_id = await claimed(whole)
    await whole.press("ask_reply", ANA, case_id)
    for text in (TEXT, "Something else.", "A third thing."):
        assert (await whole.submit(ANA, text=text))["ok"]
        assert text in _text(top(whole, ANA)["blocks"])
    assert "CustomerTold" not in await kinds(whole, case_id)
    assert (await whole.submit(ANA, text="A third thing."))["ok"]
    assert (await kinds(whole, case_id)).count("CustomerTold") == 1


async def test_a_mistake_after_the_preview_stands_at_its_field(whole: FullBot) -> None:
    case_id = await claimed(whole)
    await whole.press("ask_reply", ANA, case_id)
    await whole.submit(ANA, text=TEXT)
    refused = await whole.submit(ANA, text=" ")
    assert list(refused["errors"]) == ["text"]
    assert "CustomerTold" not in await kinds(whole, case_id)


async def test_a_message_of_the_thread_is_sent_to_the_customer(whole: FullBot) -> None:
    case_id = await claimed(whole)
    card = whole.card(case_id) or {}
    whole.post_message(ANA, f"<@{BEN}> has it: a & b", thread_ts=card["ts"])
    said = whole.messages()[-1]
    wanted = {"user": ANA, "channel": BILLING, "ts": said["ts"], "callback_id": "send_to_customer"}
    assert (await acts.use_shortcut(whole.world, wanted))["ok"]
    form = await opened(whole, ANA)
    assert "Ben Okafor has it: a & b" in _text(form["blocks"])
    assert "CustomerTold" not in await kinds(whole, case_id)
    words = "Ben has it."
    assert (await whole.submit(ANA, text=words))["ok"]
    assert (await whole.submit(ANA, text=words))["ok"]
    story = await whole.application.context.store.read(lambda tx: tx.timeline.list(case_id))
    told = story[-1].event
    assert isinstance(told, CustomerTold)
    assert told.text == words


async def test_a_message_of_no_case_is_refused_to_the_asker_alone(whole: FullBot) -> None:
    await claimed(whole)
    whole.post_message(ANA, "Lunch?")
    said = whole.messages()[-1]
    wanted = {"user": ANA, "channel": BILLING, "ts": said["ts"], "callback_id": "send_to_customer"}
    assert (await acts.use_shortcut(whole.world, wanted))["ok"]
    await whole.until(lambda: any("isn't in the thread of a case" in one for one in whole.whispers(ANA)))
    assert whole.whispers(BEN) == []


async def test_what_is_said_in_the_thread_goes_nowhere_by_itself(whole: FullBot) -> None:
    case_id = await claimed(whole)
    before = await kinds(whole, case_id)
    card = whole.card(case_id) or {}
    whole.post_message(ANA, "The customer is a nuisance.", thread_ts=card["ts"])
    await whole.press("open_case", BEN, case_id)
    await whole.until(lambda: len(whole.whispers(BEN)) == 1)
    assert await kinds(whole, case_id) == before


async def test_a_private_card_is_renewed_once_the_question_is_sent_and_not_by_the_preview(
    whole: FullBot,
) -> None:
    case_id = await claimed(whole)
    await whole.press("open_case", ANA, case_id)
    await whole.until(lambda: len(whole.whispers(ANA)) == 1)
    private = next(iter(whole.world.slack.workspace.channels[BILLING].whispers.values()))
    pressed = {"user": ANA, "channel": BILLING, "ts": private["ts"], "action_id": "ask_question"}
    await acts.press(whole.world, pressed)
    await opened(whole, ANA)
    await whole.submit(ANA, what="A photo", text=TEXT)
    assert "response_url" in top(whole, ANA)["private_metadata"]
    await whole.submit(ANA, what="A photo", text=TEXT)
    whispers = whole.world.slack.workspace.channels[BILLING].whispers
    await whole.until(lambda: "Waiting for the customer" in _text(list(whispers.values())[-1]))


def _text(thing: Any) -> str:
    return orjson.dumps(thing).decode()
