"""Closing and reopening of a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.case import Case, IllegalMove, Pause, Resolution, Status, demand_move
from core.errors import FieldRefused, Refused
from core.events import CaseEnded, CaseReopened, QueueTold
from core.outcome import Outcome
from core.policy import NameRemoved, Policy
from core.sla import resume, start_clock


def close_decided(case: Case, *, actor_id: str, now: datetime) -> Outcome:
    """Close a case whose decision is carried out.

    Raises:
        CaseClosed, IllegalMove: it is closed already, or has no decision.
    """
    demand_move(case, Status.CLOSED, "finished")
    if case.status is not Status.SETTLING or case.decision is None:
        raise IllegalMove(case, "finished")
    return _close(case, case.decision.verdict, actor_id=actor_id, now=now)


def withdraw(case: Case, *, why: str, actor_id: str, now: datetime) -> Outcome:
    """The customer takes the objection back.

    Raises:
        CaseClosed, IllegalMove: it is closed already, or its decision is being carried out.
    """
    _demand_undecided(case, "withdrawn")
    return _close(case, Resolution.WITHDRAWN, actor_id=actor_id, now=now, why=why)


def mark_duplicate(case: Case, *, of: Case, why: str, actor_id: str, now: datetime) -> Outcome:
    """Close the case in favour of another one about the same customer's dispute.

    Raises:
        FieldRefused: the other case is this one, another customer's, or a duplicate itself.
        CaseClosed, IllegalMove: it is closed already, or its decision is being carried out.
    """
    _demand_undecided(case, "closed as a duplicate")
    if of.id == case.id:
        raise FieldRefused("duplicate_of", "A case can't be its own duplicate.")
    if of.customer.ref != case.customer.ref:
        raise FieldRefused("duplicate_of", f"{of.id} is another customer's.")
    if of.duplicate_of is not None:
        raise FieldRefused("duplicate_of", f"{of.id} is itself a duplicate of {of.duplicate_of}.")
    return _close(case, Resolution.DUPLICATE, actor_id=actor_id, now=now, why=why, duplicate_of=of.id)


def demand_reopenable(case: Case, policy: Policy) -> None:
    """Raises IllegalMove if it isn't closed, NameRemoved if its queue, reason or tier left the policy."""
    if not case.is_closed:
        raise IllegalMove(case, "reopened")
    needed = (
        ("queue", case.queue_id, policy.queues),
        ("reason", case.reason_id, policy.reasons),
        ("tier", case.customer.tier_id, policy.tiers),
    )
    for what, name, known in needed:
        if name not in known:
            raise NameRemoved(what, name)


def is_reopenable(case: Case, policy: Policy) -> bool:
    """`demand_reopenable` as an answer, for customers, who must not read the policy's names."""
    try:
        demand_reopenable(case, policy)
    except Refused:
        return False
    return True


def reopen(case: Case, *, why: str, actor_id: str, now: datetime) -> Outcome:
    """Reopen a closed case; for its last resolver, or unclaimed in its queue when it had none.

    The SLA clock goes on where it stopped: the time while the case was closed counts as a pause.

    Raises:
        IllegalMove: the case isn't closed.
    """
    if not case.is_closed:
        raise IllegalMove(case, "reopened")
    clock = case.clock
    closed_time = (Pause(clock.resolved_at, max(now, clock.resolved_at)),) if clock.resolved_at else ()
    clock = replace(
        clock,
        resolved_at=None,
        unclaimed_since=now,
        pauses=(*clock.pauses, *closed_time),
        warned=frozenset(),
        breached=frozenset(),
    )
    reopened = replace(
        case,
        status=Status.UNDER_REVIEW if case.resolver_id else Status.OPEN,
        clock=clock,
        closed_at=None,
        resolution=None,
        decision=None,
        duplicate_of=None,
        moved_at=now,
        times_reopened=case.times_reopened + 1,
        said_early=(),
    )
    event = CaseReopened(at=now, actor_id=actor_id, why=why)
    if _never_reached_queue(case):
        return Outcome(reopened, (event, QueueTold(at=now, actor_id=actor_id, said=case.said_early)))
    return Outcome(reopened, (event,))


def _demand_undecided(case: Case, what: str) -> None:
    demand_move(case, Status.CLOSED, what)
    if case.status is Status.SETTLING:
        raise IllegalMove(case, what)


def _never_reached_queue(case: Case) -> bool:
    """Whether the case was closed while it gathered evidence: `_close` then starts its clock at its end."""
    return case.resolver_id is None and case.clock.started_at == case.closed_at


def _close(
    case: Case,
    resolution: Resolution,
    *,
    actor_id: str,
    now: datetime,
    why: str = "",
    duplicate_of: str | None = None,
) -> Outcome:
    clock = start_clock(case.clock, now) if case.status is Status.GATHERING else resume(case.clock, now)
    ended = replace(
        case,
        status=Status.CLOSED,
        resolution=resolution,
        duplicate_of=duplicate_of,
        closed_at=now,
        clock=replace(clock, resolved_at=clock.resolved_at or now),
        asked=None,
        snoozed_until=None,
        escalation=None,
        grace_until=None,
        moved_at=now,
    )
    event = CaseEnded(at=now, actor_id=actor_id, resolution=resolution, duplicate_of=duplicate_of, why=why)
    return Outcome(ended, (event,))
