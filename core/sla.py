"""When does a clock run out? Working-time targets with pauses, and dates set by others.

A target's due moment is the start plus its working minutes plus the working time of every pause,
all in the calendar of the case's queue; so a change of terms or calendar forgets no pause.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.calendar import WorkCalendar
from core.case import Case, Pause, SlaClock, Status, Target
from core.events import SlaBreached, SlaWarned
from core.outcome import Outcome
from core.person import CLOCK

EXTERNAL_WARNING = timedelta(hours=24)
"""How long before a date set by others the warning goes out, on the wall clock."""


@dataclass(frozen=True, slots=True)
class Due:
    """One running clock: what it runs towards, when it warns (None: has warned) and when it ends."""

    target: Target
    warn_at: datetime
    at: datetime


def start_clock(clock: SlaClock, now: datetime) -> SlaClock:
    """The clock from now on, as when a case reaches its queue."""
    return replace(clock, started_at=now, unclaimed_since=now)


def pause(clock: SlaClock, now: datetime) -> SlaClock:
    """Stand still; a clock that already does keeps its first moment."""
    if clock.is_paused:
        return clock
    return replace(clock, pauses=(*clock.pauses, Pause(now)))


def resume(clock: SlaClock, now: datetime) -> SlaClock:
    """Run again; the pause just ended is kept, so that every target moves by it."""
    if not clock.is_paused:
        return clock
    *earlier, last = clock.pauses
    return replace(clock, pauses=(*earlier, Pause(last.since, max(now, last.since))))


def dues(case: Case, calendar: WorkCalendar) -> Iterator[Due]:
    """Every clock that runs on the case now, in no order. Nothing runs on a closed or gathering case."""
    if case.is_closed or case.status is Status.GATHERING:
        return
    if case.external_due_at is not None:
        yield Due(Target.EXTERNAL, case.external_due_at - EXTERNAL_WARNING, case.external_due_at)
    clock = case.clock
    if clock.is_paused or clock.resolved_at is not None:
        return
    if case.resolver_id is None:
        yield _due(Target.CLAIM, clock.unclaimed_since, clock.targets.claim_minutes, case, calendar)
    if clock.answered_at is None:
        minutes = clock.targets.first_answer_minutes
        yield _due(Target.FIRST_ANSWER, clock.started_at, minutes, case, calendar)
    yield _due(Target.RESOLUTION, clock.started_at, clock.targets.resolution_minutes, case, calendar)


def nearest(case: Case, calendar: WorkCalendar) -> Due | None:
    """The clock that ends first: what the card shows and lists are ordered by."""
    return min(dues(case, calendar), key=lambda due: due.at, default=None)


def used_working_time(case: Case, calendar: WorkCalendar, now: datetime) -> timedelta:
    """Working time from the start until the resolution (or `now`), pauses left out."""
    end = case.clock.resolved_at or now
    spent = calendar.working_between(case.clock.started_at, max(end, case.clock.started_at))
    return max(spent - paused_working_time(case.clock, calendar, end), timedelta())


def paused_working_time(clock: SlaClock, calendar: WorkCalendar, now: datetime) -> timedelta:
    """Working time spent in pauses until `now`."""
    spans = ((pause.since, pause.until or max(now, pause.since)) for pause in clock.pauses)
    return sum((calendar.working_between(since, until) for since, until in spans), timedelta())


def alarm_times(case: Case, calendar: WorkCalendar) -> Iterator[datetime]:
    """When the clocks will next have something to say: warnings and ends not yet told."""
    for due in dues(case, calendar):
        if due.target not in case.clock.breached:
            yield due.at
            if due.target not in case.clock.warned:
                yield due.warn_at


def sound_alarms(case: Case, calendar: WorkCalendar, now: datetime) -> Outcome:
    """Warn and report every clock that has run that far. Each is said once; an end that was
    slept through is reported without the warning that came before it."""
    events: list[SlaWarned | SlaBreached] = []
    clock = case.clock
    for due in dues(case, calendar):
        if due.target in clock.breached:
            continue
        if due.at <= now:
            clock = replace(clock, breached=clock.breached | {due.target})
            events.append(SlaBreached(at=now, actor_id=CLOCK, target=due.target, due_at=due.at))
        elif due.warn_at <= now and due.target not in clock.warned:
            clock = replace(clock, warned=clock.warned | {due.target})
            events.append(SlaWarned(at=now, actor_id=CLOCK, target=due.target, due_at=due.at))
    return Outcome(replace(case, clock=clock), tuple(events)) if events else Outcome(case)


def rearm(case: Case, calendar: WorkCalendar, now: datetime) -> Case:
    """Forget warnings and breaches of clocks that now end later, so that they can sound again."""
    later = {due.target for due in dues(case, calendar) if due.at > now}
    still_early = {due.target for due in dues(case, calendar) if due.warn_at > now}
    clock = replace(case.clock, breached=case.clock.breached - later, warned=case.clock.warned - still_early)
    return replace(case, clock=clock)


def _due(target: Target, start: datetime, minutes: int, case: Case, calendar: WorkCalendar) -> Due:
    sla = case.clock.targets
    paused = _paused_since(case.clock, calendar, start)
    whole = timedelta(minutes=minutes)
    return Due(
        target,
        calendar.add_working(start, whole * sla.warn_share + paused),
        calendar.add_working(start, whole + paused),
    )


def _paused_since(clock: SlaClock, calendar: WorkCalendar, start: datetime) -> timedelta:
    ended = (pause for pause in clock.pauses if pause.until is not None and pause.until > start)
    spans = ((max(pause.since, start), pause.until) for pause in ended)
    return sum((calendar.working_between(since, until) for since, until in spans if until), timedelta())
