"""The status that customers see, and when our reply to them is due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.case import Resolution, Status
from core.claiming import release
from core.closing import close_decided, mark_duplicate, reopen, withdraw
from core.customer_stage import Stage, reply_due_at, stage_of
from core.sla import pause_in_working_time
from tests.builders import FRIDAY_430PM, MONDAY_9AM, MONDAY_NOON, OFFICE_HOURS, a_case
from tests.core.lifecycle import BEN, POLICY, a_case_that_is, ask, bens_case, decide_by_ben, mail, tell

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        (Status.GATHERING, Stage.NEED_EVIDENCE),
        (Status.OPEN, Stage.RECEIVED),
        (Status.UNDER_REVIEW, Stage.UNDER_REVIEW),
        (Status.WAITING_ON_CUSTOMER, Stage.NEED_ANSWER),
        (Status.AWAITING_APPROVAL, Stage.UNDER_REVIEW),
        (Status.SETTLING, Stage.UNDER_REVIEW),
        (Status.CLOSED, Stage.DECIDED),
    ],
)
def test_every_status_is_a_stage_in_the_customers_words(status: Status, stage: Stage) -> None:
    assert stage_of(a_case_that_is(status)) is stage


@pytest.mark.parametrize("verdict", [Resolution.ACCEPTED, Resolution.REJECTED])
def test_every_decision_is_decided(verdict: Resolution) -> None:
    closed = close_decided(
        decide_by_ben(bens_case(), verdict=verdict).case, actor_id=BEN, now=MONDAY_NOON
    ).case
    assert stage_of(closed) is Stage.DECIDED


def test_what_ended_without_a_decision_says_how() -> None:
    withdrawn = withdraw(a_case(), why="", actor_id="customer", now=MONDAY_NOON).case
    duplicate = mark_duplicate(a_case(), of=a_case(id="D-1002"), why="", actor_id=BEN, now=MONDAY_NOON).case
    assert (stage_of(withdrawn), stage_of(duplicate)) == (Stage.WITHDRAWN, Stage.DUPLICATE)


def test_no_customer_sees_their_case_go_backwards() -> None:
    released = release(a_case_that_is(Status.UNDER_REVIEW), actor_id=BEN, now=MONDAY_NOON).case
    assert stage_of(released) is Stage.UNDER_REVIEW


def test_first_an_answer_is_promised_then_a_decision() -> None:
    assert reply_due_at(a_case(), POLICY) == MONDAY_9AM + 4 * HOUR
    assert reply_due_at(tell(a_case(), now=MONDAY_9AM).case, POLICY) == MONDAY_9AM + DAY + 8 * HOUR


def test_nothing_is_promised_while_the_next_step_is_the_customers() -> None:
    waiting = ask(bens_case(), now=MONDAY_9AM).case
    assert reply_due_at(waiting, POLICY) is None
    assert reply_due_at(a_case_that_is(Status.GATHERING), POLICY) is None
    answered = mail(waiting, now=MONDAY_NOON).case
    assert reply_due_at(answered, POLICY) == MONDAY_9AM + 2 * DAY + 3 * HOUR


@pytest.mark.parametrize("status", [Status.SETTLING, Status.CLOSED])
def test_nothing_is_promised_once_it_is_decided(status: Status) -> None:
    assert reply_due_at(a_case_that_is(status), POLICY) is None


def test_a_card_networks_date_is_no_promise_to_the_customer() -> None:
    assert reply_due_at(a_case(external_due_at=MONDAY_9AM), POLICY) == MONDAY_9AM + 4 * HOUR


def test_a_closed_case_whose_queue_has_gone_promises_nothing() -> None:
    closed = a_case_that_is(Status.CLOSED)
    assert reply_due_at(reopen(closed, why="", actor_id=BEN, now=MONDAY_NOON).case, POLICY) is not None
    assert reply_due_at(a_case(queue_id="dissolved"), POLICY) is None


def test_of_a_wait_over_the_weekend_only_working_hours_cost_us_time() -> None:
    monday_10am = FRIDAY_430PM + 2 * DAY + 17.5 * HOUR
    assert pause_in_working_time(OFFICE_HOURS, FRIDAY_430PM, monday_10am) == timedelta(hours=1.5)
    assert pause_in_working_time(OFFICE_HOURS, monday_10am, FRIDAY_430PM) == timedelta()
