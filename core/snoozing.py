"""Snoozing a case, and waiting for its customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from core.case import Case, IllegalMove, Status, demand_move, demand_open
from core.customer_events import CustomerAwaited, CustomerHeard
from core.errors import FieldRefused
from core.escalating import update_escalation
from core.events import CaseSnoozed, SnoozeEnded
from core.outcome import Outcome
from core.sla import pause, resume

LONGEST_SNOOZE = timedelta(days=30)


def snooze(case: Case, *, until: datetime, why: str, actor_id: str, now: datetime) -> Outcome:
    """No nudges until then. The SLA clock runs on, and its warnings and breaches are still reported.

    Raises:
        FieldRefused: the moment has passed or is more than 30 days away.
        CaseClosed, IllegalMove: only a case with a resolver can be snoozed.
    """
    demand_open(case)
    if case.resolver_id is None:
        raise IllegalMove(case, "snoozed")
    if not now < until <= now + LONGEST_SNOOZE:
        raise FieldRefused("until", "Choose a time between now and 30 days from now.")
    event = CaseSnoozed(at=now, actor_id=actor_id, until=until, why=why)
    return Outcome(replace(case, snoozed_until=until, moved_at=now), (event,))


def wake(case: Case, *, actor_id: str, now: datetime) -> Outcome:
    """End the snooze early; a case that isn't snoozed stays as it is."""
    demand_open(case)
    if case.snoozed_until is None:
        return Outcome(case)
    return Outcome(replace(case, snoozed_until=None, moved_at=now), (SnoozeEnded(at=now, actor_id=actor_id),))


def await_customer(case: Case, *, what: str, actor_id: str, now: datetime) -> Outcome:
    """Wait for `what` from the customer: the SLA clock pauses. Asking is a first answer.

    Raises:
        CaseClosed, IllegalMove: the case isn't under review.
    """
    demand_open(case)
    if case.status is Status.WAITING_ON_CUSTOMER:
        return Outcome(case)
    demand_move(case, Status.WAITING_ON_CUSTOMER, "left waiting for the customer")
    clock = replace(pause(case.clock, now), answered_at=case.clock.answered_at or now)
    waiting = replace(case, status=Status.WAITING_ON_CUSTOMER, clock=clock, moved_at=now)
    return Outcome(update_escalation(waiting), (CustomerAwaited(at=now, actor_id=actor_id, what=what),))


def resume_after_answer(case: Case, *, actor_id: str, now: datetime) -> Outcome:
    """The customer answered: the case is under review again and its clock runs on.

    Raises:
        CaseClosed, IllegalMove: the case isn't waiting on the customer.
    """
    demand_open(case)
    if case.status is not Status.WAITING_ON_CUSTOMER:
        raise IllegalMove(case, "taken up again")
    event = CustomerHeard(at=now, actor_id=actor_id, waited_since=case.clock.pauses[-1].since)
    return Outcome(stop_waiting(case, now), (event,))


def stop_waiting(case: Case, now: datetime) -> Case:
    """The case under review again, with its clock running."""
    clock = resume(case.clock, now)
    return replace(case, status=Status.UNDER_REVIEW, clock=clock, asked=None, moved_at=now)
