"""Money in minor units, and typed amounts that can be read in one way only."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.money import LARGEST_MINOR, Money, NotAnAmount, decimals_of, is_currency, parse_money, to_plain
from tests.core.strategies import amounts, currencies


@pytest.mark.parametrize(
    ("minor", "currency", "plain"),
    [
        (123450, "EUR", "1234.50"),
        (5, "EUR", "0.05"),
        (0, "EUR", "0.00"),
        (-5, "USD", "-0.05"),
        (500, "JPY", "500"),
        (-500, "JPY", "-500"),
        (0, "JPY", "0"),
        (1500, "KWD", "1.500"),
        (7, "KWD", "0.007"),
        (12345, "CLF", "1.2345"),
    ],
)
def test_an_amount_is_written_with_the_decimals_of_its_currency(
    minor: int, currency: str, plain: str
) -> None:
    assert to_plain(Money(minor, currency)) == plain


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1,234.50", "EUR", 123450),
        ("1.234,50", "EUR", 123450),
        ("1 234,5", "EUR", 123450),
        ("1\u00a0234,50", "EUR", 123450),
        ("1\u202f234,50 €", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1,234,567.89", "USD", 123456789),
        ("1.234.567", "EUR", 123456700),
        ("12", "EUR", 1200),
        ("12.", "EUR", 1200),
        ("12,5", "EUR", 1250),
        ("0.05", "EUR", 5),
        ("€ 12", "EUR", 1200),
        ("12€", "EUR", 1200),
        ("eur 12", "EUR", 1200),
        ("  12 EUR  ", "EUR", 1200),
        ("$1,000", "USD", 100000),
        ("£9.99", "GBP", 999),
        ("¥1,234", "JPY", 1234),
        ("1.234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("0,125", "KWD", 125),
        ("1,234.567", "KWD", 1234567),
        ("1,234,567", "KWD", 1234567000),
        ("1 234", "KWD", 1234000),
        ("１２", "EUR", 1200),
    ],
)
def test_what_people_write_is_read(text: str, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("1,234", "KWD", "two ways"),
        ("1€50", "EUR", "is not an amount"),
        ("1 EUR 50", "EUR", "is not an amount"),
        ("$12", "EUR", "is not an amount"),
        ("12 USD", "EUR", "is not an amount"),
        ("10 50", "EUR", "is not an amount"),
        ("1,23,456.00", "EUR", "is not an amount"),
        ("1.234,567.8", "EUR", "is not an amount"),
        ("1,2.3,4", "EUR", "is not an amount"),
        ("1.234.5", "EUR", "is not an amount"),
        ("", "EUR", "is not an amount"),
        ("€", "EUR", "is not an amount"),
        (".50", "EUR", "is not an amount"),
        ("-5", "EUR", "is not an amount"),
        ("+5", "EUR", "is not an amount"),
        ("1e9", "EUR", "is not an amount"),
        ("½", "EUR", "is not an amount"),
        ("²", "EUR", "is not an amount"),
        ("twelve", "EUR", "Write it like 1250.50"),
        ("0.125", "EUR", "EUR has 2 decimals"),
        ("12.345,6", "JPY", "JPY has no decimals"),
        ("1.2345", "KWD", "KWD has 3 decimals. Write it like 1250.500"),
        ("9" * 5_000, "EUR", "too long"),
        ("9" * 20, "EUR", "more than we can book"),
        ("10000000000000.01", "EUR", "more than we can book"),
    ],
)
def test_what_can_not_be_sure_is_refused_with_a_sentence(text: str, currency: str, why: str) -> None:
    with pytest.raises(NotAnAmount, match=why):
        parse_money(text, currency)


def test_the_largest_amount_can_be_booked() -> None:
    assert parse_money("10000000000000.00", "EUR").minor == LARGEST_MINOR


@given(currency=currencies, text=st.text(max_size=80) | st.text(alphabet="0123456789., '€$EUR-", max_size=12))
@example(currency="EUR", text="٣٤")
@example(currency="EUR", text="1,\n234")
@example(currency="EUR", text="(.*)+$")
def test_hostile_text_is_an_amount_or_refused_and_nothing_else(currency: str, text: str) -> None:
    with suppress(NotAnAmount):
        money = parse_money(text, currency)
        assert money.currency == currency
        assert 0 <= money.minor <= LARGEST_MINOR


@given(amounts())
def test_what_is_written_is_read_back(money: Money) -> None:
    assert parse_money(to_plain(money), money.currency) == money
    assert parse_money(f"{money.currency} {to_plain(money)}", money.currency) == money


@given(amounts(), st.sampled_from(((",", "."), (".", ","), (" ", ","), ("'", "."))))
def test_thousands_may_be_grouped_as_anywhere_in_the_world(money: Money, marks: tuple[str, str]) -> None:
    group, point = marks
    whole, _, fraction = to_plain(money).partition(".")
    grouped = f"{int(whole):,}".replace(",", group)
    if not fraction and decimals_of(money.currency) == 0:
        assert parse_money(grouped, money.currency) == money
    elif fraction and decimals_of(money.currency) == 2:
        assert parse_money(f"{grouped}{point}{fraction}", money.currency) == money


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("XYZ", 2)])
def test_decimals_follow_the_currency(currency: str, places: int) -> None:
    assert decimals_of(currency) == places


@pytest.mark.parametrize("code", ["eur", "EURO", "E1R", "", "EU", "EUR\n", "ÄÖÜ"])
def test_a_currency_is_three_capital_letters(code: str) -> None:
    assert not is_currency(code)
    with pytest.raises(ValueError, match="is not a currency code"):
        Money(1, code)
