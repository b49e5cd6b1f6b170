"""The working calendar, on every kind of day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.calendar import MIDNIGHT, ROUND_THE_CLOCK, Shift, WorkCalendar

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE: tuple[Shift, ...] = ((time(9), time(17)),)
WITH_LUNCH: tuple[Shift, ...] = ((time(9), time(12, 30)), (time(13, 15), time(17, 30)))
HOUR = timedelta(hours=1)


def weekdays(shifts: tuple[Shift, ...]) -> tuple[tuple[Shift, ...], ...]:
    return (shifts,) * 5 + ((), ())


def every_day(*shifts: Shift) -> tuple[tuple[Shift, ...], ...]:
    return (shifts,) * 7


OFFICE = WorkCalendar("Europe/Berlin", weekdays(NINE_TO_FIVE))


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BERLIN, fold=fold)  # type: ignore[arg-type,misc]


# --- what people expect --------------------------------------------------------------------------


def test_one_hour_after_friday_half_past_four_is_monday_half_past_nine() -> None:
    assert OFFICE.add_working(berlin(2025, 11, 21, 16, 30), HOUR) == berlin(2025, 11, 24, 9, 30)


def test_a_night_and_a_weekend_count_for_nothing() -> None:
    assert OFFICE.working_between(berlin(2025, 11, 21, 17), berlin(2025, 11, 24, 9)) == timedelta(0)


def test_lunch_does_not_count() -> None:
    calendar = WorkCalendar("Europe/Berlin", weekdays(WITH_LUNCH))
    assert calendar.add_working(berlin(2025, 11, 24, 12), HOUR) == berlin(2025, 11, 24, 13, 45)
    assert not calendar.is_working(berlin(2025, 11, 24, 13))


def test_a_holiday_is_a_day_off() -> None:
    calendar = WorkCalendar("Europe/Berlin", weekdays(NINE_TO_FIVE), frozenset({date(2025, 12, 25)}))
    assert calendar.add_working(berlin(2025, 12, 24, 16, 30), HOUR) == berlin(2025, 12, 26, 9, 30)
    assert not calendar.is_working_day(date(2025, 12, 25))
    assert calendar.is_working_day(date(2025, 12, 26))


def test_time_that_ends_with_the_shift_ends_that_day() -> None:
    assert OFFICE.add_working(berlin(2025, 11, 21, 16), HOUR) == berlin(2025, 11, 21, 17)


def test_nothing_to_add_is_now_even_at_night() -> None:
    night = berlin(2025, 11, 22, 3)
    assert OFFICE.add_working(night, timedelta(0)) == night


def test_time_left_turns_negative_once_overdue() -> None:
    assert OFFICE.working_between(berlin(2025, 11, 24, 9, 30), berlin(2025, 11, 21, 16)) == -1.5 * HOUR


def test_the_office_is_open_at_nine_and_closed_at_five() -> None:
    assert OFFICE.is_working(berlin(2025, 11, 24, 9))
    assert not OFFICE.is_working(berlin(2025, 11, 24, 17))


def test_the_next_opening_is_now_when_open_and_monday_at_nine_at_the_weekend() -> None:
    assert OFFICE.next_opening(berlin(2025, 11, 21, 16)) == berlin(2025, 11, 21, 16)
    assert OFFICE.next_opening(berlin(2025, 11, 21, 17)) == berlin(2025, 11, 24, 9)


def test_the_next_opening_may_be_next_year() -> None:
    assert OFFICE.next_opening(berlin(2022, 12, 30, 18)) == berlin(2023, 1, 2, 9)
    assert OFFICE.add_working(berlin(2022, 12, 30, 16, 30), HOUR) == berlin(2023, 1, 2, 9, 30)


def test_round_the_clock_counts_every_second() -> None:
    calendar = WorkCalendar("America/New_York", ROUND_THE_CLOCK)
    start = datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert calendar.add_working(start, timedelta(days=400)) == start + timedelta(days=400)
    assert calendar.is_working(start)


def test_a_new_year_that_comes_before_that_of_utc_has_its_shifts() -> None:
    calendar = WorkCalendar("Pacific/Auckland", every_day((time(6), time(12))))
    auckland = ZoneInfo("Pacific/Auckland")
    new_year = datetime(2026, 1, 1, 6, tzinfo=auckland)  # 17:00 on 31 December in UTC
    assert calendar.next_opening(datetime(2025, 12, 31, 13, tzinfo=auckland)) == new_year
    assert calendar.add_working(new_year, 6 * HOUR) == datetime(2026, 1, 1, 12, tzinfo=auckland)


def test_a_shift_may_end_at_24_00() -> None:
    calendar = WorkCalendar("Europe/Berlin", every_day((time(22), MIDNIGHT)))
    assert calendar.add_working(berlin(2025, 11, 21, 23), 1.5 * HOUR) == berlin(2025, 11, 22, 22, 30)


def test_a_night_shift_is_two_shifts_that_meet() -> None:
    night = WorkCalendar("Europe/Berlin", every_day((MIDNIGHT, time(6)), (time(22), MIDNIGHT)))
    assert night.add_working(berlin(2025, 11, 21, 23), 3 * HOUR) == berlin(2025, 11, 22, 2)


def test_answers_are_in_utc_whatever_zone_was_asked_in() -> None:
    due = OFFICE.add_working(datetime(2025, 11, 21, 10, 30, tzinfo=ZoneInfo("America/New_York")), HOUR)
    assert due.tzinfo is UTC
    assert due == berlin(2025, 11, 24, 9, 30)


# --- the days the clocks change ------------------------------------------------------------------


def test_the_night_the_clocks_go_forward_has_an_hour_less() -> None:
    calendar = WorkCalendar("Europe/Berlin", every_day((MIDNIGHT, time(8))))
    assert calendar.working_between(berlin(2025, 3, 30), berlin(2025, 3, 31)) == 7 * HOUR


def test_the_night_the_clocks_go_back_has_an_hour_more() -> None:
    calendar = WorkCalendar("Europe/Berlin", every_day((MIDNIGHT, time(8))))
    assert calendar.working_between(berlin(2025, 10, 26), berlin(2025, 10, 27)) == 9 * HOUR


def test_a_shift_that_starts_in_the_skipped_hour_starts_at_the_change() -> None:
    calendar = WorkCalendar("Europe/Berlin", every_day((time(2, 30), time(5))))
    assert calendar.next_opening(berlin(2025, 3, 30)) == berlin(2025, 3, 30, 3)
    assert calendar.working_between(berlin(2025, 3, 30), berlin(2025, 3, 31)) == 2 * HOUR


def test_a_shift_that_lies_in_the_skipped_hour_does_not_happen() -> None:
    calendar = WorkCalendar("Europe/Berlin", every_day((time(2, 15), time(2, 45))))
    assert calendar.next_opening(berlin(2025, 3, 30)) == berlin(2025, 3, 31, 2, 15)


def test_a_shift_in_the_repeated_hour_happens_once_at_its_first_coming() -> None:
    calendar = WorkCalendar("Europe/Berlin", every_day((time(2, 15), time(2, 45))))
    assert calendar.working_between(berlin(2025, 10, 26), berlin(2025, 10, 27)) == HOUR / 2
    assert calendar.is_working(berlin(2025, 10, 26, 2, 30, fold=0))
    assert not calendar.is_working(berlin(2025, 10, 26, 2, 30, fold=1))


def test_a_midnight_that_does_not_exist_is_the_moment_of_the_change() -> None:
    calendar = WorkCalendar("Asia/Beirut", ROUND_THE_CLOCK)
    start, end = (datetime(2022, 3, day, 12, tzinfo=ZoneInfo("Asia/Beirut")) for day in (26, 27))
    assert calendar.working_between(start, end) == 23 * HOUR


def test_a_date_that_a_zone_skipped_has_no_working_time() -> None:
    calendar = WorkCalendar("Pacific/Apia", every_day((time(9), time(17))))
    apia = ZoneInfo("Pacific/Apia")
    before = datetime(2011, 12, 29, 17, tzinfo=apia)
    assert calendar.next_opening(before) == datetime(2011, 12, 31, 9, tzinfo=apia)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "hours", "sentence"),
    [
        ("Europe/Berlin", ((),) * 7, "no working time at all"),
        ("Europe/Berlin", weekdays(NINE_TO_FIVE)[:5], "seven days"),
        ("Europe/Atlantis", weekdays(NINE_TO_FIVE), "not a time zone"),
        ("../etc/passwd", weekdays(NINE_TO_FIVE), "not a time zone"),
        ("UTC", every_day((time(22), time(6))), "22:00-06:00 ends before it starts"),
        ("UTC", every_day((time(9), time(12)), (time(11), time(17))), "11:00-17:00 starts before"),
        ("UTC", every_day((time(9), MIDNIGHT), (time(11), time(17))), "11:00-17:00 starts before"),
    ],
)
def test_hours_that_make_no_sense_are_refused_in_words(
    zone: str, hours: tuple[tuple[Shift, ...], ...], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        WorkCalendar(zone, hours)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2025, 11, 21, 16, 30)  # noqa: DTZ001
    for question in (OFFICE.is_working, OFFICE.next_opening):
        with pytest.raises(ValueError, match="no time zone"):
            question(naive)


def test_working_time_is_never_taken_away() -> None:
    with pytest.raises(ValueError, match="only added"):
        OFFICE.add_working(berlin(2025, 11, 21, 16), -HOUR)


def test_years_that_calendars_do_not_cover_are_refused() -> None:
    with pytest.raises(ValueError, match="1900 to 2999, not 9999"):
        OFFICE.is_working(datetime(9999, 1, 1, tzinfo=UTC))


def test_holidays_that_fill_years_are_passed_over_and_centuries_are_refused() -> None:
    first = date(2026, 1, 1)
    gap = frozenset(first + timedelta(days=day) for day in range(3 * 365))
    calendar = WorkCalendar("UTC", every_day((time(9), time(17))), gap)
    assert calendar.next_opening(datetime(2026, 1, 1, tzinfo=UTC)) == datetime(2028, 12, 31, 9, tzinfo=UTC)

    endless = frozenset(first + timedelta(days=day) for day in range(102 * 366))
    calendar = WorkCalendar("UTC", every_day((time(9), time(17))), endless)
    for question in (calendar.next_opening, lambda at: calendar.add_working(at, HOUR)):
        with pytest.raises(ValueError, match="within 100 years"):
            question(datetime(2026, 1, 1, tzinfo=UTC))


# --- words and value -----------------------------------------------------------------------------


def test_it_describes_itself_as_people_would() -> None:
    short_friday = (*weekdays(WITH_LUNCH)[:4], ((time(9), MIDNIGHT),), (), ())
    calendar = WorkCalendar("Europe/Berlin", short_friday, frozenset({date(2025, 12, 25)}))
    assert calendar.describe() == (
        "Mon–Thu 09:00–12:30 and 13:15–17:30, Fri 09:00–24:00 (Europe/Berlin), except holidays"
    )
    assert WorkCalendar("UTC", ROUND_THE_CLOCK).describe() == "around the clock (UTC)"


def test_equal_calendars_are_one_key_whatever_they_worked_out_before() -> None:
    other = WorkCalendar("Europe/Berlin", weekdays(NINE_TO_FIVE))
    OFFICE.is_working(berlin(2025, 11, 21, 16))
    assert {OFFICE: "here"}[other] == "here"


def test_each_year_is_worked_out_once_and_only_when_it_is_reached() -> None:
    """That is why a deadline costs some microseconds, not the milliseconds of a year's shifts."""
    calendar = WorkCalendar("Europe/Berlin", weekdays(NINE_TO_FIVE))
    start = berlin(2025, 11, 21, 16, 30).astimezone(UTC)
    calendar.add_working(start, 40 * HOUR)
    [year] = calendar._years.values()
    calendar.add_working(start, 41 * HOUR)
    assert [*calendar._years.values()] == [year]
    assert calendar._years[2025] is year
