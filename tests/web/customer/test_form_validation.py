"""Tests of form validation: a sentence for each wrong answer, and what was typed stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.customer.language import translator_for
from core.customer_link import CustomerLink
from core.invoice import InvoiceLine
from core.money import Money
from tests.builders import MONDAY_9AM, a_customer, a_policy, an_invoice
from web.customer.form_validation import LINES, FormInput, from_draft, from_fields, prefilled, validate

ENGLISH = translator_for("en")


def a_link(**changes: Any) -> CustomerLink:
    link = CustomerLink(
        id="l", invoice=an_invoice(), customer=a_customer(), made_at=MONDAY_9AM, expires_at=MONDAY_9AM
    )
    return replace(link, **changes)


def filled(**changes: Any) -> FormInput:
    """A form with nothing wrong in it."""
    written = FormInput(
        reason="wrong_amount", statement="We agreed on 90.", contact="Jule", email="jule@nordwind.example"
    )
    return replace(written, **changes)


def mistakes(**changes: Any) -> dict[str, str]:
    return validate(filled(**changes), a_link(), a_policy(), ENGLISH)[1]


def test_a_form_that_is_right_becomes_answers() -> None:
    answers, wrong = validate(filled(wish=" A credit note "), a_link(), a_policy(), translator_for("de-AT"))
    assert wrong == {}
    assert answers is not None
    assert (answers.disputed, answers.line_refs, answers.wish) == (None, (), "A credit note")
    assert answers.language == "de-AT"


def test_lines_add_up_to_what_is_disputed() -> None:
    answers, _ = validate(filled(scope=LINES, lines=("il_2",)), a_link(), a_policy(), ENGLISH)
    assert answers is not None
    assert (answers.disputed, answers.line_refs) == (Money(3_000, "EUR"), ("il_2",))


def test_lines_that_were_ticked_before_another_choice_dont_count() -> None:
    answers, _ = validate(filled(scope="whole", lines=("il_2",), amount="5"), a_link(), a_policy(), ENGLISH)
    assert answers is not None
    assert (answers.disputed, answers.line_refs) == (None, ())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "no_such"}, "reason"),
        ({"scope": "lines"}, "lines"),
        ({"scope": "lines", "lines": ("not_on_it",)}, "lines"),
        ({"scope": "amount", "amount": ""}, "amount"),
        ({"scope": "amount", "amount": "0"}, "amount"),
        ({"scope": "amount", "amount": "120.01"}, "amount"),
        ({"statement": " \n\u200b "}, "statement"),
        ({"statement": "x" * 10_001}, "statement"),
        ({"wish": "x" * 2_001}, "wish"),
        ({"contact": " "}, "contact"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"email": "a@b.example, c@d.example"}, "email"),
        ({"email": f"{'x' * 250}@b.example"}, "email"),
    ],
)
def test_each_mistake_stands_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert list(mistakes(**changes)) == [field]


def test_mistakes_are_in_the_order_of_the_form() -> None:
    wrong = mistakes(reason="", statement="", contact="", email="", scope="amount", amount="x")
    assert list(wrong) == ["reason", "amount", "statement", "contact", "email"]


def test_a_banks_chargeback_isnt_a_customers_reason() -> None:
    assert "reason" in mistakes(reason="chargeback")


def test_a_discount_alone_cant_be_disputed() -> None:
    discount = InvoiceLine(ref="il_9", text="Discount", amount_minor=-500)
    link = a_link(invoice=an_invoice(lines=(*an_invoice().lines, discount)))
    _, wrong = validate(filled(scope=LINES, lines=("il_9",)), link, a_policy(), ENGLISH)
    assert list(wrong) == ["lines"]


def test_the_form_starts_with_what_we_know_of_the_customer() -> None:
    link = a_link(customer=a_customer(email="ap@nordwind.example", contact="Jule Brandt"))
    assert (prefilled(link).email, prefilled(link).contact) == ("ap@nordwind.example", "Jule Brandt")
    assert prefilled(a_link(customer=a_customer(email=None))).email == ""


@given(
    written=st.builds(
        FormInput,
        reason=st.text(max_size=50),
        scope=st.sampled_from(["whole", "lines", "amount"]),
        lines=st.lists(st.text(max_size=20)).map(tuple),
        amount=st.text(max_size=60),
        statement=st.text(),
        email=st.text(max_size=80),
    )
)
def test_a_draft_comes_back_as_it_was_kept(written: FormInput) -> None:
    assert from_draft(written.as_body()) == written


@given(
    fields=st.dictionaries(
        st.sampled_from(["reason", "scope", "lines", "amount", "statement", "email", "x"]),
        st.lists(st.text(), max_size=3),
    )
)
def test_nothing_that_a_browser_sends_breaks_the_reading(fields: dict[str, list[str]]) -> None:
    answers, wrong = validate(from_fields(fields), a_link(), a_policy(), ENGLISH)
    assert (answers is None) == bool(wrong)
