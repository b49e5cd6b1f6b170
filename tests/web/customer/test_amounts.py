"""Tests of parsing amounts: read as the customer's language writes them, refused if ambiguous."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.customer.language import LANGUAGES, translator_for
from core.money import Money, NotAnAmount
from web.customer.amounts import read_amount


@pytest.mark.parametrize(
    ("language", "text", "minor"),
    [
        ("en", "1,234.50", 123_450),
        ("en", "90", 9_000),
        ("en", "€ 90.5", 9_050),
        ("de", "1.234,50", 123_450),
        ("de", "1.234", 123_400),
        ("de", "90,00 €", 9_000),
        ("fr", "1 234,50", 123_450),
        ("fr", "1\u202f234,50 €", 123_450),
        ("es", "1234,56", 123_456),
        ("es", "1.234,56", 123_456),
        ("de", "1.50", 150),
        ("en", "1,50", 150),
    ],
)
def test_an_amount_is_read_in_the_manner_of_the_language(language: str, text: str, minor: int) -> None:
    assert read_amount(text, "EUR", language) == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "1.234"),
        ("de", "1,234"),
        ("en", ""),
        ("en", "-5"),
        ("en", "1e5"),
        ("en", "$5"),
        ("en", "5.001"),
    ],
)
def test_what_would_be_a_guess_is_refused(language: str, text: str) -> None:
    with pytest.raises(NotAnAmount):
        read_amount(text, "EUR", language)


def test_the_same_digits_are_another_amount_in_another_language() -> None:
    assert read_amount("1.234", "KWD", "en") == Money(1_234, "KWD")
    assert read_amount("1.234", "KWD", "de") == Money(1_234_000, "KWD")


@given(
    minor=st.integers(1, 10**12),
    currency=st.sampled_from(["EUR", "JPY", "GBP", "USD", "CHF"]),
    language=st.sampled_from(LANGUAGES),
)
def test_what_the_page_shows_can_be_typed_back(minor: int, currency: str, language: str) -> None:
    amount = Money(minor, currency)
    shown = translator_for(language).money(amount)
    assert read_amount(shown, currency, language) == amount


@given(text=st.text(max_size=80), language=st.sampled_from(LANGUAGES))
def test_no_text_is_more_than_refused(text: str, language: str) -> None:
    with suppress(NotAnAmount):
        assert read_amount(text, "EUR", language).minor >= 0
