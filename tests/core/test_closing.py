"""Closing, once, and reopening with the history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.case import Case, IllegalMove, Pause, Resolution, Status, Target
from core.closing import close_decided, mark_duplicate, reopen, withdraw
from core.deadlines import apply_deadlines, next_deadline
from core.errors import FieldRefused
from core.events import CaseEnded, CaseReopened, QueueTold
from core.sla import nearest_end
from tests.builders import MONDAY_9AM, MONDAY_NOON, OFFICE_HOURS, a_case, a_clock, a_customer, euros
from tests.core.lifecycle import BEN, POLICY, a_case_that_is, bens_case, decide_by_ben
from tests.core.working_time import used_working_time

DAY = timedelta(days=1)


def closed_as_duplicate(case: Case, of: Case) -> Case:
    return mark_duplicate(case, of=of, why="", actor_id=BEN, now=MONDAY_NOON).case


@pytest.mark.parametrize(
    ("verdict", "part"),
    [(Resolution.ACCEPTED, None), (Resolution.PART_ACCEPTED, euros(30)), (Resolution.REJECTED, None)],
)
def test_a_settled_case_closes_with_what_was_decided(verdict: Resolution, part: None) -> None:
    decided = decide_by_ben(bens_case(), verdict=verdict, part=part).case
    outcome = close_decided(decided, actor_id=BEN, now=MONDAY_NOON)
    assert outcome.case.resolution is verdict
    assert outcome.case.closed_at == MONDAY_NOON
    assert outcome.events == (CaseEnded(at=MONDAY_NOON, actor_id=BEN, resolution=verdict),)


def test_a_withdrawn_case_is_closed_with_its_reason_told() -> None:
    outcome = withdraw(bens_case(), why="They paid.", actor_id=BEN, now=MONDAY_NOON)
    assert outcome.case.resolution is Resolution.WITHDRAWN
    assert outcome.case.clock.resolved_at == MONDAY_NOON
    (event,) = outcome.events
    assert isinstance(event, CaseEnded)
    assert event.why == "They paid."


def test_nothing_runs_on_a_closed_case() -> None:
    case = bens_case(snoozed_until=MONDAY_NOON + DAY, external_due_at=MONDAY_9AM)
    late = apply_deadlines(case, POLICY, MONDAY_NOON).case
    assert late.escalation is not None
    closed = withdraw(late, why="", actor_id=BEN, now=MONDAY_NOON).case
    assert next_deadline(closed, POLICY) is None
    assert nearest_end(closed, OFFICE_HOURS) is None
    assert (closed.snoozed_until, closed.escalation) == (None, None)


def test_a_case_closed_while_it_gathered_waits_for_nothing_more() -> None:
    closed = withdraw(a_case_that_is(Status.GATHERING), why="", actor_id=BEN, now=MONDAY_NOON).case
    assert closed.grace_until is None


def test_a_decision_on_its_way_can_not_be_withdrawn() -> None:
    with pytest.raises(IllegalMove, match="is settling: it can't be withdrawn now"):
        withdraw(a_case_that_is(Status.SETTLING), why="", actor_id=BEN, now=MONDAY_NOON)


def test_a_duplicate_names_the_case_that_lives_on() -> None:
    outcome = mark_duplicate(a_case(), of=a_case(id="D-1002"), why="", actor_id=BEN, now=MONDAY_NOON)
    assert (outcome.case.resolution, outcome.case.duplicate_of) == (Resolution.DUPLICATE, "D-1002")
    assert outcome.events == (
        CaseEnded(at=MONDAY_NOON, actor_id=BEN, resolution=Resolution.DUPLICATE, duplicate_of="D-1002"),
    )


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (a_case(), "its own duplicate"),
        (a_case(id="D-1002", customer=a_customer(ref="cus_other")), "D-1002 is another customer's"),
        (a_case(id="D-1002", duplicate_of="D-1003"), "D-1002 is itself a duplicate of D-1003"),
    ],
)
def test_a_duplicate_is_of_another_case_of_the_same_customer_that_is_none_itself(of: Case, why: str) -> None:
    with pytest.raises(FieldRefused, match=why) as refused:
        closed_as_duplicate(a_case(), of)
    assert refused.value.field == "duplicate_of"


def test_duplicates_never_run_in_a_circle() -> None:
    first, second, third = (a_case(id=f"D-100{number}") for number in (1, 2, 3))
    first = closed_as_duplicate(first, second)
    second = closed_as_duplicate(second, third)
    for start in (first, second):
        with pytest.raises(FieldRefused, match="itself a duplicate"):
            closed_as_duplicate(third, start)


def test_a_reopened_case_is_its_last_resolvers_and_its_decision_is_gone() -> None:
    closed = a_case_that_is(Status.CLOSED)
    outcome = reopen(closed, why="New facts.", actor_id="slack:U0DANA", now=MONDAY_NOON)
    case = outcome.case
    assert (case.status, case.resolver_id, case.times_reopened) == (Status.UNDER_REVIEW, BEN, 1)
    assert (case.decision, case.resolution, case.closed_at) == (None, None, None)
    assert outcome.events == (CaseReopened(at=MONDAY_NOON, actor_id="slack:U0DANA", why="New facts."),)


def test_a_reopened_case_that_nobody_had_waits_in_its_queue_from_now() -> None:
    closed = withdraw(a_case(), why="", actor_id=BEN, now=MONDAY_NOON).case
    case = reopen(closed, why="", actor_id=BEN, now=MONDAY_NOON + DAY).case
    assert (case.status, case.clock.unclaimed_since) == (Status.OPEN, MONDAY_NOON + DAY)


def test_a_reopened_duplicate_is_none_any_more() -> None:
    closed = closed_as_duplicate(a_case(), a_case(id="D-1002"))
    assert reopen(closed, why="", actor_id=BEN, now=MONDAY_NOON).case.duplicate_of is None


def test_the_time_in_which_a_case_was_closed_does_not_count() -> None:
    closed = close_decided(
        decide_by_ben(bens_case(), now=MONDAY_NOON).case, actor_id=BEN, now=MONDAY_NOON + DAY
    ).case
    case = reopen(closed, why="", actor_id=BEN, now=MONDAY_NOON + 7 * DAY).case
    assert case.clock.pauses == (Pause(MONDAY_NOON, MONDAY_NOON + 7 * DAY),)
    assert used_working_time(case, OFFICE_HOURS, MONDAY_NOON + 7 * DAY) == timedelta(hours=3)


def test_a_case_closed_twice_keeps_both_rests() -> None:
    once = reopen(a_case_that_is(Status.CLOSED), why="", actor_id=BEN, now=MONDAY_NOON).case
    closed = withdraw(once, why="", actor_id=BEN, now=MONDAY_NOON + DAY).case
    twice = reopen(closed, why="", actor_id=BEN, now=MONDAY_NOON + 2 * DAY).case
    assert twice.times_reopened == 2
    assert twice.clock.pauses == (
        Pause(MONDAY_9AM, MONDAY_NOON),
        Pause(MONDAY_NOON + DAY, MONDAY_NOON + 2 * DAY),
    )


def test_a_reopened_case_warns_again() -> None:
    clock = a_clock(warned=frozenset({Target.RESOLUTION}), breached=frozenset({Target.RESOLUTION}))
    closed = withdraw(bens_case(clock=clock), why="", actor_id=BEN, now=MONDAY_NOON).case
    reopened = reopen(closed, why="", actor_id=BEN, now=MONDAY_NOON).case
    assert reopened.clock.warned == reopened.clock.breached == frozenset()


def test_a_case_closed_while_it_gathered_is_shown_to_its_queue_when_it_comes_back() -> None:
    gathering = a_case_that_is(Status.GATHERING)
    closed = withdraw(gathering, why="", actor_id=BEN, now=MONDAY_NOON).case
    outcome = reopen(closed, why="", actor_id=BEN, now=MONDAY_NOON + DAY)
    assert [type(event) for event in outcome.events] == [CaseReopened, QueueTold]
    assert outcome.case.status is Status.OPEN
    assert used_working_time(outcome.case, OFFICE_HOURS, MONDAY_NOON + DAY) == timedelta()
