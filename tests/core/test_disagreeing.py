"""The customer's disagreement: in time, once, and the case is reopened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.case import Case, Resolution, Status
from core.closing import close_decided, mark_duplicate, withdraw
from core.customer_events import CustomerDisagreed
from core.disagreeing import TooLateToDisagree, disagree, may_disagree
from core.effects import Effect, effects_of
from core.errors import FieldRefused
from core.events import CaseReopened
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_case, a_policy, euros
from tests.core.lifecycle import BEN, POLICY, a_case_that_is, bens_case, decide_by_ben

INSTANT = timedelta(microseconds=1)
LAST_MOMENT = MONDAY_9AM + timedelta(days=30)


def a_decided_case(verdict: Resolution = Resolution.REJECTED) -> Case:
    """Closed on Monday at nine."""
    part = euros(30) if verdict is Resolution.PART_ACCEPTED else None
    settled = decide_by_ben(bens_case(), verdict=verdict, part=part, now=MONDAY_9AM).case
    return close_decided(settled, actor_id=BEN, now=MONDAY_9AM).case


@pytest.mark.parametrize("verdict", [Resolution.REJECTED, Resolution.PART_ACCEPTED])
def test_who_did_not_get_everything_may_disagree_and_the_case_is_looked_at_again(verdict: Resolution) -> None:
    outcome = disagree(a_decided_case(verdict), why=" Look again. ", policy=POLICY, now=MONDAY_NOON)
    assert (outcome.case.status, outcome.case.resolver_id) == (Status.UNDER_REVIEW, BEN)
    assert outcome.case.disagreed_at == MONDAY_NOON
    assert outcome.events == (
        CustomerDisagreed(at=MONDAY_NOON, actor_id="customer", why="Look again."),
        CaseReopened(at=MONDAY_NOON, actor_id="customer", why="Look again."),
    )


def test_a_disagreement_is_one_message_in_the_thread_and_one_mail_to_the_customer() -> None:
    outcome = disagree(a_decided_case(), why="Look again.", policy=POLICY, now=MONDAY_NOON)
    told = [effect for event in outcome.events for effect in effects_of(event)]
    assert [told.count(one) for one in (Effect.TELL_STORY, Effect.REMIND_RESOLVER, Effect.TELL_CUSTOMER)] == [
        1,
        1,
        1,
    ]


def test_nobody_disagrees_twice() -> None:
    reopened = disagree(a_decided_case(), why="Look again.", policy=POLICY, now=MONDAY_NOON).case
    rejected_again = decide_by_ben(reopened, verdict=Resolution.REJECTED, now=MONDAY_NOON).case
    closed = close_decided(rejected_again, actor_id=BEN, now=MONDAY_NOON).case
    assert not may_disagree(closed, POLICY, MONDAY_NOON)
    with pytest.raises(TooLateToDisagree, match="The decision on D-1001 stands"):
        disagree(closed, why="Again.", policy=POLICY, now=MONDAY_NOON)


def test_the_policys_time_to_disagree_ends() -> None:
    case = a_decided_case()
    assert may_disagree(case, POLICY, LAST_MOMENT)
    assert not may_disagree(case, POLICY, LAST_MOMENT + INSTANT)
    with pytest.raises(TooLateToDisagree):
        disagree(case, why="Look.", policy=POLICY, now=LAST_MOMENT + INSTANT)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(a_decided_case(Resolution.ACCEPTED), id="got-everything"),
        pytest.param(withdraw(a_case(), why="", actor_id="customer", now=MONDAY_9AM).case, id="withdrawn"),
        pytest.param(
            mark_duplicate(a_case(), of=a_case(id="D-1002"), why="", actor_id=BEN, now=MONDAY_9AM).case,
            id="duplicate",
        ),
        *(
            pytest.param(a_case_that_is(status), id=status)
            for status in Status
            if status is not Status.CLOSED
        ),
    ],
)
def test_there_is_nothing_to_disagree_with_otherwise(case: Case) -> None:
    assert not may_disagree(case, POLICY, MONDAY_NOON)


@pytest.mark.parametrize("lost", ["queues", "reasons", "tiers"])
def test_what_the_policy_can_not_take_up_again_can_not_be_disagreed_with(lost: str) -> None:
    assert not may_disagree(a_decided_case(), a_policy(**{lost: {}}), MONDAY_NOON)


def test_disagreeing_needs_a_why() -> None:
    with pytest.raises(FieldRefused) as refused:
        disagree(a_decided_case(), why=" ", policy=POLICY, now=MONDAY_NOON)
    assert refused.value.field == "why"
