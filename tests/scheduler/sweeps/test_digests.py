"""Tests of the digests' schedule: once each working day, on time, never at night."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WorkCalendar
from core.policy import Digest
from scheduler.deliver.lists import greeting_at
from scheduler.sweeps.deadlines import DeadlineSweep
from scheduler.sweeps.digests import (
    MORNING,
    NIGHT,
    ON_TIME_WITHIN,
    addresses_of,
    due_digests,
    is_due,
    send_digests,
)
from tests.builders import FRIDAY_430PM, MONDAY_9AM, OFFICE_DAY, OFFICE_HOURS, a_policy, a_queue
from tests.scheduler.harness import Harness

NINE = time(9)
MINUTE = timedelta(minutes=1)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "UTC"])
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: MONDAY_9AM + timedelta(minutes=minutes))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
AROUND_THE_CLOCK = (((time(0), time(0)),),) * 7


@given(TIMES, ZONES, MOMENTS, st.booleans())
def test_nothing_goes_out_at_night_on_a_day_off_or_before_its_time(
    at: time, zone: str, now: datetime, is_always_open: bool
) -> None:
    hours = AROUND_THE_CLOCK if is_always_open else ((OFFICE_DAY,) * 5 + ((), ()))
    calendar = WorkCalendar(zone, hours)
    if is_due(at, calendar, now):
        local = now.astimezone(ZoneInfo(zone))
        assert MORNING <= local.time() < NIGHT
        assert calendar.is_working_day(local.date())
        assert local.time().replace(tzinfo=None) >= at


@given(st.integers(0, 600).map(lambda day: MONDAY_9AM + timedelta(days=day)), ZONES)
def test_every_working_day_has_its_digest(noon: datetime, zone: str) -> None:
    calendar = WorkCalendar(zone, (OFFICE_DAY,) * 5 + ((), ()))
    day = [noon + timedelta(minutes=15 * quarter) for quarter in range(-96, 97)]
    days = {now.astimezone(ZoneInfo(zone)).date() for now in day if is_due(NINE, calendar, now)}
    whole = noon.astimezone(ZoneInfo(zone)).date()
    assert (whole in days) == calendar.is_working_day(whole)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (MONDAY_9AM - MINUTE, False),
        (MONDAY_9AM, True),
        (MONDAY_9AM + timedelta(hours=7), True),
        (MONDAY_9AM + timedelta(hours=8), False),
        (MONDAY_9AM + timedelta(hours=15), False),
        (FRIDAY_430PM + timedelta(days=1), False),
    ],
)
def test_after_downtime_only_todays_is_sent_and_only_in_working_hours(now: datetime, expected: bool) -> None:
    assert is_due(NINE, OFFICE_HOURS, now) == expected


def test_a_time_before_work_is_kept_to_but_not_made_up_for_before_work() -> None:
    half_past_seven = MONDAY_9AM - timedelta(minutes=90)
    assert is_due(time(7, 30), OFFICE_HOURS, half_past_seven + ON_TIME_WITHIN)
    assert not is_due(time(7, 30), OFFICE_HOURS, half_past_seven + ON_TIME_WITHIN + MINUTE)
    assert is_due(time(7, 30), OFFICE_HOURS, MONDAY_9AM)


def test_a_digest_at_midnight_waits_for_the_morning() -> None:
    calendar = WorkCalendar("UTC", AROUND_THE_CLOCK)
    midnight = MONDAY_9AM.replace(hour=0)
    due = [hour for hour in range(24) if is_due(time(0), calendar, midnight + timedelta(hours=hour))]
    assert due == list(range(6, 22))


def test_it_goes_to_everybody_once() -> None:
    queues = {"billing": a_queue(), "logistics": a_queue("logistics")}
    policy = a_policy(queues=queues)
    digest = Digest("d", ("billing", "logistics"), NINE, ("managers", "channel", "dana@example.com"))
    assert addresses_of(digest, policy) == (
        "person:dana@example.com",
        "slack:#billing-disputes",
        "slack:#logistics-disputes",
    )


def test_the_local_date_is_the_first_queues() -> None:
    auckland = replace(OFFICE_HOURS, zone="Pacific/Auckland")
    policy = a_policy(queues={"billing": a_queue(calendar=auckland), "logistics": a_queue("logistics")})
    sunday_evening_utc = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    (due,) = due_digests(policy, sunday_evening_utc)
    assert due.on.isoformat() == "2026-03-02"


async def test_it_is_sent_once_a_day_however_often_one_looks(harness: Harness) -> None:
    await harness.raise_one()
    for _ in range(3):
        for _ in range(24 * 4):
            await send_digests(harness.store, harness.time.now())
            await harness.deliver()
            harness.time.add(timedelta(minutes=15))
    digests = [one for one in harness.cards("D0DANA") if "needs somebody today" in str(one["blocks"])]
    assert len(digests) == 3


async def test_it_lists_what_is_overdue_and_what_nobody_has(harness: Harness) -> None:
    late = await harness.raise_one()
    harness.time.add(timedelta(days=1))
    fresh = await harness.raise_one()
    await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now())
    await send_digests(harness.store, harness.time.now())
    await harness.deliver_all()
    digest = next(str(one["blocks"]) for one in harness.cards("D0DANA") if "Unclaimed" in str(one["blocks"]))
    assert digest.index("Overdue") < digest.index(late) < digest.index("Unclaimed") < digest.index(fresh)


async def test_what_does_not_fit_is_counted_and_the_unclaimed_begin_after_the_overdue(
    harness: Harness,
) -> None:
    await harness.raise_many(60)
    harness.time.add(timedelta(days=3))
    fresh = await harness.raise_one()
    await send_digests(harness.store, harness.time.now())
    await harness.deliver_all()
    digest = next(str(one["blocks"]) for one in harness.cards("D0DANA") if "Overdue" in str(one["blocks"]))
    assert "and 40 more: /disputes overdue" in digest
    assert digest.index("Unclaimed") < digest.index(fresh)
    assert "Nothing here" not in digest


async def test_a_list_with_nothing_in_it_is_left_out(harness: Harness) -> None:
    await harness.raise_one()
    await send_digests(harness.store, harness.time.now())
    await harness.deliver_all()
    (digest,) = harness.cards("D0DANA")
    assert "Overdue" not in str(digest["blocks"])


@pytest.mark.parametrize(
    ("local", "greeting"),
    [
        (time(9, 15), "Good morning."),
        (time(12), "Good afternoon."),
        (time(16), "Good afternoon."),
        (time(21), "Good evening."),
    ],
)
def test_the_greeting_fits_the_time_of_day(local: time, greeting: str) -> None:
    assert greeting_at(local) == greeting


async def test_the_time_of_day_is_the_queues(harness: Harness) -> None:
    await harness.raise_one()
    harness.time.add(timedelta(hours=7))
    await send_digests(harness.store, harness.time.now())
    await harness.deliver_all()
    (digest,) = harness.cards("D0DANA")
    assert "Good afternoon." in str(digest["blocks"])


async def test_an_empty_one_is_not_sent(harness: Harness) -> None:
    assert await send_digests(harness.store, harness.time.now()) == 1
    await harness.deliver_all()
    assert harness.cards("D0DANA") == []
    assert not await harness.parked()
