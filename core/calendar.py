"""Working-time calendar: shifts, holidays, and arithmetic with working hours.

Working time is counted in elapsed real seconds, so a night shift on the day the clocks change
is an hour longer or shorter. A wall-clock time that occurs twice that day means its first
occurrence; one that is skipped means the moment of the change.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Shift = tuple[time, time]
"""Start and end of work on one day, local time; an end of 00:00 means 24:00."""

MIDNIGHT = time(0)
ROUND_THE_CLOCK: tuple[tuple[Shift, ...], ...] = (((MIDNIGHT, MIDNIGHT),),) * 7
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_ZERO = timedelta(0)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_FARTHEST_YEARS = 100


@dataclass(frozen=True, slots=True)
class _Year:
    """The shifts within one year of UTC, in order, none empty and none overlapping."""

    opens: tuple[datetime, ...]
    closes: tuple[datetime, ...]
    worked_before: tuple[timedelta, ...]
    """Working time of this year before each shift."""
    total: timedelta

    def worked_until(self, at: datetime) -> timedelta:
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return _ZERO
        return self.worked_before[index] + (min(at, self.closes[index]) - self.opens[index])

    def moment_of(self, worked: timedelta) -> datetime:
        """When `worked` (0 < worked <= total) has passed: the inverse of `worked_until`."""
        index = bisect_left(self.worked_before, worked) - 1
        return self.opens[index] + (worked - self.worked_before[index])


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working hours of one place.

    Raises:
        ValueError: no such zone, not seven weekdays, shifts that overlap or run backwards, or
            no working time at all. The text is a sentence for the author of the hours.
    """

    zone: str
    hours: tuple[tuple[Shift, ...], ...]
    """Seven weekdays, Monday first, each with its shifts in order; a day off has none."""
    holidays: frozenset[date] = frozenset()
    """Local dates without work."""
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _zone(self.zone)
        if len(self.hours) != 7:
            raise ValueError(f"A week has seven days; hours are given for {len(self.hours)}.")
        for shifts in self.hours:
            check_shifts(shifts)
        if not any(self.hours):
            raise ValueError("The calendar has no working time at all, so no clock could ever run out.")

    def add_working(self, start: datetime, amount: timedelta) -> datetime:
        """The first moment, in UTC, by which `amount` of working time has passed since `start`.

        Nothing to add gives `start` itself, even at night.

        Raises:
            ValueError: `start` has no time zone, `amount` is negative, or the moment lies more
                than a hundred years away or outside 1900 to 2999.
        """
        at = _utc(start)
        if amount <= _ZERO:
            if amount < _ZERO:
                raise ValueError("Working time can't be taken away from a moment, only added.")
            return at
        year = self._year(at.year)
        wanted = year.worked_until(at) + amount
        if wanted > year.total:
            return self._moment_in_a_later_year(at.year + 1, wanted - year.total)
        return year.moment_of(wanted)

    def working_between(self, a: datetime, b: datetime) -> timedelta:
        """Working time from `a` to `b`; negative when `b` is before `a`.

        Raises:
            ValueError: `a` or `b` has no time zone.
        """
        a, b = _utc(a), _utc(b)
        if b < a:
            return -self.working_between(b, a)
        whole_years = sum((self._year(number).total for number in range(a.year, b.year)), _ZERO)
        return whole_years + self._year(b.year).worked_until(b) - self._year(a.year).worked_until(a)

    def is_working(self, at: datetime) -> bool:
        """Whether `at` lies within a shift; the end of a shift is outside.

        Raises:
            ValueError: `at` has no time zone.
        """
        at = _utc(at)
        year = self._year(at.year)
        index = bisect_right(year.opens, at) - 1
        return index >= 0 and at < year.closes[index]

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself, in UTC, if it is working time; otherwise the start of the next shift.

        Raises:
            ValueError: `at` has no time zone, or no shift starts in the next hundred years.
        """
        at = _utc(at)
        if self.is_working(at):
            return at
        opens = self._year(at.year).opens
        index = bisect_left(opens, at)
        if index < len(opens):
            return opens[index]
        return self._moment_in_a_later_year(at.year + 1, _ZERO)

    def is_working_day(self, on: date) -> bool:
        """Whether this local date has a shift."""
        return bool(self.hours[on.weekday()]) and on not in self.holidays

    def describe(self) -> str:
        """For people: “Mon–Thu 09:00–17:00, Fri 09:00–15:00 (Europe/Berlin), except holidays”."""
        is_always_open = self.hours == ROUND_THE_CLOCK
        days = "around the clock" if is_always_open else ", ".join(_describe_weekdays(self.hours))
        return f"{days} ({self.zone}){', except holidays' if self.holidays else ''}"

    def _moment_in_a_later_year(self, first: int, wanted: timedelta) -> datetime:
        """When `wanted` working time has passed since year `first` began; for zero, the first opening."""
        for number in range(first, first + _FARTHEST_YEARS):
            year = self._year(number)
            if year.opens and wanted <= year.total:
                return year.moment_of(wanted) if wanted else year.opens[0]
            wanted -= year.total
        raise ValueError(f"So much working time doesn't come together within {_FARTHEST_YEARS} years.")

    def _year(self, number: int) -> _Year:
        """A year's shifts, computed once (about 3 ms) and cached: some 60 kB each."""
        year = self._years.get(number)
        if year is None:
            if not _FIRST_YEAR <= number <= _LAST_YEAR:
                raise ValueError(f"Calendars cover the years {_FIRST_YEAR} to {_LAST_YEAR}, not {number}.")
            year = self._years[number] = _as_year(list(self._shifts_in(number)))
        return year

    def _shifts_in(self, number: int) -> Iterator[tuple[datetime, datetime]]:
        """The shifts of a year of UTC, cut at its two ends."""
        first = datetime(number, 1, 1, tzinfo=UTC)
        last = datetime(number + 1, 1, 1, tzinfo=UTC)
        on = first.date() - _DAY  # a zone's date may differ from UTC's by one either way
        while on < last.date() + _DAY:
            for start, end in self.hours[on.weekday()] if on not in self.holidays else ():
                opens = max(first, _instant(on, start, self.zone))
                closes = min(last, _end_instant(on, end, self.zone))
                if opens < closes:
                    yield opens, closes
            on += _DAY


