"""Another reason or priority, without losing the clock's past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.case import Case, Pause, Status, Target
from core.deadlines import apply_deadlines
from core.errors import FieldRefused
from core.events import PriorityChanged, ReasonChanged
from core.outcome import Outcome
from core.policy import Policy, UnknownName
from core.reclassifying import change_priority, change_reason
from core.sla import nearest_end, running_clocks
from core.snoozing import resume_after_answer
from tests.builders import MONDAY_9AM, MONDAY_NOON, OFFICE_HOURS, a_case, a_clock, a_policy, a_queue
from tests.core.lifecycle import BEN, POLICY, a_case_that_is, bens_case
from tests.core.strategies import NEW_YORK_DOCK

HOUR = timedelta(hours=1)


def urgent(case: Case, *, priority: int = 1, now: datetime = MONDAY_NOON) -> Outcome:
    return change_priority(case, priority=priority, why="VIP", policy=POLICY, actor_id=BEN, now=now)


def refiled(case: Case, reason_id: str, policy: Policy = POLICY) -> Outcome:
    return change_reason(
        case, reason_id=reason_id, why="misread", policy=policy, actor_id=BEN, now=MONDAY_NOON
    )


def test_a_new_priority_brings_its_terms_from_the_same_start() -> None:
    outcome = urgent(a_case(), now=MONDAY_9AM)
    assert outcome.case.clock.targets == POLICY.tier("gold").sla
    assert outcome.case.clock.started_at == MONDAY_9AM
    assert outcome.events == (PriorityChanged(at=MONDAY_9AM, actor_id=BEN, former=3, priority=1, why="VIP"),)
    assert urgent(outcome.case, priority=3).case.clock.targets == POLICY.tier("standard").sla


def test_a_new_priority_keeps_every_pause() -> None:
    pauses = (Pause(MONDAY_9AM, MONDAY_9AM + HOUR), Pause(MONDAY_9AM + 2 * HOUR, MONDAY_NOON))
    case = bens_case(clock=a_clock(pauses=pauses, answered_at=MONDAY_9AM))
    changed = urgent(case, priority=4).case
    assert changed.clock.pauses == pauses
    due = nearest_end(changed, OFFICE_HOURS)
    assert due is not None
    assert OFFICE_HOURS.working_between(MONDAY_9AM, due.at) == timedelta(minutes=2400) + 2 * HOUR


def test_the_priority_it_has_changes_nothing() -> None:
    case = bens_case()
    assert urgent(case, priority=3) == Outcome(case)


@pytest.mark.parametrize("priority", [-1, 0, 5])
def test_a_priority_is_between_one_and_four(priority: int) -> None:
    with pytest.raises(FieldRefused, match="between 1") as refused:
        urgent(bens_case(), priority=priority)
    assert refused.value.field == "priority"


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_every_priority_between_may_be_chosen(priority: int) -> None:
    assert urgent(a_case(priority=2 if priority == 3 else 3), priority=priority).case.priority == priority


def test_more_time_given_while_we_wait_for_the_customer_warns_and_ends_anew() -> None:
    told = frozenset({Target.RESOLUTION})
    clock = a_clock(
        pauses=(Pause(MONDAY_9AM + timedelta(days=2)),), answered_at=MONDAY_9AM, warned=told, breached=told
    )
    waiting = bens_case(status=Status.WAITING_ON_CUSTOMER, clock=clock)
    now = MONDAY_9AM + timedelta(days=3)
    eased = urgent(waiting, priority=4, now=now).case
    back = resume_after_answer(eased, actor_id="customer", now=now).case
    late = apply_deadlines(back, POLICY, now + timedelta(days=30)).case
    assert Target.RESOLUTION in late.clock.breached
    assert back.clock.breached == frozenset()


def test_less_time_may_be_over_at_once() -> None:
    case = bens_case(clock=a_clock(targets=POLICY.tier("basic").sla, answered_at=MONDAY_9AM), priority=4)
    now = MONDAY_9AM + timedelta(days=3)
    assert Target.RESOLUTION not in apply_deadlines(case, POLICY, now).case.clock.breached
    assert Target.RESOLUTION in apply_deadlines(urgent(case, now=now).case, POLICY, now).case.clock.breached


def test_another_reason_of_the_same_queue_leaves_the_case_with_its_resolver() -> None:
    outcome = refiled(bens_case(), "chargeback")
    assert (outcome.case.reason_id, outcome.case.resolver_id) == ("chargeback", BEN)
    assert outcome.case.status is Status.UNDER_REVIEW
    (event,) = outcome.events
    assert isinstance(event, ReasonChanged)
    assert event.former_resolver_id is None


def test_a_reason_of_another_queue_takes_the_case_there_to_be_claimed() -> None:
    outcome = refiled(bens_case(), "not_delivered")
    assert (outcome.case.queue_id, outcome.case.resolver_id) == ("logistics", None)
    assert outcome.case.status is Status.OPEN
    assert outcome.case.clock.unclaimed_since == MONDAY_NOON
    assert outcome.events == (
        ReasonChanged(
            at=MONDAY_NOON,
            actor_id=BEN,
            former_reason_id="wrong_amount",
            reason_id="not_delivered",
            former_queue_id="billing",
            queue_id="logistics",
            former_resolver_id=BEN,
            why="misread",
        ),
    )


def test_a_case_that_waits_for_the_customer_stops_waiting_when_it_changes_queues() -> None:
    moved = refiled(a_case_that_is(Status.WAITING_ON_CUSTOMER), "not_delivered").case
    assert moved.clock.pauses == (Pause(MONDAY_9AM, MONDAY_NOON),)


def test_in_another_queue_its_own_working_hours_count_for_the_pauses_too() -> None:
    policy = a_policy(
        queues={"billing": a_queue(), "logistics": a_queue("logistics", calendar=NEW_YORK_DOCK)}
    )
    clock = a_clock(answered_at=MONDAY_9AM, pauses=(Pause(MONDAY_9AM, MONDAY_NOON),))
    moved = refiled(bens_case(clock=clock, resolver_id=BEN), "not_delivered", policy).case
    due = next(due for due in running_clocks(moved, NEW_YORK_DOCK) if due.target is Target.RESOLUTION)
    # Since four on Monday morning in New York, six hours from midnight and two before the next; of the
    # first two hours, none counts. So sixteen hours end on Wednesday at six, which is eleven in UTC.
    assert due.at == datetime(2026, 3, 4, 11, tzinfo=UTC)


def test_a_raised_priority_is_kept_when_the_reason_changes() -> None:
    changed = refiled(urgent(a_case()).case, "not_delivered").case
    assert (changed.priority, changed.clock.targets) == (1, POLICY.tier("gold").sla)


def test_the_reason_it_has_changes_nothing_and_an_unknown_one_is_refused() -> None:
    case = bens_case()
    assert refiled(case, "wrong_amount") == Outcome(case)
    with pytest.raises(UnknownName, match="There is no reason “rudeness”"):
        refiled(case, "rudeness")
