"""Tests of Slack's rate limits, and of waits that are no longer than needed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import TryAgain
from scheduler.rate_limits import (
    LONG_AGO,
    LONGEST_WAIT,
    ZERO,
    Rate,
    RateLimiter,
    reserve_place,
    wait_until_free,
)
from tests.builders import MONDAY_9AM
from tests.scheduler.fake_clocks import FakeTime

SECOND = timedelta(seconds=1)
IN_SLACK, IN_TEAMS = "C0BILLING", "19:billing@thread.tacv2"
GAPS = st.lists(st.floats(0, 10).map(lambda seconds: timedelta(seconds=seconds)), min_size=1, max_size=60)
RATES = st.builds(Rate, st.floats(0.01, 5).map(lambda s: timedelta(seconds=s)), st.integers(1, 10))


def sends(gaps: list[timedelta], rate: Rate) -> list[tuple[timedelta, timedelta]]:
    """When each was asked for and when it went out, for requests that far apart."""
    arrival, asked, times = LONG_AGO, ZERO, []
    for gap in gaps:
        asked += gap
        now = MONDAY_9AM + asked
        times.append((asked, asked + wait_until_free(arrival, rate, now)))
        arrival = reserve_place(arrival, rate, now)
    return times


@given(GAPS, RATES)
def test_no_stretch_of_time_sees_more_than_the_burst_and_what_the_rate_adds(
    gaps: list[timedelta], rate: Rate
) -> None:
    out = [sent for _, sent in sends(gaps, rate)]
    for first in range(len(out)):
        for last in range(first, len(out)):
            allowed = rate.burst + (out[last] - out[first]) / rate.every
            assert last - first + 1 <= allowed + 1e-3


@given(GAPS, RATES)
def test_order_is_kept(gaps: list[timedelta], rate: Rate) -> None:
    out = [sent for _, sent in sends(gaps, rate)]
    assert out == sorted(out)


@given(st.integers(1, 40), RATES)
def test_a_burst_after_a_quiet_time_passes_at_once_and_the_rest_at_the_rate(count: int, rate: Rate) -> None:
    waits = [sent for _, sent in sends([ZERO] * count, rate)]
    assert waits[: rate.burst] == [ZERO] * min(count, rate.burst)
    assert all(wait == rate.every * number for number, wait in enumerate(waits[rate.burst :], start=1))


@given(GAPS, RATES)
def test_nobody_waits_who_keeps_to_the_rate(gaps: list[timedelta], rate: Rate) -> None:
    steady = [rate.every + gap for gap in gaps]
    assert all(asked == sent for asked, sent in sends(steady, rate))


@pytest.mark.parametrize("channel", [IN_SLACK, IN_TEAMS])
@pytest.mark.parametrize("hours", [1, 24, 24 * 365])
async def test_a_clock_that_was_set_back_keeps_nobody_waiting_any_longer(channel: str, hours: int) -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    for _ in range(4):
        await limiter.wait_for_post(channel)
    time.add(timedelta(hours=-hours))
    before = time.now()
    await limiter.wait_for_post(channel)
    assert time.now() - before <= SECOND


@pytest.mark.parametrize("channel", [IN_SLACK, IN_TEAMS])
async def test_a_429_of_hours_is_kept_to_by_a_clock_that_was_set_back_too(channel: str) -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    limiter.pause_posts(channel, MONDAY_9AM + timedelta(hours=3))
    for hours, left in ((0, 3), (-24, 3), (2, 1)):
        time.add(timedelta(hours=hours))
        with pytest.raises(TryAgain) as refused:
            await limiter.wait_for_post(channel)
        assert refused.value.after == timedelta(hours=left)
    time.add(timedelta(hours=1))
    await limiter.wait_for_post(channel)
    assert time.slept == []


@given(GAPS, st.integers(0, 59), st.floats(0, 1e6))
async def test_a_clock_that_is_set_back_between_two_calls_changes_no_wait(
    gaps: list[timedelta], place: int, back: float
) -> None:
    assert await waits_when_set_back(gaps, place, back) == await waits_when_set_back(gaps, place, 0)


async def waits_when_set_back(gaps: list[timedelta], place: int, back: float) -> list[float]:
    """Of one call after each gap, where the clock was read just before it was set back."""
    time = FakeTime(MONDAY_9AM)
    limiter, waits = RateLimiter(time.now, time.sleep), list[float]()
    for number, gap in enumerate(gaps):
        time.add(gap)
        if number == place:
            await limiter.wait_for_post("C0ELSEWHERE")
            time.add(timedelta(seconds=-back))
        time.slept.clear()
        await limiter.wait_for_post(IN_SLACK)
        waits.append(round(sum(time.slept), 3))
    return waits


async def test_one_channel_waits_without_holding_up_another() -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    for _ in range(10):
        await limiter.wait_for_post("C0BILLING")
    before = time.now()
    await limiter.wait_for_post("C0DELIVERY")
    assert time.now() == before
    assert before == MONDAY_9AM + 8 * SECOND


async def test_updates_share_one_rate_in_the_whole_workspace() -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    for _ in range(58):
        await limiter.wait_for_update()
    assert time.now() >= MONDAY_9AM + timedelta(minutes=1) - 2 * SECOND


async def test_a_429_on_updates_closes_them_until_slack_said() -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    limiter.pause_updates(MONDAY_9AM + 20 * SECOND)
    await limiter.wait_for_update()
    assert time.now() == MONDAY_9AM + 20 * SECOND


async def test_a_long_wait_is_sent_back_to_the_outbox() -> None:
    time = FakeTime(MONDAY_9AM)
    limiter = RateLimiter(time.now, time.sleep)
    limiter.pause_updates(MONDAY_9AM + 2 * LONGEST_WAIT)
    with pytest.raises(TryAgain) as refused:
        await limiter.wait_for_update()
    assert refused.value.after == 2 * LONGEST_WAIT
    assert not refused.value.is_unknown


async def test_those_who_wait_together_are_let_through_one_by_one() -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    limiter = RateLimiter(lambda: MONDAY_9AM, note)
    await asyncio.gather(*(limiter.wait_for_post("C0BILLING") for _ in range(6)))
    assert waits == [1.0, 2.0, 3.0, 4.0]
