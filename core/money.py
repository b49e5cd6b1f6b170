"""Money: whole minor units beside their ISO 4217 currency, never a float; and reading typed amounts."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ZERO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_FOUR_DECIMALS = frozenset("CLF UYW".split())
_CURRENCY = re.compile(r"[A-Z]{3}")
_SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥"}
"""The symbol of a currency; currencies not listed may be written with a dollar sign."""
_SPACE = re.compile(r"[\s'’]")
_THOUSANDS = r"[1-9]\d{0,2}(?P<mark>[ .,])\d{3}(?:(?P=mark)\d{3})*"
_GROUPED = re.compile(_THOUSANDS)
_DECIMAL = re.compile(rf"(?P<whole>\d+|{_THOUSANDS})(?:(?P<point>[.,])(?P<fraction>\d*))?")
_LONGEST_TEXT = 60
LARGEST_MINOR = 10**15
"""Above this an amount is a typing mistake; it also fits every database's integer."""


class NotAnAmount(ValueError):
    """The text can't be read as an amount of money. The message says why, to a person."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """`minor` units of `currency`: 1 250 EUR cents, 500 JPY yen, 1 500 KWD fils."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if not is_currency(self.currency):
            raise ValueError(f"“{self.currency}” is not a currency code")


def is_currency(code: str) -> bool:
    """Whether `code` has the form of an ISO 4217 code."""
    return _CURRENCY.fullmatch(code) is not None


def decimals_of(currency: str) -> int:
    """Digits after the decimal point (ISO 4217, exponent column)."""
    if currency in _ZERO_DECIMALS:
        return 0
    if currency in _THREE_DECIMALS:
        return 3
    return 4 if currency in _FOUR_DECIMALS else 2


def to_plain(money: Money) -> str:
    """`1234.50`: digits and a point, as `parse_money` reads it back."""
    places = decimals_of(money.currency)
    sign = "-" if money.minor < 0 else ""
    digits = str(abs(money.minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def parse_money(text: str, currency: str) -> Money:
    """Read what a person typed: `1,234.50`, `1.234,50`, `1 234,5`, `€ 12`.

    The last separator is the decimal one when at most the currency's digits follow it and it
    occurs once; anything that could be read two ways is refused rather than guessed, and so is
    another currency's symbol.

    Raises:
        NotAnAmount: with a sentence for the person.
    """
    if len(text) > _LONGEST_TEXT:
        raise NotAnAmount(f"That is too long for an amount. Write it like {_example(currency)}.")
    whole, fraction = _split(_without_currency(text, currency), currency)
    places = decimals_of(currency)
    if len(fraction) > places:
        raise NotAnAmount(f"{currency} has {places or 'no'} decimals. Write it like {_example(currency)}.")
    minor = int(whole + fraction.ljust(places, "0"))
    if minor > LARGEST_MINOR:
        raise NotAnAmount("That is more than we can book. Check the number of digits.")
    return Money(minor, currency)


def _without_currency(text: str, currency: str) -> str:
    """The number alone. The currency may come before or after it, not inside: `1€50` could be 1.50 or 150."""
    name = rf"(?:{currency}|{re.escape(_SYMBOLS.get(currency, '$'))})?"
    bare = re.sub(rf"^{name}\s*|\s*{name}$", "", text.strip(), flags=re.IGNORECASE)
    return _SPACE.sub(" ", bare)


def _split(number: str, currency: str) -> tuple[str, str]:
    """The digits before and after the decimal separator."""
    grouped = _GROUPED.fullmatch(number)
    if grouped and (decimals_of(currency) < 3 or grouped["mark"] == " " or number.count(grouped["mark"]) > 1):
        return number.replace(grouped["mark"], ""), ""
    if grouped and grouped["mark"] == ",":
        raise NotAnAmount(f"“{number}” can be read two ways. Write it like {_example(currency)}.")
    read = _DECIMAL.fullmatch(number)
    if read is None or (read["mark"] is not None and read["mark"] == read["point"]):
        raise NotAnAmount(f"“{number}” is not an amount. Write it like {_example(currency)}.")
    return read["whole"].replace(read["mark"] or " ", ""), read["fraction"] or ""


def _example(currency: str) -> str:
    places = decimals_of(currency)
    return to_plain(Money(1250 * 10**places + (5 * 10 ** (places - 1) if places else 0), currency))
