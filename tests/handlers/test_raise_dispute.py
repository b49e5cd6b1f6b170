"""Disputes that a colleague raises for a customer."""

from __future__ import annotations

import pytest

from cards.actions import Action, Field
from core.case import Status
from core.errors import FieldRefused, Refused
from core.money import Money
from tests.builders import euros
from tests.handlers.harness import ANA, DANA, HEAD, OMAR, ZOE, Harness

FORM = {
    "customer_name": " Südwind & Söhne ",
    "customer_email": "ap@suedwind.example",
    "customer_ref": "C-204",
    "tier": "gold",
    "invoice_number": "INV-2041",
    "invoice_total": "1.234,50",
    "currency": "eur",
    "disputed": "34.50",
    "reason": "wrong_amount",
    "statement": "We never ordered the “express” line.",
}


def test_the_dispute_is_kept_as_it_was_typed(harness: Harness) -> None:
    reply = harness.send(Action.NEW, ANA, **FORM)
    case = harness.case(harness.case_ids()[0])
    assert reply.whisper is not None
    assert case.id in reply.whisper
    assert "#billing-disputes" in reply.whisper
    assert (case.customer.name, case.customer.ref, case.customer.tier_id) == (
        "Südwind & Söhne",
        "C-204",
        "gold",
    )
    assert (case.disputed, case.invoice.total) == (euros(34.5), euros(1234.5))
    assert (case.priority, case.source, case.status) == (1, "slack", Status.OPEN)
    assert harness.event_names(case.id) == ["DisputeRaised", "QueueTold"]


def test_what_may_be_left_out_may_be_left_out(harness: Harness) -> None:
    wanted = {"customer_name", "invoice_number", "invoice_total", "currency", "reason", "statement"}
    harness.send(Action.NEW, ANA, **{name: text for name, text in FORM.items() if name in wanted})
    case = harness.case(harness.case_ids()[0])
    assert (case.disputed, case.customer.email) == (case.invoice.total, None)
    assert (case.customer.tier_id, case.customer.ref) == ("standard", f"unknown:{case.id}")


def test_customers_of_one_name_share_a_history_only_by_number_or_address(harness: Harness) -> None:
    refs = []
    for given in ({}, {}, {"customer_email": "AP@acme.example"}, {"customer_email": "ap@acme.example"}):
        harness.send(Action.NEW, ANA, **{**FORM, "customer_ref": "", "customer_email": "", **given})
        refs.append(harness.case(harness.case_ids()[0]).customer.ref)
    assert refs[0] != refs[1]
    assert refs[2:] == ["ap@acme.example"] * 2


def test_a_reason_that_needs_evidence_says_that_the_queue_hears_of_it_later(harness: Harness) -> None:
    reply = harness.send(Action.NEW, ANA, **{**FORM, "reason": "not_delivered"})
    assert reply.whisper is not None
    assert "is told once the evidence is in, or in 48 hours." in reply.whisper
    assert harness.case(harness.case_ids()[0]).status is Status.GATHERING


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.CUSTOMER_NAME, " "),
        (Field.INVOICE_NUMBER, ""),
        (Field.INVOICE_TOTAL, ""),
        (Field.INVOICE_TOTAL, "lots"),
        (Field.INVOICE_TOTAL, "0"),
        (Field.INVOICE_TOTAL, "-3"),
        (Field.INVOICE_TOTAL, "9" * 59),
        (Field.CURRENCY, ""),
        (Field.CURRENCY, "EURO"),
        (Field.CURRENCY, "€"),
        (Field.CURRENCY, "ΕUR"),
        (Field.DISPUTED, "0"),
        (Field.DISPUTED, "1234.51"),
        (Field.DISPUTED, "half"),
        (Field.STATEMENT, "\n"),
        (Field.REASON, ""),
        (Field.REASON, "gremlins"),
        (Field.TIER, "platinum"),
        (Field.CUSTOMER_EMAIL, "nobody"),
        (Field.CUSTOMER_EMAIL, "a@b.example\nBcc: everybody@c.example"),
        (Field.CUSTOMER_EMAIL, "a@b.example, c@d.example"),
        (Field.CUSTOMER_EMAIL, f"{'a' * 300}@b.example"),
        (Field.CUSTOMER_NAME, "x" * 301),
        (Field.CUSTOMER_REF, "x" * 301),
        (Field.INVOICE_NUMBER, "x" * 301),
        (Field.STATEMENT, "x" * 10_001),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_raises_nothing(
    harness: Harness, field: Field, value: str
) -> None:
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.NEW, ANA, **{**FORM, field.value: value})
    assert refusal.value.field == field
    assert (harness.case_ids(), harness.pending_deliveries()) == ([], 0)


def test_yen_have_no_cents_in_the_form_either(harness: Harness) -> None:
    yen = {**FORM, "currency": "JPY", "disputed": ""}
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.NEW, ANA, **{**yen, "invoice_total": "10.50"})
    assert refusal.value.field == Field.INVOICE_TOTAL
    harness.send(Action.NEW, ANA, **{**yen, "invoice_total": "1,050"})
    assert harness.case(harness.case_ids()[0]).disputed == Money(1050, "JPY")


def test_a_message_becomes_the_statement_and_a_button_none(harness: Harness) -> None:
    def statement(action: Action, value: str) -> str | None:
        form = harness.press(action, ANA, value=value).form
        assert form is not None
        return next(one.initial for one in form.inputs if one.id is Field.STATEMENT)  # type: ignore[return-value]

    assert statement(Action.RAISE_FROM_MESSAGE, "They call it *wrong*.") == "They call it *wrong*."
    assert not statement(Action.ASK_NEW, "new")
    assert not statement(Action.COMMAND, "new")


@pytest.mark.parametrize("by", [ANA, DANA, OMAR, HEAD])
def test_whoever_works_in_some_queue_may_raise_one_for_any_queue(harness: Harness, by: str) -> None:
    harness.send(Action.NEW, by, **FORM)
    harness.send(Action.NEW, by, **{**FORM, "reason": "not_delivered"})
    assert len(harness.case_ids()) == 2


def test_somebody_of_no_queue_raises_nothing(harness: Harness) -> None:
    with pytest.raises(Refused, match="Ask a manager"):
        harness.send(Action.NEW, ZOE, **FORM)
    assert harness.case_ids() == []
