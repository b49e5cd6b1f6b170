"""Tests of several processes on one PostgreSQL: they share the work and do nothing twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from scheduler.outbox.bursts import FIRST_FEW
from scheduler.outbox.drain import OutboxDrain
from scheduler.sweeps.deadlines import DeadlineSweep
from store.engine import Store
from store.transaction import Transaction
from tests.scheduler.harness import BILLING, DELIVERY, Harness, a_company

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
async def store(new_postgresql: Callable[[], str]) -> AsyncIterator[Store]:
    store = Store.open(new_postgresql(), a_company())
    yield store
    await store.close()


async def drain_together(harness: Harness) -> None:
    drains = [OutboxDrain(harness.services, holder=f"process {number}") for number in range(4)]
    await asyncio.gather(*(drain.run_until_empty() for drain in drains))
    await harness.deliver_all()


async def test_each_message_goes_out_once_and_in_order(harness: Harness) -> None:
    case_ids = [await harness.raise_one(reason) for reason in ("wrong_amount", "damaged") * 6]
    for case_id in case_ids:
        await harness.claim(case_id)
    await drain_together(harness)
    for channel in (BILLING, DELIVERY):
        cards = harness.cards(channel)
        assert [card["text"][:6] for card in cards] == [case_ids[at] for at in _places(channel)]
        assert [len(harness.slack.thread(channel, card["ts"])) for card in cards] == [1] * 6


async def test_a_burst_is_folded_once(harness: Harness) -> None:
    await harness.raise_many(60)
    await drain_together(harness)
    assert len(harness.cards(BILLING)) == FIRST_FEW + 1


async def test_four_sweeps_at_once_warn_once(harness: Harness) -> None:
    case_ids = await harness.raise_many(120)
    harness.time.add(timedelta(minutes=45))
    now = harness.time.now()
    await asyncio.gather(*(DeadlineSweep().sweep_deadlines(harness.store, now) for _ in range(4)))

    def kinds(tx: Transaction) -> Counter[int]:
        stories = ([entry.kind for entry in tx.timeline.list(case_id)] for case_id in case_ids)
        return Counter(story.count("SlaWarned") for story in stories)

    assert await harness.store.read(kinds) == {1: 120}


def _places(channel: str) -> range:
    return range(0 if channel == BILLING else 1, 12, 2)
