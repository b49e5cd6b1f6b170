"""Correcting how a dispute was filed: another reason, and so perhaps another queue, or another priority."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core import sla
from core.case import Case, IllegalMove, Status, demand_open
from core.claiming import back_to_queue
from core.errors import FieldRefused
from core.escalating import update_escalation
from core.events import PriorityChanged, ReasonChanged
from core.outcome import Outcome
from core.policy import Policy
from core.routing import HIGHEST_PRIORITY, LOWEST_PRIORITY, targets_for

_CHANGEABLE = (Status.OPEN, Status.UNDER_REVIEW, Status.WAITING_ON_CUSTOMER)


def change_priority(
    case: Case, *, priority: int, why: str, policy: Policy, actor_id: str, now: datetime
) -> Outcome:
    """Change the priority, and with it the SLA targets. Start and pauses of the clock stay.

    Raises:
        FieldRefused: no such priority.
        CaseClosed, IllegalMove: a decided or closed case keeps its own.
    """
    _demand_changeable(case)
    if not HIGHEST_PRIORITY <= priority <= LOWEST_PRIORITY:
        raise FieldRefused("priority", "A priority is between 1 (urgent) and 4 (low).")
    if priority == case.priority:
        return Outcome(case)
    changed = _with_new_targets(replace(case, priority=priority, moved_at=now), policy, now)
    event = PriorityChanged(at=now, actor_id=actor_id, former=case.priority, priority=priority, why=why)
    return Outcome(changed, (event,))


def change_reason(
    case: Case, *, reason_id: str, why: str, policy: Policy, actor_id: str, now: datetime
) -> Outcome:
    """File the case under another reason. If that belongs to another queue, the case waits there, unclaimed.

    Raises:
        UnknownName: the policy has no such reason.
        CaseClosed, IllegalMove: a decided or closed case keeps its own.
    """
    _demand_changeable(case)
    reason = policy.reason(reason_id)
    if reason_id == case.reason_id:
        return Outcome(case)
    changed = replace(case, reason_id=reason_id, queue_id=reason.queue_id, moved_at=now)
    moves = reason.queue_id != case.queue_id
    if moves:
        changed = _without_alarms(back_to_queue(changed, now))
    event = ReasonChanged(
        at=now,
        actor_id=actor_id,
        former_reason_id=case.reason_id,
        reason_id=reason_id,
        former_queue_id=case.queue_id,
        queue_id=reason.queue_id,
        former_resolver_id=case.resolver_id if moves else None,
        why=why,
    )
    return Outcome(_with_new_targets(changed, policy, now), (event,))


def _without_alarms(case: Case) -> Case:
    """Without warnings, breaches and escalation: the new queue knows of none, so its managers are alerted."""
    clock = replace(case.clock, warned=frozenset(), breached=frozenset())
    return replace(case, clock=clock, escalation=None)


def _with_new_targets(case: Case, policy: Policy, now: datetime) -> Case:
    targets = targets_for(case.priority, case.customer.tier_id, case.reason_id, policy)
    calendar = policy.queue(case.queue_id).calendar
    return update_escalation(
        sla.rearm(replace(case, clock=replace(case.clock, targets=targets)), calendar, now)
    )


def _demand_changeable(case: Case) -> None:
    demand_open(case)
    if case.status not in _CHANGEABLE:
        raise IllegalMove(case, "changed")
