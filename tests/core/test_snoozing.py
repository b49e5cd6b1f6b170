"""Snoozing and waiting for the customer, and which clock pauses."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.case import Pause, Status
from core.customer_events import CustomerAwaited, CustomerHeard
from core.deadlines import apply_deadlines
from core.errors import FieldRefused
from core.events import CaseSnoozed, SnoozeEnded
from core.outcome import Outcome
from core.sla import nearest_end
from core.snoozing import LONGEST_SNOOZE, await_customer, resume_after_answer, snooze, wake
from tests.builders import MONDAY_9AM, MONDAY_NOON, OFFICE_HOURS, a_clock
from tests.core.lifecycle import BEN, POLICY, a_case_that_is, bens_case

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize("until", [MONDAY_NOON + INSTANT, MONDAY_NOON + LONGEST_SNOOZE])
def test_a_case_may_sleep_up_to_thirty_days(until: datetime) -> None:
    outcome = snooze(bens_case(), until=until, why="Away.", actor_id=BEN, now=MONDAY_NOON)
    assert outcome.case.snoozed_until == until
    assert outcome.events == (CaseSnoozed(at=MONDAY_NOON, actor_id=BEN, until=until, why="Away."),)


@pytest.mark.parametrize("until", [MONDAY_NOON - DAY, MONDAY_NOON, MONDAY_NOON + LONGEST_SNOOZE + INSTANT])
def test_a_snooze_into_the_past_or_for_longer_is_refused_at_its_field(until: datetime) -> None:
    with pytest.raises(FieldRefused, match="between now and 30 days from now") as refused:
        snooze(bens_case(), until=until, why="", actor_id=BEN, now=MONDAY_NOON)
    assert refused.value.field == "until"


def test_a_snoozed_case_keeps_its_clock() -> None:
    asleep = snooze(bens_case(), until=MONDAY_NOON + DAY, why="", actor_id=BEN, now=MONDAY_9AM).case
    assert nearest_end(asleep, OFFICE_HOURS) == nearest_end(bens_case(), OFFICE_HOURS)


def test_a_case_wakes_at_its_time_or_before_when_told() -> None:
    asleep = bens_case(snoozed_until=MONDAY_9AM + timedelta(minutes=30))
    assert apply_deadlines(asleep, POLICY, MONDAY_9AM + timedelta(minutes=30) - INSTANT) == Outcome(asleep)
    woken = apply_deadlines(asleep, POLICY, MONDAY_9AM + timedelta(minutes=30))
    assert woken.events == (SnoozeEnded(at=MONDAY_9AM + timedelta(minutes=30), actor_id="clock"),)
    early = wake(asleep, actor_id=BEN, now=MONDAY_9AM)
    assert early.case.snoozed_until is woken.case.snoozed_until is None
    assert early.events == (SnoozeEnded(at=MONDAY_9AM, actor_id=BEN),)


def test_waking_a_case_that_is_awake_changes_nothing() -> None:
    case = bens_case()
    assert wake(case, actor_id=BEN, now=MONDAY_NOON) == Outcome(case)


def test_asking_the_customer_stops_the_clock_and_counts_as_a_first_answer() -> None:
    outcome = await_customer(bens_case(), what="The contract", actor_id=BEN, now=MONDAY_NOON)
    assert outcome.case.clock.pauses == (Pause(MONDAY_NOON),)
    assert outcome.case.clock.answered_at == MONDAY_NOON
    assert outcome.events == (CustomerAwaited(at=MONDAY_NOON, actor_id=BEN, what="The contract"),)


def test_a_second_question_does_not_rewrite_the_first_answer() -> None:
    case = bens_case(clock=a_clock(answered_at=MONDAY_9AM))
    waiting = await_customer(case, what="x", actor_id=BEN, now=MONDAY_NOON).case
    assert waiting.clock.answered_at == MONDAY_9AM


def test_the_customers_answer_starts_the_clock_where_it_stood() -> None:
    waiting = a_case_that_is(Status.WAITING_ON_CUSTOMER)
    outcome = resume_after_answer(waiting, actor_id="customer", now=MONDAY_NOON)
    assert outcome.case.status is Status.UNDER_REVIEW
    assert outcome.case.clock.pauses == (Pause(MONDAY_9AM, MONDAY_NOON),)
    assert outcome.case.moved_at == MONDAY_NOON
    assert outcome.events == (CustomerHeard(at=MONDAY_NOON, actor_id="customer", waited_since=MONDAY_9AM),)
    due = nearest_end(outcome.case, OFFICE_HOURS)
    assert due is not None
    assert OFFICE_HOURS.working_between(MONDAY_NOON, due.at) == timedelta(minutes=960)


def test_a_case_that_waits_twice_keeps_both_pauses() -> None:
    once = resume_after_answer(
        a_case_that_is(Status.WAITING_ON_CUSTOMER), actor_id="customer", now=MONDAY_NOON
    ).case
    twice = await_customer(once, what="x", actor_id=BEN, now=MONDAY_NOON + DAY).case
    assert twice.clock.pauses == (Pause(MONDAY_9AM, MONDAY_NOON), Pause(MONDAY_NOON + DAY))
