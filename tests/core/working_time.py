"""Working time used on a case, computed from its start; `core.sla` computes towards an end."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.calendar import WorkCalendar
from core.case import Case, SlaClock


def used_working_time(case: Case, calendar: WorkCalendar, now: datetime) -> timedelta:
    """Working time from the start until the resolution (or `now`), pauses left out."""
    end = case.clock.resolved_at or now
    spent = calendar.working_between(case.clock.started_at, max(end, case.clock.started_at))
    return max(spent - paused_working_time(case.clock, calendar, end), timedelta())


def paused_working_time(clock: SlaClock, calendar: WorkCalendar, now: datetime) -> timedelta:
    """Working time spent in pauses until `now`."""
    spans = ((pause.since, pause.until or max(now, pause.since)) for pause in clock.pauses)
    return sum((calendar.working_between(since, until) for since, until in spans), timedelta())
