"""Responsibility for a case: claim, release, reassign."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.case import Case, IllegalMove, Status, Target, demand_move, demand_open
from core.errors import Stale
from core.escalating import update_escalation
from core.events import CaseClaimed, CaseReassigned, CaseReleased
from core.outcome import Outcome
from core.sla import resume


class AlreadyClaimed(Stale):
    """Another resolver has the case. Handlers show `resolver_id` by name."""

    def __init__(self, case_id: str, resolver_id: str) -> None:
        super().__init__(f"{case_id} is already claimed by {resolver_id}.")
        self.case_id = case_id
        self.resolver_id = resolver_id


def claim(case: Case, *, resolver_id: str, now: datetime) -> Outcome:
    """Make `resolver_id` responsible for the case.

    Claiming your own case again changes nothing, so a double click is harmless.

    Raises:
        AlreadyClaimed: someone else has it.
        CaseClosed, IllegalMove: the case is closed, or still gathers evidence.
    """
    demand_open(case)
    if case.resolver_id == resolver_id:
        return Outcome(case)
    if case.resolver_id is not None:
        raise AlreadyClaimed(case.id, case.resolver_id)
    demand_move(case, Status.UNDER_REVIEW, "claimed")
    event = CaseClaimed(at=now, actor_id=resolver_id, is_first=case.claimed_at is None)
    return Outcome(_under_review(case, resolver_id, now), (event,))


def release(case: Case, *, actor_id: str, now: datetime) -> Outcome:
    """Give the case back to its queue; the time to claim starts again, the other clocks run on.

    Raises:
        CaseClosed, IllegalMove: it has no resolver, or its decision is being carried out.
    """
    demand_open(case)
    if case.resolver_id is None:
        raise IllegalMove(case, "released")
    demand_move(case, Status.OPEN, "released")
    return Outcome(
        back_to_queue(case, now),
        (CaseReleased(at=now, actor_id=actor_id, former_resolver_id=case.resolver_id),),
    )


def reassign(case: Case, *, resolver_id: str, actor_id: str, why: str, now: datetime) -> Outcome:
    """Give the case to another resolver, whether it is unclaimed or has a resolver.

    The former resolver's snooze ends.

    Raises:
        CaseClosed, IllegalMove: its status doesn't allow another resolver.
    """
    demand_open(case)
    if case.resolver_id == resolver_id:
        return Outcome(case)
    if case.status is Status.OPEN:
        demand_move(case, Status.UNDER_REVIEW, "reassigned")
        reassigned = _under_review(case, resolver_id, now)
    elif case.status in (Status.UNDER_REVIEW, Status.WAITING_ON_CUSTOMER):
        reassigned = replace(case, resolver_id=resolver_id, snoozed_until=None, moved_at=now)
    else:
        raise IllegalMove(case, "reassigned")
    event = CaseReassigned(
        at=now, actor_id=actor_id, resolver_id=resolver_id, former_resolver_id=case.resolver_id, why=why
    )
    return Outcome(reassigned, (event,))


def back_to_queue(case: Case, now: datetime) -> Case:
    """The case without a resolver: open, its claim clock restarted, any pause ended."""
    clock = replace(
        resume(case.clock, now),
        unclaimed_since=now,
        warned=case.clock.warned - {Target.CLAIM},
        breached=case.clock.breached - {Target.CLAIM},
    )
    return replace(
        case,
        status=Status.OPEN,
        resolver_id=None,
        asked=None,
        snoozed_until=None,
        moved_at=now,
        clock=clock,
    )


def _under_review(case: Case, resolver_id: str, now: datetime) -> Case:
    claimed = replace(
        case,
        resolver_id=resolver_id,
        status=Status.UNDER_REVIEW,
        moved_at=now,
        claimed_at=case.claimed_at or now,
    )
    return update_escalation(claimed)
