"""Tests of rests: what a platform asked for with a 429, everybody in the process keeps."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from connectors.errors import OwnRateReached, TryAgain
from scheduler.rate_limits import LOOKUPS, UPDATES, RateLimiter
from store.transaction import Transaction
from tests.builders import MONDAY_9AM
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import FakeTime
from tests.scheduler.harness import Harness

REST = timedelta(seconds=20)
ANSWERED_AFTER = timedelta(seconds=0.5)
CALLS = 61


class Passing:
    """Time that many tasks sleep by; `run` lets it pass in small steps."""

    def __init__(self) -> None:
        self.time = FakeTime(MONDAY_9AM)

    async def sleep(self, seconds: float) -> None:
        until = self.time.now() + timedelta(seconds=seconds)
        while self.time.now() < until:
            await asyncio.sleep(0)

    async def run(self, span: timedelta) -> None:
        end = self.time.now() + span
        while self.time.now() < end:
            for _ in range(3):
                await asyncio.sleep(0)
            self.time.add(timedelta(seconds=0.1))


@pytest.mark.parametrize("kind", ["lookup", "update"])
async def test_who_already_waits_keeps_a_rest_that_another_was_asked_for(kind: str) -> None:
    passing, sent = Passing(), list[timedelta]()
    limiter = RateLimiter(passing.time.now, passing.sleep)

    async def call(number: int) -> None:
        await (limiter.wait_for_lookup("open") if kind == "lookup" else limiter.wait_for_update())
        sent.append(passing.time.now() - MONDAY_9AM)
        if number == 0:
            await passing.sleep(ANSWERED_AFTER.total_seconds())
            if kind == "update":
                limiter.pause_updates(passing.time.now() + REST)
            else:
                with suppress(TryAgain), limiter.shared_rest("open"):
                    raise TryAgain("429", after=REST)

    tasks = [asyncio.create_task(call(number)) for number in range(CALLS)]
    await passing.run(timedelta(minutes=2))
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(one) for one in ended if one is not None} <= {OwnRateReached}
    in_flight = [at for at in sent if at <= ANSWERED_AFTER + timedelta(seconds=0.2)]
    assert len(in_flight) == (LOOKUPS if kind == "lookup" else UPDATES).burst
    later = [at for at in sent if at not in in_flight]
    assert later
    assert min(later) >= REST + ANSWERED_AFTER


async def test_a_rest_that_nobody_else_knows_yet_goes_back_with_the_clock() -> None:
    passing = Passing()
    limiter = RateLimiter(passing.time.now, passing.sleep)
    limiter.pause_updates(MONDAY_9AM + REST)
    passing.time.add(-timedelta(hours=1))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(limiter.wait_for_update(), 0.01)
    assert limiter.new_rests == {"update": MONDAY_9AM + REST - timedelta(hours=1)}


async def test_a_wait_for_our_own_rate_and_a_bad_token_ask_nobody_to_rest() -> None:
    passing = Passing()
    limiter = RateLimiter(passing.time.now, passing.sleep)
    for trouble in (OwnRateReached("wait", after=REST), TryAgain("token", after=REST, remedy="Renew it.")):
        with suppress(TryAgain), limiter.shared_rest("open"):
            raise trouble
    await limiter.wait_for_lookup("open")
    assert passing.time.now() == MONDAY_9AM


async def test_a_429_on_opening_a_chat_is_kept_by_every_lane(harness: Harness, slack: Slack) -> None:
    await slack.fail_next("ratelimited", method="conversations.open", retry_after=20)
    await harness.store.run(_write_to, "U0ANA", harness.time.now())
    await harness.deliver()
    for user in ("U0BEN", "U0CLEO", "U0DANA"):
        await harness.store.run(_write_to, user, harness.time.now())
    await harness.deliver_all()
    refused, *later = slack.calls("conversations.open")
    assert refused["status"] == 429
    assert len(later) == 4
    assert all(call["at"] >= refused["at"] + 20 for call in later)


def _write_to(tx: Transaction, user: str, at: datetime) -> None:
    tx.outbox.add(
        key=f"stray:{user}",
        address=f"person:{user}",
        effect="alert_stray",
        payload={"sender": "a@b.example", "subject": "?"},
        due_at=at,
    )