def _as_year(shifts: list[tuple[datetime, datetime]]) -> _Year:
    worked_before = []
    total = _ZERO
    for opens, closes in shifts:
        worked_before.append(total)
        total += closes - opens
    return _Year(tuple(s[0] for s in shifts), tuple(s[1] for s in shifts), tuple(worked_before), total)


def check_shifts(shifts: tuple[Shift, ...]) -> None:
    """Check that one day's shifts run forwards and in order.

    Raises:
        ValueError: they don't; the text says which and what to write instead.
    """
    previous_end: time | None = None
    for start, end in shifts:
        if end != MIDNIGHT and end <= start:
            raise ValueError(
                f"{start:%H:%M}-{end:%H:%M} ends before it starts. "
                f"Write a night shift as {start:%H:%M}-24:00 and, on the next day, 00:00-{end:%H:%M}."
            )
        if previous_end is not None and (previous_end == MIDNIGHT or start < previous_end):
            raise ValueError(
                f"{start:%H:%M}-{_clock(end)} starts before the shift before it has ended. "
                "Put a day's shifts in order, without overlap."
            )
        previous_end = end


def _describe_weekdays(hours: tuple[tuple[Shift, ...], ...]) -> Iterator[str]:
    """Each run of equal weekdays as one phrase; days off are left out."""
    first = 0
    for day in range(1, 8):
        if day < 7 and hours[day] == hours[first]:
            continue
        if hours[first]:
            days = DAY_NAMES[first] if first == day - 1 else f"{DAY_NAMES[first]}–{DAY_NAMES[day - 1]}"
            yield f"{days} {' and '.join(f'{start:%H:%M}–{_clock(end)}' for start, end in hours[first])}"
        first = day


def _clock(end: time) -> str:
    return "24:00" if end == MIDNIGHT else f"{end:%H:%M}"


def _utc(at: datetime) -> datetime:
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone, so it is not a moment.")
    return at.astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"“{name}” is not a time zone. Zones have names like Europe/Berlin.") from None


def _end_instant(on: date, end: time, zone: str) -> datetime:
    return _instant(on + _DAY, MIDNIGHT, zone) if end == MIDNIGHT else _instant(on, end, zone)


def _instant(on: date, at: time, zone: str) -> datetime:
    """The UTC moment of a wall-clock time: its first occurrence, or the clock change that skips it."""
    local = datetime.combine(on, at, ZoneInfo(zone))
    moment = local.astimezone(UTC)
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    before, after = local.replace(fold=1).astimezone(UTC), moment
    offset_before = before.astimezone(local.tzinfo).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(local.tzinfo).utcoffset() == offset_before:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
