"""Decisions: what the customer gets, and invalid fields refused by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.case import Pause, Resolution, Status
from core.deciding import granted_amount
from core.errors import FieldRefused
from core.events import CaseDecided
from core.money import Money
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_case, a_clock, euros
from tests.core.lifecycle import BEN, a_case_that_is, bens_case, decide_by_ben


@pytest.mark.parametrize(
    ("verdict", "part", "granted"),
    [
        (Resolution.ACCEPTED, None, euros(120)),
        (Resolution.ACCEPTED, euros(5), euros(120)),
        (Resolution.REJECTED, None, euros(0)),
        (Resolution.REJECTED, euros(5), euros(0)),
        (Resolution.PART_ACCEPTED, euros(0.01), euros(0.01)),
        (Resolution.PART_ACCEPTED, euros(119.99), euros(119.99)),
    ],
)
def test_the_customer_gets_all_a_part_or_nothing(
    verdict: Resolution, part: Money | None, granted: Money
) -> None:
    outcome = decide_by_ben(bens_case(), verdict=verdict, part=part)
    assert outcome.case.decision is not None
    assert outcome.case.decision.granted == granted
    assert outcome.case.status is Status.SETTLING
    (event,) = outcome.events
    assert isinstance(event, CaseDecided)
    assert (event.verdict, event.granted, event.actor_id) == (verdict, granted, BEN)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (None, "Say how much"),
        (euros(0), "more than nothing"),
        (euros(-1), "more than nothing"),
        (euros(120), "less than what is disputed"),
        (euros(121), "less than what is disputed"),
        (Money(3_000, "USD"), "The dispute is in EUR"),
    ],
)
def test_a_wrong_part_is_refused_at_the_amount(part: Money | None, why: str) -> None:
    with pytest.raises(FieldRefused, match=why) as refused:
        decide_by_ben(bens_case(), verdict=Resolution.PART_ACCEPTED, part=part)
    assert refused.value.field == "amount"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"root_cause_id": "gremlins"}, "root_cause"),
        ({"root_cause_id": ""}, "root_cause"),
        ({"customer_text": ""}, "customer_text"),
        ({"customer_text": " \n"}, "customer_text"),
        ({"verdict": Resolution.WITHDRAWN}, "verdict"),
        ({"verdict": Resolution.DUPLICATE}, "verdict"),
    ],
)
def test_a_decision_needs_a_verdict_a_cause_and_a_sentence(changes: dict[str, str], field: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        decide_by_ben(bens_case(), **changes)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_the_text_for_the_customer_and_the_one_that_stays_inside_are_kept_apart() -> None:
    decision = decide_by_ben(bens_case(), customer_text="  You were right. ").case.decision
    assert decision is not None
    assert (decision.customer_text, decision.internal_text) == ("You were right.", "See the contract.")


def test_a_decision_stops_the_clock_answers_the_customer_and_wakes_the_case() -> None:
    case = bens_case(snoozed_until=MONDAY_NOON + timedelta(days=1))
    decided = decide_by_ben(case, now=MONDAY_NOON).case
    assert decided.clock.resolved_at == decided.clock.answered_at == MONDAY_NOON
    assert decided.snoozed_until is None


def test_a_decision_does_not_rewrite_when_the_customer_was_first_answered() -> None:
    answered = bens_case(clock=a_clock(answered_at=MONDAY_9AM))
    assert decide_by_ben(answered, now=MONDAY_NOON).case.clock.answered_at == MONDAY_9AM


def test_a_decision_while_we_wait_for_the_customer_ends_the_wait() -> None:
    decided = decide_by_ben(a_case_that_is(Status.WAITING_ON_CUSTOMER), now=MONDAY_NOON).case
    assert decided.clock.pauses == (Pause(MONDAY_9AM, MONDAY_NOON),)


@given(disputed=st.integers(1, 10**12), part=st.integers(-(10**3), 10**12))
def test_a_part_is_always_between_nothing_and_all_in_any_currency(disputed: int, part: int) -> None:
    case = a_case(disputed=Money(disputed, "KWD"))
    try:
        granted = granted_amount(case, Resolution.PART_ACCEPTED, Money(part, "KWD"))
    except FieldRefused:
        assert not 0 < part < disputed
    else:
        assert 0 < granted.minor == part < disputed
