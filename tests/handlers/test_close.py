"""Closing without a decision, and reopening."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cards.actions import Action, Field
from core.case import CaseClosed, IllegalMove, Resolution, Status
from core.errors import FieldRefused
from tests.builders import a_customer
from tests.handlers.harness import ANA, BEN, DANA, Harness


def refusal_of(harness: Harness, case_id: str, **values: str) -> FieldRefused:
    before = harness.case(case_id)
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.CLOSE, ANA, case_id, **values)
    assert harness.case(case_id) == before
    return refusal.value


def test_a_dispute_taken_back_ends_withdrawn(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn", why="They found the mistake themselves.")
    assert harness.case(case_id).resolution is Resolution.WITHDRAWN
    assert harness.case(case_id).decision is None


def test_a_duplicate_names_the_case_that_lives_on(harness: Harness) -> None:
    other, case_id = harness.create_case(), harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="duplicate", duplicate_of=f" {other.lower()} ")
    case = harness.case(case_id)
    assert (case.resolution, case.duplicate_of) == (Resolution.DUPLICATE, other)
    assert harness.case(other).status is Status.OPEN


def test_a_case_out_of_sight_and_one_that_is_not_there_are_refused_in_the_same_words(
    harness: Harness,
) -> None:
    case_id, hidden = harness.create_claimed_case(ANA), harness.create_case(reason_id="not_delivered")
    out_of_sight = refusal_of(harness, case_id, ending="duplicate", duplicate_of=hidden)
    missing = refusal_of(harness, case_id, ending="duplicate", duplicate_of="D-9999")
    assert str(out_of_sight).replace(hidden, "D-9999") == str(missing)
    assert out_of_sight.field == missing.field == Field.DUPLICATE_OF


def test_another_customers_case_is_no_original(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    other = harness.create_case(customer=a_customer(ref="cus_other", name="Südwind"))
    assert "another customer" in str(refusal_of(harness, case_id, ending="duplicate", duplicate_of=other))


def test_a_case_is_not_its_own_duplicate_nor_that_of_a_duplicate(harness: Harness) -> None:
    first, second, third = (
        harness.create_case(),
        harness.create_claimed_case(ANA),
        harness.create_claimed_case(ANA),
    )
    assert "its own" in str(refusal_of(harness, second, ending="duplicate", duplicate_of=second))
    harness.send(Action.CLOSE, ANA, second, ending="duplicate", duplicate_of=first)
    assert "itself a duplicate" in str(refusal_of(harness, third, ending="duplicate", duplicate_of=second))


@pytest.mark.parametrize(
    "number", ["", "soon", "D-", "D-1", "D-" + "9" * 15, "9" * 5000, "٣٣٣٣", "D-1001; --"]
)
def test_what_names_no_case_is_told_at_its_field(harness: Harness, number: str) -> None:
    case_id = harness.create_claimed_case(ANA)
    refusal = refusal_of(harness, case_id, ending="duplicate", duplicate_of=number)
    assert refusal.field == Field.DUPLICATE_OF


@pytest.mark.parametrize("ending", ["", "accepted", "rejected", "lost"])
def test_a_case_ends_here_in_no_other_way(harness: Harness, ending: str) -> None:
    assert refusal_of(harness, harness.create_claimed_case(ANA), ending=ending).field == Field.ENDING


def test_the_form_asks_for_the_other_case_only_for_a_duplicate_and_keeps_what_was_typed(
    harness: Harness,
) -> None:
    case_id = harness.create_claimed_case(ANA)
    plain = harness.press(Action.ASK_CLOSE, ANA, case_id).form
    typed = {"ending": "duplicate", "duplicate_of": "D-10", "why": "Sent twice."}
    again = harness.send(Action.CHOOSE_ENDING, ANA, case_id, **typed).form
    assert plain is not None
    assert again is not None
    assert Field.DUPLICATE_OF not in {one.id for one in plain.inputs}
    assert {one.id.value: one.initial for one in again.inputs} == typed


def test_closing_twice_is_told_and_done_once(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    with pytest.raises(CaseClosed):
        harness.send(Action.CLOSE, DANA, case_id, ending="withdrawn")
    assert harness.event_names(case_id).count("CaseEnded") == 1


def test_a_closed_case_comes_back_to_its_resolver(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    harness.advance(days=1)
    harness.send(Action.REOPEN, BEN, case_id, why="They called again.")
    case = harness.case(case_id)
    assert (case.status, case.resolver_id, case.resolution) == (Status.UNDER_REVIEW, "slack:UANA", None)
    assert case.times_reopened == 1


def test_reopening_wants_a_reason_and_a_closed_case(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    for action in (Action.REOPEN, Action.ASK_REOPEN):
        with pytest.raises(IllegalMove):
            harness.send(action, ANA, case_id, why="x")
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.REOPEN, ANA, case_id, why=" ")
    assert refusal.value.field == Field.WHY
    assert harness.case(case_id).is_closed


def test_a_case_reopened_after_its_resolver_left_the_company_waits_in_the_queue(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    ana = harness.person(ANA)
    assert ana is not None
    harness.store.run_blocking(lambda tx: tx.people.save(replace(ana, is_active=False)))
    harness.send(Action.REOPEN, BEN, case_id, why="They called again.")
    assert (harness.case(case_id).status, harness.case(case_id).resolver_id) == (Status.OPEN, None)
