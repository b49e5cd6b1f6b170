"""Laws of every working calendar, whatever its hours, zone and holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.calendar import MIDNIGHT, ROUND_THE_CLOCK, Shift, WorkCalendar

pytestmark = pytest.mark.slow

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/Havana", "UTC")


@st.composite
def shifts_of_a_day(draw: st.DrawFn) -> tuple[Shift, ...]:
    quarter_hours = draw(st.lists(st.integers(0, 96), max_size=6, unique=True).map(sorted))
    clock = [MIDNIGHT if q == 96 else time(q // 4, q % 4 * 15) for q in quarter_hours]
    return tuple(zip(clock[::2], clock[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    hours = draw(st.tuples(*[shifts_of_a_day()] * 7).filter(any))
    days_off = draw(st.frozensets(st.dates(date(2024, 12, 1), date(2026, 2, 1)), max_size=20))
    return WorkCalendar(draw(st.sampled_from(ZONES)), hours, days_off)


moments = st.datetimes(
    datetime(2024, 12, 20),  # noqa: DTZ001
    datetime(2026, 1, 10),  # noqa: DTZ001
    timezones=st.just(UTC),
)
amounts = st.timedeltas(timedelta(0), timedelta(days=3))


@given(calendars(), moments, amounts)
def test_what_was_added_lies_between(calendar: WorkCalendar, start: datetime, amount: timedelta) -> None:
    assert calendar.working_between(start, calendar.add_working(start, amount)) == amount


@given(calendars(), moments, amounts)
def test_what_was_added_ends_at_work(calendar: WorkCalendar, start: datetime, amount: timedelta) -> None:
    due = calendar.add_working(start, amount)
    assert not amount or calendar.is_working(due - timedelta(microseconds=1))


@given(calendars(), moments, amounts, amounts)
def test_adding_in_two_steps_is_adding_at_once(
    calendar: WorkCalendar, start: datetime, first: timedelta, second: timedelta
) -> None:
    stepwise = calendar.add_working(calendar.add_working(start, first), second)
    assert stepwise == calendar.add_working(start, first + second)


@given(calendars(), moments, moments, amounts)
def test_who_starts_later_is_never_due_earlier(
    calendar: WorkCalendar, one: datetime, other: datetime, amount: timedelta
) -> None:
    earlier, later = sorted((one, other))
    assert calendar.add_working(earlier, amount) <= calendar.add_working(later, amount)


@given(calendars(), moments, moments)
def test_working_time_is_never_more_than_time(calendar: WorkCalendar, a: datetime, b: datetime) -> None:
    assert abs(calendar.working_between(a, b)) <= abs(b - a)
    assert calendar.working_between(a, b) == -calendar.working_between(b, a)


@given(calendars(), moments)
@example(WorkCalendar("UTC", ROUND_THE_CLOCK), datetime(2026, 1, 1, tzinfo=UTC))
def test_nobody_works_before_the_next_opening(calendar: WorkCalendar, at: datetime) -> None:
    opening = calendar.next_opening(at)
    assert calendar.is_working(opening)
    assert calendar.working_between(at, opening) == timedelta(0)


@given(calendars(), moments)
def test_at_work_means_a_shift_of_that_local_day(calendar: WorkCalendar, at: datetime) -> None:
    """Against the plain reading of the wall clock, away from the days the clocks change."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    if local.utcoffset() != (local - timedelta(days=1)).utcoffset():
        return
    is_at_work = local.date() not in calendar.holidays and any(
        start <= local.time() and (end == MIDNIGHT or local.time() < end)
        for start, end in calendar.hours[local.weekday()]
    )
    assert calendar.is_working(at) == is_at_work
