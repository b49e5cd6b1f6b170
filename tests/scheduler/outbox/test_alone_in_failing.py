"""Tests of messages that a platform never takes: their lane goes on, and an outage parks nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.alarms.watch import watch_delivery
from scheduler.outbox.drain import OutboxDrain
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import BILLING, DELIVERY, Harness

pytestmark = pytest.mark.slow
MANY = 10_000


async def minutes(harness: Harness, count: int, *, others: bool = False) -> None:
    """Deliver and watch for so many minutes; with `others`, another channel gets a card each minute."""
    for _ in range(count):
        if others:
            await harness.raise_one("damaged")
        await harness.deliver()
        await watch_delivery(harness.services)
        harness.time.add(timedelta(minutes=1))


async def test_a_message_that_slack_never_takes_is_parked_while_others_arrive(
    harness: Harness, slack: Slack
) -> None:
    poisoned, next_one = await harness.raise_many(2)
    await slack.fail_next("http_500", method="chat.postMessage", channel=BILLING, times=MANY)
    for _ in range(15):
        await minutes(harness, 1, others=True)
        if await harness.parked():
            slack.world.slack.faults.pending.clear()
    await harness.deliver()
    assert [row.case_id for row in await harness.parked()] == [poisoned]
    assert [next_one in card["text"] for card in harness.cards(BILLING)] == [True]
    assert "can't be delivered" in str(harness.cards("D0DANA"))
    assert "retry_parked" in str(harness.cards("D0DANA"))


async def test_what_another_process_delivered_counts_as_well(harness: Harness, slack: Slack) -> None:
    """What this one knows of Slack is in the database alone."""
    (poisoned,) = await harness.raise_many(1)
    await slack.fail_next("http_500", method="chat.postMessage", channel=BILLING, times=MANY)
    await minutes(harness, 4)
    for _ in range(20):
        await harness.store.run(lambda tx: tx.troubles.save_taken("slack", harness.time.now()))
        harness.time.add(timedelta(minutes=1))
        await OutboxDrain(harness.services, holder="another").run_until_empty()
    assert [row.case_id for row in await harness.parked()] == [poisoned]


async def test_in_an_outage_of_the_platform_lanes_wait(harness: Harness, slack: Slack) -> None:
    await harness.raise_one("damaged")
    await harness.deliver()
    await harness.raise_one()
    await slack.fail_next("http_500", times=MANY)
    await minutes(harness, 60, others=True)
    assert await harness.parked() == []
    slack.world.slack.faults.pending.clear()
    await harness.deliver_all()
    assert len(harness.cards(BILLING)) == 1
    assert len([card for card in harness.cards(DELIVERY) if "D-" in str(card)]) >= 1
