"""Decisions, with valid and invalid forms."""

from __future__ import annotations

import pytest

from cards.actions import Action, Field
from cards.views import FormView, TextInput
from core.case import CaseClosed, IllegalMove, Resolution, Status
from core.errors import FieldRefused, NotAllowed
from core.money import Money
from tests.builders import an_invoice, euros
from tests.handlers.harness import ANA, BEN, DANA, Harness

WORDS = {"root_cause": "pricing_error", "customer_text": "You are right.", "internal_text": "Old price list."}


def decide(harness: Harness, case_id: str, by: str = ANA, **values: str) -> None:
    harness.send(Action.DECIDE, by, case_id, **{**WORDS, **values})


def form_of(harness: Harness, case_id: str, **values: str) -> FormView:
    form = harness.send(Action.CHOOSE_VERDICT, ANA, case_id, **values).form
    assert form is not None
    return form


def test_accepting_grants_everything_and_closes_the_case(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    decide(harness, case_id, verdict="accepted")
    case = harness.case(case_id)
    assert (case.status, case.resolution) == (Status.CLOSED, Resolution.ACCEPTED)
    assert case.decision is not None
    assert case.decision.granted == euros(120)
    assert (case.decision.by, case.decision.internal_text) == ("slack:UANA", "Old price list.")
    assert harness.event_names(case_id)[-2:] == ["CaseDecided", "CaseEnded"]


def test_rejecting_grants_nothing_even_with_an_amount_left_in_the_form(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    decide(harness, case_id, verdict="rejected", amount="50")
    decision = harness.case(case_id).decision
    assert decision is not None
    assert decision.granted == euros(0)


def test_a_part_is_granted_to_the_cent(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    decide(harness, case_id, verdict="part_accepted", amount=" 119,99 € ")
    decision = harness.case(case_id).decision
    assert decision is not None
    assert decision.granted == euros(119.99)


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("", "Say how much"),
        ("   ", "Say how much"),
        ("0", "more than nothing"),
        ("0.00", "more than nothing"),
        ("120", "less than what is disputed"),
        ("120.01", "less than what is disputed"),
        ("-5", "not an amount"),
        ("5 USD", "not an amount"),
        ("$5", "not an amount"),
        ("1e2", "not an amount"),
        ("50.001.2", "not an amount"),
        ("50.0001", "decimals"),
        ("NaN", "not an amount"),
        ("half", "not an amount"),
        ("<!channel>", "not an amount"),
        ("5\x000", "not an amount"),
        ("9" * 50, "more than we can book"),
        ("9" * 100_000, "too long"),
    ],
)
def test_a_wrong_amount_is_told_at_its_field_and_changes_nothing(
    harness: Harness, amount: str, said: str
) -> None:
    case_id = harness.create_claimed_case()
    before, promised = harness.case(case_id), harness.pending_deliveries()
    with pytest.raises(FieldRefused, match=said) as refusal:
        decide(harness, case_id, verdict="part_accepted", amount=amount)
    assert refusal.value.field == Field.AMOUNT
    assert (harness.case(case_id), harness.pending_deliveries()) == (before, promised)


def test_after_a_wrong_amount_the_right_one_is_taken(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(FieldRefused):
        harness.press(
            Action.DECIDE, ANA, case_id, key="view:V1", values={**WORDS, "verdict": "part_accepted"}
        )
    right = {**WORDS, "verdict": "part_accepted", "amount": "40"}
    harness.press(Action.DECIDE, ANA, case_id, key="view:V1", values=right)
    assert harness.case(case_id).resolution is Resolution.PART_ACCEPTED


def test_amounts_are_read_in_the_decimals_of_the_currency(harness: Harness) -> None:
    yen = harness.create_claimed_case(invoice=an_invoice(currency="JPY", total_minor=5000, lines=()))
    with pytest.raises(FieldRefused, match="no decimals"):
        decide(harness, yen, verdict="part_accepted", amount="10.5")
    decide(harness, yen, verdict="part_accepted", amount="4,999")
    dinars = harness.create_claimed_case(invoice=an_invoice(currency="KWD", total_minor=5000, lines=()))
    decide(harness, dinars, verdict="part_accepted", amount="1.250")
    granted = [one.granted for case_id in (yen, dinars) if (one := harness.case(case_id).decision)]
    assert granted == [Money(4999, "JPY"), Money(1250, "KWD")]


@pytest.mark.parametrize("verdict", ["", "withdrawn", "duplicate", "ACCEPTED", "💥"])
def test_what_is_no_verdict_is_told_at_its_field(harness: Harness, verdict: str) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(FieldRefused) as refusal:
        decide(harness, case_id, verdict=verdict)
    assert refusal.value.field == Field.VERDICT
    assert harness.case(case_id).status is Status.UNDER_REVIEW


def test_cause_and_words_to_the_customer_are_asked_for_at_their_fields(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    for field, value in (
        (Field.ROOT_CAUSE, "gremlins"),
        (Field.ROOT_CAUSE, ""),
        (Field.CUSTOMER_TEXT, " \n"),
    ):
        with pytest.raises(FieldRefused) as refusal:
            decide(harness, case_id, verdict="accepted", **{field.value: value})
        assert refusal.value.field == field
    assert harness.case(case_id).decision is None


def test_its_manager_may_decide_a_colleagues_case_and_another_resolver_may_not(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(NotAllowed, match="Only the resolver"):
        decide(harness, case_id, by=BEN, verdict="accepted")
    decide(harness, case_id, by=DANA, verdict="accepted")
    decision = harness.case(case_id).decision
    assert decision is not None
    assert decision.by == "slack:UDANA"


def test_what_nobody_has_or_what_is_closed_cannot_be_decided(harness: Harness) -> None:
    waiting = harness.create_case()
    with pytest.raises(IllegalMove):
        decide(harness, waiting, by=DANA, verdict="accepted")
    with pytest.raises(IllegalMove):
        harness.press(Action.ASK_DECIDE, DANA, waiting)
    closed = harness.create_claimed_case()
    decide(harness, closed, verdict="accepted")
    with pytest.raises(CaseClosed):
        decide(harness, closed, verdict="rejected")
    with pytest.raises(CaseClosed):
        harness.press(Action.ASK_DECIDE, ANA, closed)


def test_the_amount_is_asked_for_a_part_only(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    asked = harness.press(Action.ASK_DECIDE, ANA, case_id).form
    assert asked is not None
    assert Field.AMOUNT not in {one.id for one in asked.inputs}
    assert Field.AMOUNT in {one.id for one in form_of(harness, case_id, verdict="part_accepted").inputs}
    assert Field.AMOUNT not in {one.id for one in form_of(harness, case_id, verdict="rejected").inputs}


def test_another_verdict_keeps_what_was_typed(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    typed = {**WORDS, "verdict": "part_accepted", "amount": "nonsense"}
    form = form_of(harness, case_id, **typed)
    shown = {one.id.value: one.initial for one in form.inputs}
    assert shown == typed
    assert dict(form.hidden) == {"case_id": case_id}
    assert form.submits is Action.DECIDE
    assert any(isinstance(one, TextInput) and one.id is Field.AMOUNT for one in form.inputs)
