"""A resolver's questions and replies: which clock pauses, and whom mail can reach."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.case import Asked, Case, CaseClosed, Escalation, IllegalMove, Pause, Status, Target
from core.claiming import reassign, release
from core.closing import withdraw
from core.customer_events import CustomerAwaited, CustomerTold
from core.customer_questions import Unreachable, ask_customer, demand_askable, demand_tellable, is_reachable
from core.errors import FieldRefused
from core.snoozing import await_customer, resume_after_answer
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_case, a_clock, a_customer
from tests.core.lifecycle import (
    ANA,
    BEN,
    a_case_that_is,
    a_chargeback_update,
    ask,
    bens_case,
    decide_by_ben,
    mail,
    tell,
)

LATER = MONDAY_NOON + timedelta(days=1)
NO_ADDRESS = bens_case(customer=a_customer(email=None))
CHARGED_BACK = bens_case(chargeback=a_chargeback_update().chargeback)


def test_asking_sends_the_message_stops_the_clock_and_counts_as_a_first_answer() -> None:
    outcome = ask_customer(
        bens_case(), what=" the contract ", text="Please send it.\n", actor_id=BEN, now=MONDAY_NOON
    )
    assert outcome.case.status is Status.WAITING_ON_CUSTOMER
    assert outcome.case.clock.pauses == (Pause(MONDAY_NOON),)
    assert outcome.case.clock.answered_at == outcome.case.moved_at == MONDAY_NOON
    assert outcome.case.asked == Asked(what="the contract", at=MONDAY_NOON)
    assert outcome.events == (
        CustomerAwaited(at=MONDAY_NOON, actor_id=BEN, what="the contract", text="Please send it."),
    )


def test_another_question_is_sent_too_and_the_clock_stands_still_since_the_first() -> None:
    outcome = ask(ask(bens_case()).case, what="the invoice", now=LATER)
    assert outcome.case.asked == Asked(what="the invoice", at=LATER)
    assert outcome.case.clock.pauses == (Pause(MONDAY_NOON),)
    assert outcome.case.clock.answered_at == MONDAY_NOON
    assert [type(event) for event in outcome.events] == [CustomerAwaited]


def test_who_was_asked_by_telephone_can_be_asked_in_writing_as_well() -> None:
    phoned = await_customer(bens_case(), what="a photo", actor_id=BEN, now=MONDAY_NOON).case
    assert phoned.asked is None, "what a resolver noted for himself is no question to the customer"
    outcome = ask(phoned, now=LATER)
    assert outcome.case.asked == Asked(what="a photo", at=LATER)
    assert outcome.case.clock.pauses == (Pause(MONDAY_NOON),)


@pytest.mark.parametrize("end", ["answer", "telephone", "release", "decide", "withdraw"])
def test_a_question_is_forgotten_when_the_waiting_ends(end: str) -> None:
    waiting = a_case_that_is(Status.WAITING_ON_CUSTOMER)
    ended = {
        "answer": lambda: mail(waiting),
        "telephone": lambda: resume_after_answer(waiting, actor_id=BEN, now=MONDAY_NOON),
        "release": lambda: release(waiting, actor_id=BEN, now=MONDAY_NOON),
        "decide": lambda: decide_by_ben(waiting),
        "withdraw": lambda: withdraw(waiting, why="", actor_id="customer", now=MONDAY_NOON),
    }[end]().case
    assert waiting.asked is not None
    assert ended.asked is None


def test_a_question_stays_when_the_case_is_handed_to_somebody_else() -> None:
    waiting = a_case_that_is(Status.WAITING_ON_CUSTOMER)
    assert reassign(waiting, resolver_id=ANA, actor_id=BEN, why="", now=MONDAY_NOON).case.asked


def test_telling_the_customer_is_a_first_answer_and_lets_the_clock_run() -> None:
    outcome = tell(a_case(), text=" We look into it. ")
    assert outcome.case.status is Status.OPEN
    assert outcome.case.clock == a_clock(answered_at=MONDAY_NOON)
    assert outcome.case.moved_at == MONDAY_NOON
    assert outcome.events == (CustomerTold(at=MONDAY_NOON, actor_id=BEN, text="We look into it."),)


def test_a_later_message_does_not_rewrite_the_first_answer() -> None:
    answered = bens_case(clock=a_clock(answered_at=MONDAY_9AM))
    assert tell(answered).case.clock.answered_at == MONDAY_9AM


def test_a_missed_first_answer_leaves_the_ladder_once_it_is_given() -> None:
    late = a_late_case()
    assert late.escalation is not None
    assert tell(late).case.escalation is None
    assert ask(late).case.escalation is None


def test_telling_somebody_we_wait_for_something_does_not_end_the_wait() -> None:
    waiting = a_case_that_is(Status.WAITING_ON_CUSTOMER)
    told = tell(waiting).case
    assert (told.status, told.asked, told.clock) == (waiting.status, waiting.asked, waiting.clock)


def test_the_customer_of_a_closed_case_is_written_to_and_the_case_stays_as_it_is() -> None:
    closed = a_case_that_is(Status.CLOSED)
    outcome = tell(closed)
    assert outcome.case == closed
    assert [type(event) for event in outcome.events] == [CustomerTold]


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (NO_ADDRESS, "There is no e-mail address of the customer of D-1001."),
        (CHARGED_BACK, "went to their bank"),
    ],
)
def test_nothing_is_written_to_whom_it_would_never_reach(case: Case, why: str) -> None:
    assert not is_reachable(case)
    for attempt in (ask, tell, demand_askable, demand_tellable):
        with pytest.raises(Unreachable, match=why):
            attempt(case)


@pytest.mark.parametrize(("what", "text", "field"), [(" ", "Hello.", "what"), ("a photo", "\n", "text")])
def test_a_question_without_words_is_refused_at_its_field(what: str, text: str, field: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        ask_customer(bens_case(), what=what, text=text, actor_id=BEN, now=MONDAY_NOON)
    assert refused.value.field == field


def test_an_empty_message_is_refused_at_its_field() -> None:
    with pytest.raises(FieldRefused) as refused:
        tell(bens_case(), text="  ")
    assert refused.value.field == "text"


def test_whether_it_may_be_asked_is_known_before_anything_is_written() -> None:
    demand_askable(bens_case())
    demand_askable(a_case_that_is(Status.WAITING_ON_CUSTOMER))
    demand_tellable(a_case_that_is(Status.CLOSED))
    with pytest.raises(CaseClosed):
        demand_askable(a_case_that_is(Status.CLOSED))
    with pytest.raises(IllegalMove):
        demand_askable(a_case())
    with pytest.raises(IllegalMove, match="it can't be answered now"):
        demand_tellable(a_case_that_is(Status.GATHERING))


def a_late_case() -> Case:
    """Ben's case, whose first answer was missed."""
    escalation = Escalation(target=Target.FIRST_ANSWER, since=MONDAY_9AM, rung=0, told_at=MONDAY_9AM)
    return bens_case(escalation=escalation, clock=a_clock(breached=frozenset({Target.FIRST_ANSWER})))
