"""Tests of the order in a lane: new cards go before what other cases repeat."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.noting import add_note
from scheduler.sweeps.deadlines import DeadlineSweep
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import ANA, BILLING, Harness

pytestmark = pytest.mark.slow

MISSED, REPEATED = timedelta(minutes=61), timedelta(hours=4)
CHANNEL = "slack:#billing-disputes"
MOST_BEFORE = 1
"""Calls before a new card: one that was under way."""


async def let_pass(harness: Harness, span: timedelta) -> None:
    harness.time.add(span)
    for _ in range(10):
        if not await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now()):
            return


async def overdue(harness: Harness, count: int) -> list[str]:
    """Cases that nobody claims in time; nothing of that is delivered yet."""
    case_ids = await harness.raise_many(count)
    await harness.deliver_all()
    await let_pass(harness, MISSED)
    return case_ids


def calls_about(slack: Slack, channel: str, since: int) -> list[Any]:
    writes = ("chat.postMessage", "chat.update")
    calls = [call for call in slack.calls()[since:] if call["method"] in writes]
    return [call for call in calls if call["args"]["channel"] == channel]


@pytest.mark.parametrize("count", [100, 500])
async def test_overdue_cases_hold_no_new_card(harness: Harness, slack: Slack, count: int) -> None:
    """By the place of the card among the calls to its channel, not by time."""
    await overdue(harness, count)
    before = len(slack.calls())
    case_id = await harness.raise_one()
    await harness.deliver_all()
    calls = calls_about(slack, BILLING, before)
    assert case_id in str([call["args"] for call in calls[: MOST_BEFORE + 1]])


async def test_a_cases_own_rows_keep_their_order(harness: Harness, slack: Slack) -> None:
    """A note before the card stands in the lane of a case that was taken up while it was being raised."""
    await overdue(harness, 5)
    case_id = await harness.raise_one()
    await harness.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    await harness.deliver_all()
    (card,) = [one for one in harness.cards(BILLING) if case_id in one["text"]]
    assert "Called them" in str(slack.thread(BILLING, card["ts"]))


async def test_a_card_that_fails_keeps_its_place_before_its_own_rows(harness: Harness, slack: Slack) -> None:
    """It failed after it had overtaken others; those go on, and what follows it waits."""
    await overdue(harness, 3)
    await slack.fail_next("internal_error", method="chat.postMessage", channel=BILLING)
    case_id = await harness.raise_one()
    await harness.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    await harness.deliver_all()
    cards = [one for one in harness.cards(BILLING) if case_id in one["text"]]
    assert len(cards) == 1
    assert "Called them" in str(slack.thread(BILLING, cards[0]["ts"]))
    assert not await harness.parked()
