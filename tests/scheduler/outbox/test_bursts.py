"""Does a flood of disputes stay readable, and is nobody else kept waiting by it?"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from core.noting import add_note
from scheduler.outbox.drain import OutboxDrain
from scheduler.outbox.next_delivery import FIRST_FEW
from scheduler.rate_limits import RateLimiter
from store.outbox.posted_cards import LISTED
from store.transaction import Transaction
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import RunningTime
from tests.scheduler.harness import ANA, BILLING, DELIVERY, Harness

ADDRESS = "slack:#billing-disputes"
THRESHOLD = 20


async def kinds(desk: Harness, case_ids: list[str]) -> list[str | None]:
    def read(tx: Transaction) -> list[str | None]:
        found = [tx.posted_cards.find(case_id, ADDRESS) for case_id in case_ids]
        return [posted.kind if posted else None for posted in found]

    return await desk.store.read(read)


async def test_as_many_as_the_threshold_each_get_a_card(desk: Harness) -> None:
    await desk.raise_many(THRESHOLD)
    await desk.deliver_all()
    assert len(desk.cards(BILLING)) == THRESHOLD


async def test_past_the_threshold_the_first_few_get_cards_and_the_rest_one_list(desk: Harness) -> None:
    case_ids = await desk.raise_many(40)
    await desk.deliver_all()
    *cards, told = desk.cards(BILLING)
    assert len(cards) == FIRST_FEW
    assert "37 more disputes" in str(told["blocks"])
    assert await kinds(desk, case_ids) == ["card"] * FIRST_FEW + [LISTED] * 37
    assert (await desk.figures()).pending == 0
    assert desk.services.counters.folded == 37


async def test_a_listed_case_gets_its_card_when_something_happens_to_it(desk: Harness, slack: Slack) -> None:
    case_ids = await desk.raise_many(40)
    await desk.deliver_all()
    await desk.claim(case_ids[30])
    await desk.act(case_ids[31], add_note, actor_id=ANA.id, text="Called them")
    await desk.deliver_all()
    claimed, noted = desk.cards(BILLING)[-2:]
    assert case_ids[30] in claimed["text"]
    assert case_ids[31] in noted["text"]
    assert "claimed" in str(slack.thread(BILLING, claimed["ts"]))
    assert "Called them" in str(slack.thread(BILLING, noted["ts"]))


async def test_a_list_leaves_out_whoever_got_a_card_meanwhile(desk: Harness) -> None:
    case_ids = await desk.raise_many(40)
    await desk.claim(case_ids[39])
    await desk.deliver_all()
    assert "36 more disputes" in str(desk.cards(BILLING)[-1]["blocks"])
    assert await kinds(desk, case_ids[39:]) == ["card"]


async def test_a_list_whose_answer_was_lost_is_not_doubled(desk: Harness, slack: Slack) -> None:
    await desk.raise_many(40)
    for _ in range(FIRST_FEW):
        await slack.fail_next("lose_answer", method="chat.postMessage", channel=BILLING)
    await desk.deliver_all()
    lists = [one for one in desk.cards(BILLING) if "more disputes" in str(one["blocks"])]
    assert len(lists) == 1
    assert len(desk.cards(BILLING)) == FIRST_FEW + 1


async def test_what_was_tried_before_keeps_its_own_card(desk: Harness, slack: Slack) -> None:
    """It may stand there already."""
    await slack.fail_next("invalid_blocks", method="chat.postMessage", channel=BILLING, times=5)
    case_ids = await desk.raise_many(5)
    await desk.deliver_all()
    await desk.raise_many(40)
    await desk.store.run(lambda tx: tx.outbox.unpark(ADDRESS, desk.time.now()))
    await desk.deliver_all()
    assert await kinds(desk, case_ids) == ["card"] * 5


async def test_a_second_burst_is_a_second_list(desk: Harness) -> None:
    for _ in range(2):
        await desk.raise_many(40)
        await desk.deliver_all()
    assert len(desk.cards(BILLING)) == 2 * (FIRST_FEW + 1)


async def test_two_drains_at_once_fold_each_case_once(desk: Harness) -> None:
    await desk.raise_many(100)
    other = OutboxDrain(desk.services, holder="other")
    await asyncio.gather(desk.drain.run_until_empty(), other.run_until_empty())
    await desk.deliver_all()
    assert len(desk.cards(BILLING)) == FIRST_FEW + 1
    assert "97 more disputes" in str(desk.cards(BILLING)[-1]["blocks"])


async def test_a_flood_in_one_channel_keeps_no_other_waiting(desk: Harness, slack: Slack) -> None:
    """By the order of the calls: the other channel's card goes out before the flood's fourth message."""
    await desk.raise_many(200)
    await desk.raise_one("damaged")
    await desk.deliver_all()
    channels = [call["args"]["channel"] for call in slack.calls("chat.postMessage")]
    assert DELIVERY in channels[: FIRST_FEW + 1]
    assert channels.count(BILLING) == FIRST_FEW + 1


async def test_a_flood_never_meets_a_429_of_a_strict_slack(desk: Harness, slack: Slack) -> None:
    """In real time, because the pretend Slack measures it: some seconds of traffic, all of it welcome."""
    await slack.do("strict_rates")
    time = RunningTime(desk.time.now())
    gate = RateLimiter(time.now, asyncio.sleep)
    tools = replace(desk.services, now=time.now, sleep=asyncio.sleep, rate_limiter=gate)
    case_ids = await desk.raise_many(200)
    await desk.raise_one("damaged")
    for case_id in case_ids[:2]:
        await desk.claim(case_id)
        await desk.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    await OutboxDrain(tools, holder="strict").run_until_empty()
    assert (await desk.figures()).pending == 0
    assert [call["method"] for call in slack.calls() if call["status"] == 429] == []
    assert len(desk.cards(DELIVERY)) == 1
    assert not await desk.parked()
