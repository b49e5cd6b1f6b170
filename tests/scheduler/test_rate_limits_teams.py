"""Tests of Teams' rate limits, in every time span, and of fairness between conversations."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import TryAgain
from scheduler.rate_limits import LONGEST_WAIT, TEAMS_APP, TEAMS_CONVERSATION, RateLimiter
from tests.builders import MONDAY_9AM
from tests.fixtures.effort import tries
from tests.scheduler.fake_clocks import FakeTime

HERE, THERE = "19:here@thread.tacv2", "19:there@thread.tacv2"
LIMITS = ((1, 7), (2, 8), (30, 60), (3600, 1800))
"""Seconds, and how many Teams takes for one bot in one conversation."""
APP_LIMIT = 50
"""In a second, for one app in one tenant."""
HOURS_FULL = 2_000
GAPS = st.lists(st.sampled_from([0.0, 0.0, 0.3, 0.6, 1.0, 2.2, 7.0, 40.0]), min_size=1, max_size=40)
Step = tuple[float, bool]


class Agenda:
    """A clock for many who wait at once: when everybody sleeps, it moves to the first who wakes.

    `oversleep` says by how many seconds somebody wakes late, as people do on a busy machine.
    """

    def __init__(self, oversleep: Callable[[], float] = lambda: 0) -> None:
        self._at, self._count, self._oversleep = MONDAY_9AM, 0, oversleep
        self._sleeping: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._at

    async def sleep(self, seconds: float) -> None:
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        wakes_at = self._at + timedelta(seconds=seconds + self._oversleep())
        heappush(self._sleeping, (wakes_at, self._count, waking))
        await waking

    async def run(self, *works: Coroutine[Any, Any, None]) -> None:
        tasks = [asyncio.create_task(work) for work in works]
        while True:
            for _ in range(3):
                await asyncio.sleep(0)
            if not self._sleeping:
                break
            self._at, _, waking = heappop(self._sleeping)
            waking.set_result(None)
        await asyncio.gather(*tasks)


def most_within(times: list[float], seconds: float) -> int:
    """The most that came in any stretch of that length, its ends included."""
    ordered = sorted(times)
    return max(bisect_right(ordered, at + seconds - 1e-6) - place for place, at in enumerate(ordered))


async def when_sent(gaps: list[float], is_update: Callable[[int], bool], count: int) -> list[float]:
    """Seconds at which each call passed the rate limiter; the gaps are repeated until there are enough."""
    time = FakeTime(MONDAY_9AM)
    limiter, times = RateLimiter(time.now, time.sleep), list[float]()
    for number in range(count):
        time.add(timedelta(seconds=gaps[number % len(gaps)]))
        try:
            await (limiter.wait_for_update(HERE) if is_update(number) else limiter.wait_for_post(HERE))
        except TryAgain as trouble:
            await time.sleep((trouble.after or LONGEST_WAIT).total_seconds())
            continue
        times.append((time.now() - MONDAY_9AM).total_seconds())
    return times


@settings(max_examples=tries(30))
@given(GAPS, st.integers(1, 5))
def test_no_stretch_of_time_sees_more_than_teams_takes_in_one_conversation(
    gaps: list[float], every: int
) -> None:
    """Posts and updates together, for an hour of flood and more."""
    times = asyncio.run(when_sent(gaps, lambda number: number % every == 0, HOURS_FULL))
    for seconds, limit in LIMITS:
        assert most_within(times, seconds) <= limit


@settings(max_examples=tries(60))
@given(GAPS, st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_calls_that_travel_unevenly_still_arrive_within_the_limits(
    gaps: list[float], delays: list[float]
) -> None:
    """Each up to a second under way: they come closer together than they were sent."""
    times = asyncio.run(when_sent(gaps, lambda _: False, 200))
    arrived = [at + delays[number % len(delays)] for number, at in enumerate(times)]
    for seconds, limit in LIMITS:
        assert most_within(arrived, seconds) <= limit


@pytest.mark.parametrize("conversations", [2, 64])
async def test_all_conversations_together_stay_below_what_the_app_may_send(conversations: int) -> None:
    agenda = Agenda()
    limiter, sent = RateLimiter(agenda.now, agenda.sleep), dict[int, list[float]]()

    async def flood(number: int) -> None:
        for _ in range(20):
            await limiter.wait_for_post(f"19:{number}@thread.tacv2")
            sent.setdefault(number, []).append((agenda.now() - MONDAY_9AM).total_seconds())

    await agenda.run(*(flood(number) for number in range(conversations)))
    everything = [at for times in sent.values() for at in times]
    assert len(everything) == 20 * conversations
    assert most_within(everything, 1) <= APP_LIMIT * 0.9
    for times in sent.values():
        assert all(most_within(times, seconds) <= limit for seconds, limit in LIMITS)


async def test_one_conversation_that_is_flooded_holds_up_no_other() -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    for _ in range(20):
        await limiter.wait_for_post(HERE)
    before = time.now()
    await limiter.wait_for_post(THERE)
    await limiter.wait_for_post("C0BILLING")
    assert time.now() == before


async def test_whoever_waits_takes_no_place_from_the_others() -> None:
    agenda = Agenda()
    limiter, passed = RateLimiter(agenda.now, agenda.sleep), list[str]()

    async def wait_here() -> None:
        for _ in range(10):
            await limiter.wait_for_post(HERE)
        passed.append("here")

    async def come_later() -> None:
        await agenda.sleep(1)
        for number in range(30):
            await limiter.wait_for_post(f"19:{number}@thread.tacv2")
        passed.append("elsewhere")

    await agenda.run(wait_here(), come_later())
    assert passed == ["elsewhere", "here"]


@pytest.mark.parametrize("lanes", [8, 64])
async def test_nobody_waits_much_longer_than_their_share_of_the_rates(lanes: int) -> None:
    """Each asks for its next place soon after it had one, and wakes some milliseconds late."""
    chance = Random(4)
    agenda = Agenda(lambda: chance.uniform(0, 0.01))
    limiter, waits = RateLimiter(agenda.now, agenda.sleep), list[float]()

    async def flood(number: int) -> None:
        while (asked_at := agenda.now()) < MONDAY_9AM + timedelta(seconds=40):
            await limiter.wait_for_post(f"19:{number}@thread.tacv2")
            waits.append((agenda.now() - asked_at).total_seconds())
            await agenda.sleep(0.02)

    await agenda.run(*(flood(number) for number in range(lanes)))
    share = max(lanes * TEAMS_APP.every, TEAMS_CONVERSATION[1].every)
    assert max(waits) <= 1.2 * share.total_seconds()
    assert len(waits) >= 0.9 * lanes * 40 / share.total_seconds()


async def test_those_who_wait_for_one_conversation_are_let_through_in_the_order_they_asked() -> None:
    """New chats are opened for everybody by the same rate; whom it can't serve soon is sent back at once."""
    chance = Random(4)
    agenda = Agenda(lambda: chance.uniform(0, 0.01))
    limiter, passed, sent_back = RateLimiter(agenda.now, agenda.sleep), list[int](), list[TryAgain]()

    async def ask(number: int) -> None:
        try:
            await limiter.wait_for_new_chat()
            passed.append(number)
        except TryAgain as trouble:
            assert agenda.now() == MONDAY_9AM
            sent_back.append(trouble)

    await agenda.run(*(ask(number) for number in range(64)))
    assert passed == list(range(len(passed)))
    assert len(passed) + len(sent_back) == 64
    assert agenda.now() - MONDAY_9AM <= LONGEST_WAIT + timedelta(seconds=1)
    assert not any(trouble.is_unknown for trouble in sent_back)


