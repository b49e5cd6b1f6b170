"""Tests of bursts of disputes: readable, and without delaying other channels."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core.noting import add_note
from scheduler.outbox.bursts import FIRST_FEW
from scheduler.outbox.drain import OutboxDrain
from scheduler.rate_limits import RateLimiter
from store.outbox.posted_cards import LISTED
from store.transaction import Transaction
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import RunningTime
from tests.scheduler.harness import ANA, BILLING, DELIVERY, Harness

pytestmark = pytest.mark.slow

ADDRESS = "slack:#billing-disputes"
THRESHOLD = 20


async def kinds(harness: Harness, case_ids: list[str]) -> list[str | None]:
    def read(tx: Transaction) -> list[str | None]:
        found = [tx.posted_cards.find(case_id, ADDRESS) for case_id in case_ids]
        return [posted.kind if posted else None for posted in found]

    return await harness.store.read(read)


async def test_as_many_as_the_threshold_each_get_a_card(harness: Harness) -> None:
    await harness.raise_many(THRESHOLD)
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == THRESHOLD


async def test_past_the_threshold_the_first_few_get_cards_and_the_rest_one_list(harness: Harness) -> None:
    case_ids = await harness.raise_many(40)
    await harness.deliver_all()
    *cards, told = harness.cards(BILLING)
    assert len(cards) == FIRST_FEW
    assert "37 more disputes" in str(told["blocks"])
    assert await kinds(harness, case_ids) == ["card"] * FIRST_FEW + [LISTED] * 37
    assert (await harness.figures()).pending == 0
    assert harness.services.counters.folded == 37


async def test_a_listed_case_gets_its_card_when_something_happens_to_it(
    harness: Harness, slack: Slack
) -> None:
    case_ids = await harness.raise_many(40)
    await harness.deliver_all()
    await harness.claim(case_ids[30])
    await harness.act(case_ids[31], add_note, actor_id=ANA.id, text="Called them")
    await harness.deliver_all()
    claimed, noted = harness.cards(BILLING)[-2:]
    assert case_ids[30] in claimed["text"]
    assert case_ids[31] in noted["text"]
    assert "claimed" in str(slack.thread(BILLING, claimed["ts"]))
    assert "Called them" in str(slack.thread(BILLING, noted["ts"]))


async def test_a_list_leaves_out_whoever_got_a_card_meanwhile(harness: Harness) -> None:
    case_ids = await harness.raise_many(40)
    await harness.claim(case_ids[39])
    await harness.deliver_all()
    assert "36 more disputes" in str(harness.cards(BILLING)[-1]["blocks"])
    assert await kinds(harness, case_ids[39:]) == ["card"]


async def test_a_list_whose_answer_was_lost_is_not_doubled(harness: Harness, slack: Slack) -> None:
    await harness.raise_many(40)
    for _ in range(FIRST_FEW):
        await slack.fail_next("lose_answer", method="chat.postMessage", channel=BILLING)
    await harness.deliver_all()
    lists = [one for one in harness.cards(BILLING) if "more disputes" in str(one["blocks"])]
    assert len(lists) == 1
    assert len(harness.cards(BILLING)) == FIRST_FEW + 1


async def test_what_was_tried_before_keeps_its_own_card(harness: Harness, slack: Slack) -> None:
    """It may have been posted already."""
    await slack.fail_next("invalid_blocks", method="chat.postMessage", channel=BILLING, times=5)
    case_ids = await harness.raise_many(5)
    await harness.deliver_all()
    await harness.raise_many(40)
    await harness.store.run(lambda tx: tx.outbox.unpark(ADDRESS, harness.time.now()))
    await harness.deliver_all()
    assert await kinds(harness, case_ids) == ["card"] * 5


async def test_a_second_burst_is_a_second_list(harness: Harness) -> None:
    for _ in range(2):
        await harness.raise_many(40)
        await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 2 * (FIRST_FEW + 1)


async def test_two_drains_at_once_fold_each_case_once(harness: Harness) -> None:
    await harness.raise_many(100)
    other = OutboxDrain(harness.services, holder="other")
    await asyncio.gather(harness.drain.run_until_empty(), other.run_until_empty())
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == FIRST_FEW + 1
    assert "97 more disputes" in str(harness.cards(BILLING)[-1]["blocks"])


async def test_a_flood_in_one_channel_keeps_no_other_waiting(harness: Harness, slack: Slack) -> None:
    """By the order of the calls: the other channel's card goes out before the flood's fourth message."""
    await harness.raise_many(200)
    await harness.raise_one("damaged")
    await harness.deliver_all()
    channels = [call["args"]["channel"] for call in slack.calls("chat.postMessage")]
    assert DELIVERY in channels[: FIRST_FEW + 1]
    assert channels.count(BILLING) == FIRST_FEW + 1


async def test_a_flood_never_meets_a_429_of_a_strict_slack(harness: Harness, slack: Slack) -> None:
    """In real time, because the pretend Slack measures it: some seconds of traffic, all of it welcome."""
    await slack.do("strict_rates")
    time = RunningTime(harness.time.now())
    limiter = RateLimiter(time.now, asyncio.sleep)
    services = replace(harness.services, now=time.now, sleep=asyncio.sleep, rate_limiter=limiter)
    case_ids = await harness.raise_many(200)
    await harness.raise_one("damaged")
    for case_id in case_ids[:2]:
        await harness.claim(case_id)
        await harness.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    await OutboxDrain(services, holder="strict").run_until_empty()
    assert (await harness.figures()).pending == 0
    assert [call["method"] for call in slack.calls() if call["status"] == 429] == []
    assert len(harness.cards(DELIVERY)) == 1
    assert not await harness.parked()
