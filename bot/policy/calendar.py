"""When does a queue work, as its part of the policy says?"""

from __future__ import annotations

from datetime import date

from bot.policy import values as words
from bot.policy.section import Part
from core.calendar import ROUND_THE_CLOCK, Shift, WorkCalendar

_STAND_IN = WorkCalendar("UTC", ROUND_THE_CLOCK)


def read_calendar(part: Part) -> WorkCalendar:
    """The calendar; when anything is wrong it is noted, and one that always works stands in."""
    mistakes_before = len(part.notes.mistakes)
    zone = part.required("zone", words.zone, "UTC")
    hours = _hours(part.part("hours", f"“hours” in {part.title}"))
    days_off = part.listing("holidays", words.days_off) if part.has("holidays") else ()
    if len(part.notes.mistakes) > mistakes_before:
        return _STAND_IN
    try:
        return WorkCalendar(zone, hours, frozenset[date]().union(*days_off))
    except ValueError as mistake:
        part.wrong(part.where("hours"), f"is of no use: {mistake} Give some hours.")
        return _STAND_IN


def _hours(part: Part) -> tuple[tuple[Shift, ...], ...]:
    week: list[tuple[Shift, ...]] = [()] * 7
    named_in: dict[int, int] = {}
    for line, days, shifts in part.pairs(words.weekdays, words.shifts):
        for day in days:
            if day in named_in:
                part.wrong(line, f"names {words.WEEKDAYS[day]} again, after line {named_in[day]}. Keep one.")
            named_in.setdefault(day, line)
            week[day] = shifts
    return tuple(week)
