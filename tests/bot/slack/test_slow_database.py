"""A slow database: Slack gets its acknowledgement in time, and the reply comes later."""

from __future__ import annotations

import threading
from typing import Any

import orjson
import pytest

from sandbox.slack import actions as acts
from store.backends.units import Unit
from store.transaction import Transaction
from tests.bot.full_bot import ANA, BEN, DANA, TIMEOUT_SECONDS, FullBot


@pytest.fixture
def slow_database(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Once set up, the writer and the readers stand still until the event comes; Slack waits a tenth."""
    may_go_on = threading.Event()
    run = Unit.run

    def run_slowly(unit: Unit, tx: Transaction) -> None:
        may_go_on.wait(TIMEOUT_SECONDS)
        run(unit, tx)

    monkeypatch.setattr("bot.slack.edge.ACKNOWLEDGED_AFTER_SECONDS", 0.1)
    monkeypatch.setattr("bot.slack.edge.FORM_ACKNOWLEDGED_AFTER_SECONDS", 0.1)
    may_go_on.set()
    monkeypatch.setattr(Unit, "run", run_slowly)
    return may_go_on


async def test_a_slow_database_is_waited_for_after_the_acknowledgement(
    full_bot: FullBot, slow_database: threading.Event
) -> None:
    case_id = await full_bot.raise_one()
    slow_database.clear()
    await full_bot.press("claim", ANA, case_id)
    await full_bot.press("open_case", BEN, case_id)
    await full_bot.command(DANA, "queue")
    assert full_bot.whispers(BEN) == full_bot.whispers(DANA) == []
    slow_database.set()
    await full_bot.until_case(case_id, lambda case: case.resolver_id == f"slack:{ANA}")
    await full_bot.until(lambda: len(full_bot.whispers(BEN)) == len(full_bot.whispers(DANA)) == 1)


async def test_a_form_sent_to_a_slow_database_stays_and_counts_once(
    full_bot: FullBot, slow_database: threading.Event
) -> None:
    case_id = await full_bot.raise_one()
    await full_bot.press("more", ANA, case_id, f"ask_note:{case_id}")
    await full_bot.until(lambda: bool(full_bot.world.slack.views.stacks.get(ANA)))
    slow_database.clear()
    assert (await full_bot.submit(ANA, note="Called them."))["ok"]
    form, notice = full_bot.world.slack.views.stacks[ANA]
    assert "This takes longer than usual" in _text(notice)
    slow_database.set()
    await acts.close_view(full_bot.world, {"user": ANA})
    assert (await full_bot.submit(ANA, note="Called them."))["ok"]
    await full_bot.until(lambda: any("Called them." in _text(one) for one in full_bot.messages()))
    story = await full_bot.application.context.store.read(lambda tx: tx.timeline.list(case_id))
    assert _text([str(entry) for entry in story]).count("Called them.") == 1
    assert "note" in _fields(form)


def _text(thing: Any) -> str:
    return orjson.dumps(thing).decode()


def _fields(view: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
