"""When does a queue work, as its part of the policy says?"""

from __future__ import annotations

from datetime import date

from bot.policy import values as words
from bot.policy.section import Section
from core.calendar import ROUND_THE_CLOCK, Shift, WorkCalendar

_PLACEHOLDER = WorkCalendar("UTC", ROUND_THE_CLOCK)


def read_calendar(part: Section) -> WorkCalendar:
    """The calendar; when anything is wrong it is noted, and one that always works stands in."""
    mistakes_before = len(part.log.mistakes)
    zone = part.required("zone", words.zone, "UTC")
    hours = _hours(part.section("hours", f"“hours” in {part.title}"))
    days_off = part.list_values("holidays", words.days_off) if part.has("holidays") else ()
    if len(part.log.mistakes) > mistakes_before:
        return _PLACEHOLDER
    try:
        return WorkCalendar(zone, hours, frozenset[date]().union(*days_off))
    except ValueError as mistake:
        part.add_mistake(part.line_of_key("hours"), f"is of no use: {mistake} Give some hours.")
        return _PLACEHOLDER


def _hours(part: Section) -> tuple[tuple[Shift, ...], ...]:
    week: list[tuple[Shift, ...]] = [()] * 7
    named_in: dict[int, int] = {}
    for line, days, shifts in part.entries(words.weekdays, words.shifts):
        for day in days:
            if day in named_in:
                part.add_mistake(
                    line, f"names {words.WEEKDAYS[day]} again, after line {named_in[day]}. Keep one."
                )
            named_in.setdefault(day, line)
            week[day] = shifts
    return tuple(week)
