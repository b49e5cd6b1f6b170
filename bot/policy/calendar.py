"""Calendar section of a queue: time zone, working hours, holidays."""

from __future__ import annotations

from datetime import date

from bot.policy import values
from bot.policy.section import Section
from core.calendar import ROUND_THE_CLOCK, Shift, WorkCalendar

_PLACEHOLDER = WorkCalendar("UTC", ROUND_THE_CLOCK)


def read_calendar(section: Section) -> WorkCalendar:
    """The calendar. After a mistake, which is logged, a round-the-clock calendar is returned in its place."""
    mistakes_before = len(section.log.mistakes)
    zone = section.required("zone", values.zone, "UTC")
    hours = _hours(section.subsection("hours", f"“hours” in {section.title}"))
    days_off = section.list_values("holidays", values.days_off) if section.has("holidays") else ()
    if len(section.log.mistakes) > mistakes_before:
        return _PLACEHOLDER
    try:
        return WorkCalendar(zone, hours, frozenset[date]().union(*days_off))
    except ValueError as mistake:
        section.add_mistake(section.line_of_key("hours"), f"is of no use: {mistake} Give some hours.")
        return _PLACEHOLDER


def _hours(section: Section) -> tuple[tuple[Shift, ...], ...]:
    week: list[tuple[Shift, ...]] = [()] * 7
    named_in: dict[int, int] = {}
    for line, days, shifts in section.entries(values.weekdays, values.shifts):
        for day in days:
            if day in named_in:
                section.add_mistake(
                    line, f"names {values.WEEKDAYS[day]} again, after line {named_in[day]}. Keep one."
                )
            named_in.setdefault(day, line)
            week[day] = shifts
    return tuple(week)
