"""Deadlines of a case: when the next one is due, and applying all that are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core import escalating, sla
from core.case import Case, Status
from core.effects import Effect, addresses_of
from core.events import ResolverNudged, SlaBreached, SnoozeEnded
from core.evidence import missing_labels
from core.intake import end_gathering
from core.outcome import Outcome
from core.person import CLOCK
from core.policy import Policy
from core.reminding import remind, reminder_time
from core.sla import RunningClock


def next_deadline(
    case: Case, policy: Policy, running: Sequence[RunningClock] | None = None
) -> datetime | None:
    """When `apply_deadlines` next has something to do for the case; None: never.

    `running` are the case's `running_clocks`, for callers that have computed them already.
    """
    if running is None:
        running = tuple(sla.running_clocks(case, policy.queue(case.queue_id).calendar))
    return min(_deadlines(case, policy, running), default=None)


def apply_deadlines(case: Case, policy: Policy, now: datetime) -> Outcome:
    """Apply every deadline that is due by `now`. Applying them again changes nothing."""
    outcome = _end_grace(case, policy, now)
    outcome = outcome.then(remind(outcome.case, policy, now))
    outcome = outcome.then(_end_snooze(outcome.case, now))
    outcome = outcome.then(_raise_alarms(outcome.case, policy, now))
    return outcome.then(_nudge(outcome.case, policy, now))


def _deadlines(case: Case, policy: Policy, running: Sequence[RunningClock]) -> Iterator[datetime]:
    if case.is_closed:
        return
    if case.status is Status.GATHERING and case.grace_until is not None:
        yield case.grace_until
    remind_at = reminder_time(case, policy)
    if remind_at is not None:
        yield remind_at
    if case.snoozed_until is not None:
        yield case.snoozed_until
    yield from sla.alarm_times(case, running)
    yield from escalating.escalation_times(case, policy)
    nudge_at = _nudge_time(case, policy)
    if nudge_at is not None:
        yield nudge_at


def _end_grace(case: Case, policy: Policy, now: datetime) -> Outcome:
    if case.status is not Status.GATHERING or case.grace_until is None or case.grace_until > now:
        return Outcome(case)
    missing = missing_labels(policy.reason(case.reason_id), case.evidence)
    return end_gathering(case, actor_id=CLOCK, now=now, missing=missing)


def _end_snooze(case: Case, now: datetime) -> Outcome:
    if case.is_closed or case.snoozed_until is None or case.snoozed_until > now:
        return Outcome(case)
    return Outcome(replace(case, snoozed_until=None, moved_at=now), (SnoozeEnded(at=now, actor_id=CLOCK),))


def _raise_alarms(case: Case, policy: Policy, now: datetime) -> Outcome:
    """Warnings, breaches and escalations. An escalation of the same moment reports the breach, too."""
    alarms = sla.raise_alarms(case, policy.queue(case.queue_id).calendar, now)
    breaches = tuple(event for event in alarms.events if isinstance(event, SlaBreached))
    escalation = escalating.escalate(escalating.start_escalation(alarms.case, breaches, now), policy, now)
    if not escalation.events:
        return alarms.then(escalation)
    events = tuple(
        replace(event, came_with_call=True) if isinstance(event, SlaBreached) else event
        for event in alarms.events
    )
    return Outcome(_with_alerted_addresses(escalation, policy), events + escalation.events)


def _with_alerted_addresses(escalation: Outcome, policy: Policy) -> Case:
    """The case with the addresses of its alerts, where they can be closed even if managers change."""
    case = escalation.case
    alerted = (
        address
        for event in escalation.events
        for address in addresses_of(Effect.ALERT_MANAGERS, event, case, policy)
    )
    return replace(case, called_at=tuple(dict.fromkeys((*case.called_at, *alerted))))


def _nudge_time(case: Case, policy: Policy) -> datetime | None:
    if case.status is not Status.UNDER_REVIEW or case.snoozed_until is not None:
        return None
    quiet_since = max(case.moved_at, case.nudged_at or case.moved_at)
    calendar = policy.queue(case.queue_id).calendar
    return calendar.add_working(quiet_since, timedelta(minutes=policy.nudge_minutes))


def _nudge(case: Case, policy: Policy, now: datetime) -> Outcome:
    nudge_at = _nudge_time(case, policy)
    if nudge_at is None or nudge_at > now:
        return Outcome(case)
    event = ResolverNudged(at=now, actor_id=CLOCK, quiet_since=case.moved_at)
    return Outcome(replace(case, nudged_at=now), (event,))
