"""SLA clocks: working-time targets with pauses, and external deadlines.

A target is due at its start plus its working minutes plus the working time of every pause, all in the
calendar of the case's queue; so a change of targets or calendar loses no pause.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from core.calendar import WorkCalendar
from core.case import Case, Pause, SlaClock, Status, Target
from core.events import SlaBreached, SlaWarned
from core.outcome import Outcome
from core.person import CLOCK
from core.policy import Policy, Sla

EXTERNAL_WARNING = timedelta(hours=24)
"""Wall-clock time before an external deadline at which its warning goes out."""


class RunningClock(NamedTuple):
    """A running clock: its target, when it warns and when it ends."""

    target: Target
    warn_at: datetime
    at: datetime


class ClockEnd(NamedTuple):
    """When a running clock ends; sorts by time."""

    at: datetime
    target: Target


def start_clock(clock: SlaClock, now: datetime) -> SlaClock:
    """The clock started now, as when a case goes to its queue."""
    return replace(clock, started_at=now, unclaimed_since=now)


def pause(clock: SlaClock, now: datetime) -> SlaClock:
    """Pause the clock; a paused clock stays as it is."""
    if clock.is_paused:
        return clock
    return replace(clock, pauses=(*clock.pauses, Pause(now)))


def resume(clock: SlaClock, now: datetime) -> SlaClock:
    """End the pause, which stays recorded, so that every target moves by it."""
    if not clock.is_paused:
        return clock
    *earlier, last = clock.pauses
    return replace(clock, pauses=(*earlier, Pause(last.since, max(now, last.since))))


def unmet_targets(case: Case) -> Iterator[Target]:
    """Targets not met yet, the weightiest last, whether their clocks run or are paused."""
    if case.is_closed or case.status is Status.GATHERING:
        return
    if case.clock.resolved_at is None:
        if case.resolver_id is None:
            yield Target.CLAIM
        if case.clock.answered_at is None:
            yield Target.FIRST_ANSWER
        yield Target.RESOLUTION
    if case.external_due_at is not None:
        yield Target.EXTERNAL


def running_clocks(case: Case, calendar: WorkCalendar) -> Iterator[RunningClock]:
    """Every clock that runs now, the weightiest last. An external deadline knows no pause."""
    for target in unmet_targets(case):
        if target is Target.EXTERNAL and case.external_due_at is not None:
            yield RunningClock(target, case.external_due_at - EXTERNAL_WARNING, case.external_due_at)
        elif not case.clock.is_paused:
            yield _running_clock(target, case.clock, calendar)


def clock_ends(case: Case, calendar: WorkCalendar) -> Iterator[ClockEnd]:
    """Ends of `running_clocks`, without the warnings, for half the work: what cards show."""
    for target in unmet_targets(case):
        if target is Target.EXTERNAL and case.external_due_at is not None:
            yield ClockEnd(case.external_due_at, target)
        elif not case.clock.is_paused:
            start, whole, paused = _span(target, case.clock, calendar)
            yield ClockEnd(calendar.add_working(start, whole + paused), target)


def nearest_end(case: Case, calendar: WorkCalendar) -> ClockEnd | None:
    """The clock that ends first: the card shows it, and lists are ordered by it."""
    return min(clock_ends(case, calendar), default=None)


def nearest_end_for(case: Case, policy: Policy) -> ClockEnd | None:
    """`nearest_end` by the calendar of the case's queue; None too if that queue left the policy."""
    queue = policy.queues.get(case.queue_id)
    return nearest_end(case, queue.calendar) if queue else None


def first_to_end(running: Iterable[RunningClock]) -> RunningClock | None:
    """The clock of `running` that ends first."""
    return min(running, key=lambda due: due.at, default=None)


def paused_since(clock: SlaClock, calendar: WorkCalendar, start: datetime) -> timedelta:
    """Working time of the ended pauses, as far as they lie after `start`."""
    if not clock.pauses:
        return timedelta()
    ended = (pause for pause in clock.pauses if pause.until is not None and pause.until > start)
    spans = ((max(pause.since, start), pause.until) for pause in ended)
    return sum((calendar.working_between(since, until) for since, until in spans if until), timedelta())


def pause_in_working_time(calendar: WorkCalendar, since: datetime, until: datetime) -> timedelta:
    """Working time of a pause; the rest of it was nights, weekends and holidays."""
    return calendar.working_between(since, max(since, until))


def alarm_times(case: Case, running: Iterable[RunningClock]) -> Iterator[datetime]:
    """When `raise_alarms` has something to report: warnings and ends that were not reported yet."""
    for due in running:
        if due.target not in case.clock.breached:
            yield due.at
            if due.target not in case.clock.warned:
                yield due.warn_at


def raise_alarms(case: Case, calendar: WorkCalendar, now: datetime) -> Outcome:
    """Report every warning and breach that is due, each once.

    After downtime a breach is reported without the warning that was due before it.
    """
    events: list[SlaWarned | SlaBreached] = []
    clock = case.clock
    for due in running_clocks(case, calendar):
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
    """Forget warnings and breaches of clocks that now end later, so that they are reported again.

    A paused clock is judged as if it ran on from now: its alarms come once it does.
    """
    running = list(running_clocks(replace(case, clock=resume(case.clock, now)), calendar))
    lifted = {Target.EXTERNAL} if case.external_due_at is None else set()
    later = {due.target for due in running if due.at > now} | lifted
    still_early = {due.target for due in running if due.warn_at > now} | lifted
    clock = replace(case.clock, breached=case.clock.breached - later, warned=case.clock.warned - still_early)
    return replace(case, clock=clock)


def _running_clock(target: Target, clock: SlaClock, calendar: WorkCalendar) -> RunningClock:
    start, whole, paused = _span(target, clock, calendar)
    return RunningClock(
        target,
        calendar.add_working(start, whole * clock.targets.warn_share + paused),
        calendar.add_working(start, whole + paused),
    )


def _span(target: Target, clock: SlaClock, calendar: WorkCalendar) -> tuple[datetime, timedelta, timedelta]:
    """Start of the clock, its working time, and the working time of its pauses."""
    start = clock.unclaimed_since if target is Target.CLAIM else clock.started_at
    whole = timedelta(minutes=_minutes(target, clock.targets))
    return start, whole, paused_since(clock, calendar, start)


def _minutes(target: Target, targets: Sla) -> int:
    if target is Target.CLAIM:
        return targets.claim_minutes
    return targets.first_answer_minutes if target is Target.FIRST_ANSWER else targets.resolution_minutes
