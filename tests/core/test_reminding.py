"""Reminders to the customer: once for each thing, at the right time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.case import Case, Status
from core.customer_events import CustomerReminded
from core.deadlines import apply_deadlines, next_deadline
from core.effects import Effect, effects_of
from core.events import QueueTold
from core.outcome import Outcome
from core.policy import CustomerTerms
from core.reminding import remind, reminder_time
from core.snoozing import await_customer
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_customer, a_policy
from tests.core.lifecycle import (
    BEN,
    DELIVERY_NOTE,
    POLICY,
    a_case_that_is,
    a_chargeback_update,
    ask,
    bens_case,
    mail,
    run_deadlines,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INSTANT = timedelta(microseconds=1)
GATHERING = a_case_that_is(Status.GATHERING)
ASKED = ask(bens_case(), now=MONDAY_9AM).case


def reminders(case: Case, until: datetime = MONDAY_9AM + 60 * DAY) -> list[CustomerReminded]:
    return [event for _, event in run_deadlines(case, until) if isinstance(event, CustomerReminded)]


def test_halfway_through_the_grace_period_the_customer_is_reminded_of_what_is_missing() -> None:
    assert next_deadline(GATHERING, POLICY) == MONDAY_9AM + DAY
    assert apply_deadlines(GATHERING, POLICY, MONDAY_9AM + DAY - INSTANT) == Outcome(GATHERING)
    outcome = apply_deadlines(GATHERING, POLICY, MONDAY_9AM + DAY)
    assert outcome.events == (
        CustomerReminded(
            at=MONDAY_9AM + DAY,
            actor_id="clock",
            what=("A photo of the delivery note",),
            waiting_since=MONDAY_9AM,
            is_gathering=True,
        ),
    )
    assert effects_of(outcome.events[0]) == (Effect.TELL_CUSTOMER,), "the queue has no card yet"


@pytest.mark.parametrize("case", [GATHERING, ASKED], ids=["evidence", "answer"])
def test_where_no_mail_goes_out_nobody_is_said_to_have_been_reminded(case: Case) -> None:
    assert reminder_time(case, POLICY) is not None
    assert reminder_time(case, replace(POLICY, customers=CustomerTerms(is_mailed=False))) is None


def test_of_evidence_the_customer_is_reminded_once() -> None:
    assert len(reminders(GATHERING)) == 1


def test_who_handed_in_everything_is_reminded_of_nothing() -> None:
    complete = mail(GATHERING, files=(DELIVERY_NOTE,)).case
    assert reminders(complete) == []


def test_a_reminder_that_was_slept_through_is_not_sent_after_the_grace_period() -> None:
    late = apply_deadlines(GATHERING, POLICY, MONDAY_9AM + 2 * DAY)
    assert [type(event) for event in late.events] == [QueueTold]


@pytest.mark.parametrize(("share", "count"), [(0.01, 1), (0.99, 1), (1.0, 0)])
def test_the_policy_says_how_much_of_the_grace_period_goes_by_first(share: float, count: int) -> None:
    policy = a_policy(customers=CustomerTerms(grace_reminder_share=share))
    due_at = next_deadline(GATHERING, policy)
    assert due_at == MONDAY_9AM + timedelta(hours=48 * share)
    told = [event for _, event in run_deadlines(GATHERING, MONDAY_9AM + 9 * DAY, policy)]
    assert len([event for event in told if isinstance(event, CustomerReminded)]) == count


def test_a_question_that_nobody_answers_is_asked_again_once() -> None:
    assert reminders(ASKED) == [
        CustomerReminded(
            at=MONDAY_9AM + 2 * DAY, actor_id="clock", what=("a photo",), waiting_since=MONDAY_9AM
        )
    ]


def test_the_policy_says_how_long_we_wait_for_an_answer_first() -> None:
    policy = a_policy(customers=CustomerTerms(remind_after_hours=5))
    assert reminder_time(ASKED, policy) == MONDAY_9AM + 5 * HOUR
    assert remind(ASKED, policy, MONDAY_9AM + 5 * HOUR - INSTANT) == Outcome(ASKED)
    assert remind(ASKED, policy, MONDAY_9AM + 5 * HOUR).events


def test_another_question_has_a_reminder_of_its_own() -> None:
    reminded = apply_deadlines(ASKED, POLICY, MONDAY_9AM + 2 * DAY).case
    assert reminder_time(reminded, POLICY) is None
    again = ask(reminded, what="the invoice", now=MONDAY_9AM + 3 * DAY).case
    (event,) = reminders(again)
    assert (event.at, event.what) == (MONDAY_9AM + 5 * DAY, ("the invoice",))


def test_a_second_question_before_the_reminder_puts_it_off() -> None:
    again = ask(ASKED, what="the invoice", now=MONDAY_9AM + DAY).case
    assert [event.at for event in reminders(again)] == [MONDAY_9AM + 3 * DAY]


def test_who_answered_is_not_reminded() -> None:
    assert reminders(mail(ASKED, now=MONDAY_NOON).case) == []


def test_who_was_asked_by_telephone_gets_no_mail_of_a_resolvers_own_words() -> None:
    phoned = await_customer(bens_case(), what="their lawyer", actor_id=BEN, now=MONDAY_9AM).case
    assert reminders(phoned) == []


def test_a_reminder_is_no_movement_and_leaves_the_clock_alone() -> None:
    reminded = apply_deadlines(ASKED, POLICY, MONDAY_9AM + 2 * DAY).case
    assert reminded.asked is not None
    assert replace(reminded, asked=replace(reminded.asked, reminded_at=None)) == ASKED


@pytest.mark.parametrize("case", [GATHERING, ASKED])
def test_nobody_is_reminded_who_would_not_get_the_mail(case: Case) -> None:
    assert reminders(replace(case, customer=a_customer(email=None))) == []
    assert reminders(replace(case, chargeback=a_chargeback_update().chargeback)) == []
