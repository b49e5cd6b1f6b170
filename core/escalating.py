"""Escalation of missed targets: up the policy's ladder, in working time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from core.case import Case, Escalation, Target
from core.events import CaseEscalated, SlaBreached
from core.outcome import Outcome
from core.person import CLOCK
from core.policy import MANAGER, Policy, Queue
from core.sla import clock_ends, paused_since, unmet_targets


def start_escalation(case: Case, breaches: tuple[SlaBreached, ...], now: datetime) -> Case:
    """Start an escalation for missed targets; `breaches` are new, the weightiest last.

    An escalation that runs already keeps its rung, so that managers are not alerted again for each target of
    one late case; it is then for the weightier target. Only an external deadline starts a fresh escalation.
    """
    if not breaches:
        return case
    target, running = breaches[-1].target, case.escalation
    if running is not None and target is not Target.EXTERNAL:
        return replace(case, escalation=replace(running, target=_weightier(running.target, target)))
    foot = Escalation(target=target, since=now, rung=-1, told_at=now)
    return replace(case, escalation=foot, called_at=case.called_at if running else ())


def update_escalation(case: Case) -> Case:
    """End the escalation when its target was met, or is due later now.

    While another target is still missed, the escalation goes on for that one at the same rung. So claiming,
    or releasing and claiming again, doesn't end an escalation.
    """
    if case.escalation is None:
        return case
    missed = [target for target in unmet_targets(case) if target in case.clock.breached]
    if case.escalation.target in missed:
        return case
    return replace(case, escalation=replace(case.escalation, target=missed[-1]) if missed else None)


def escalation_times(case: Case, policy: Policy) -> Iterator[datetime]:
    """When the next rung, or a repeat of the present one, is due; nothing while the clock is paused.

    The time of pauses doesn't count; an external deadline knows no pauses.
    """
    escalation = case.escalation
    if escalation is None or case.is_closed:
        return
    knows_pauses = escalation.target is not Target.EXTERNAL
    if knows_pauses and case.clock.is_paused:
        return
    calendar = policy.queue(case.queue_id).calendar

    def moment(since: datetime, minutes: int) -> datetime:
        paused = paused_since(case.clock, calendar, since) if knows_pauses else timedelta()
        return calendar.add_working(since, timedelta(minutes=minutes) + paused)

    following = escalation.rung + 1
    if following < len(policy.ladder):
        yield moment(escalation.since, policy.ladder[following].after_minutes)
    repeat = _repeat_minutes(escalation, policy)
    if repeat is not None:
        yield moment(escalation.told_at, repeat)


def escalate(case: Case, policy: Policy, now: datetime) -> Outcome:
    """Alert every rung that is due, and repeat the present one when that is due."""
    outcome = Outcome(case)
    while (step := _next_escalation(outcome.case, policy, now)) is not None:
        outcome = outcome.then(step)
    return outcome


def people_on_rung(handles: tuple[str, ...], queue: Queue) -> tuple[str, ...]:
    """The people of a rung: `manager` stands for the queue's managers."""
    told = [queue.managers if name == MANAGER else (name,) for name in handles]
    return tuple(dict.fromkeys(name for names in told for name in names))


def _next_escalation(case: Case, policy: Policy, now: datetime) -> Outcome | None:
    times = list(escalation_times(case, policy))
    if case.escalation is None or not times or min(times) > now:
        return None
    following = case.escalation.rung + 1
    climbs = following < len(policy.ladder) and times[0] <= now
    rung = following if climbs else case.escalation.rung
    event = CaseEscalated(
        at=now,
        actor_id=CLOCK,
        target=case.escalation.target,
        rung=rung,
        tell=people_on_rung(policy.ladder[rung].tell, policy.queue(case.queue_id)),
        is_repeat=not climbs,
        due_at=_due_at(case, policy),
    )
    told = replace(case.escalation, rung=rung, told_at=now)
    reminded_at = now if case.resolver_id else case.nudged_at  # an alert reminds the resolver as a nudge does
    return Outcome(replace(case, escalation=told, nudged_at=reminded_at), (event,))


def _weightier(one: Target, other: Target) -> Target:
    return max(one, other, key=list(Target).index)


def _due_at(case: Case, policy: Policy) -> datetime | None:
    """When the missed target was due, however much later that was noticed."""
    running = clock_ends(case, policy.queue(case.queue_id).calendar)
    return next((end.at for end in running if case.escalation and end.target is case.escalation.target), None)


def _repeat_minutes(escalation: Escalation, policy: Policy) -> int | None:
    if not 0 <= escalation.rung < len(policy.ladder):
        return None
    return policy.ladder[escalation.rung].repeat_minutes