async def test_a_call_that_waits_for_the_app_counts_in_its_conversation_from_when_it_is_made() -> None:
    """All at once, so that the first of each waits for the app and the next must not come right behind."""
    agenda = Agenda()
    limiter, sent = RateLimiter(agenda.now, agenda.sleep), dict[int, list[float]]()

    async def ask(number: int) -> None:
        await limiter.wait_for_post(f"19:{number}@thread.tacv2")
        sent.setdefault(number, []).append((agenda.now() - MONDAY_9AM).total_seconds())

    await agenda.run(*(ask(number) for _ in range(8) for number in range(64)))
    assert most_within([at for times in sent.values() for at in times], 1) <= APP_LIMIT * 0.9
    for times in sent.values():
        assert len(times) == 8
        assert all(most_within(times, seconds) <= limit for seconds, limit in LIMITS)


async def test_a_few_at_once_pass_without_waiting() -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    await limiter.wait_for_post(HERE)
    await limiter.wait_for_post(HERE)
    await limiter.wait_for_update(HERE)
    assert time.slept == []


@pytest.mark.parametrize("what", ["post", "update"])
async def test_a_429_closes_posts_and_updates_of_that_conversation_alone(what: str) -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    until = MONDAY_9AM + timedelta(seconds=20)
    if what == "post":
        limiter.pause_posts(HERE, until)
    else:
        limiter.pause_updates(until, HERE)
    await limiter.wait_for_post(THERE)
    await limiter.wait_for_update()
    assert time.now() == MONDAY_9AM
    await limiter.wait_for_update(HERE)
    assert time.now() == until


async def test_a_long_wait_is_sent_back_to_the_outbox() -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    limiter.pause_posts(HERE, MONDAY_9AM + 2 * LONGEST_WAIT)
    with pytest.raises(TryAgain) as refused:
        await limiter.wait_for_post(HERE)
    assert refused.value.after == 2 * LONGEST_WAIT


async def test_new_chats_are_opened_no_faster_than_messages_are_sent() -> None:
    time = FakeTime(MONDAY_9AM)
    limiter, times = RateLimiter(time.now, time.sleep), list[float]()
    for _ in range(200):
        await limiter.wait_for_new_chat()
        times.append((time.now() - MONDAY_9AM).total_seconds())
    assert all(most_within(times, seconds) <= limit for seconds, limit in LIMITS)
