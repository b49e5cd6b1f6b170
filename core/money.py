"""How is money counted? Whole minor units beside their ISO 4217 currency, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ZERO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_FOUR_DECIMALS = frozenset("CLF UYW".split())
_CURRENCY = re.compile(r"[A-Z]{3}")
_DIGITS = re.compile(r"\d+")
LARGEST_MINOR = 10**15
"""Above this an amount is a typing mistake; it also fits every database's integer."""


class NotAnAmount(ValueError):
    """The text can't be read as an amount of money. Its text says why, to a person."""


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
    stands once; anything that could be read two ways is refused rather than guessed.

    Raises:
        NotAnAmount: with a sentence for the person.
    """
    cleaned = re.sub(rf"[\s\u00a0\u202f'’]|{currency}|[€$£¥]", "", text.strip(), flags=re.IGNORECASE)
    whole, fraction = _split(cleaned, currency)
    places = decimals_of(currency)
    if not _DIGITS.fullmatch(whole) or (fraction and not _DIGITS.fullmatch(fraction)):
        raise NotAnAmount(f"“{text.strip()}” is not an amount. Write it like {_example(currency)}.")
    if len(fraction) > places:
        raise NotAnAmount(f"{currency} has {places or 'no'} decimals. Write it like {_example(currency)}.")
    minor = int(whole + fraction.ljust(places, "0"))
    if minor > LARGEST_MINOR:
        raise NotAnAmount("That is more than we can book. Check the number of digits.")
    return Money(minor, currency)


def _split(cleaned: str, currency: str) -> tuple[str, str]:
    """The whole part and the fraction, thousands separators removed."""
    last = max(cleaned.rfind("."), cleaned.rfind(","))
    if last < 0:
        return cleaned, ""
    mark, tail = cleaned[last], cleaned[last + 1 :]
    other = "," if mark == "." else "."
    if cleaned.count(mark) > 1 or (len(tail) == 3 and decimals_of(currency) != 3):
        return _without_thousands(cleaned, mark, currency), ""
    if len(tail) == 3 and other not in cleaned and mark == ",":
        raise NotAnAmount(f"“{cleaned}” can be read two ways. Write it like {_example(currency)}.")
    head = cleaned[:last]
    return (_without_thousands(head, other, currency) if other in head else head), tail


def _without_thousands(text: str, mark: str, currency: str) -> str:
    """`1.234.567` to `1234567`; groups that aren't of three digits are no amount."""
    first, *groups = text.split(mark)
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
        raise NotAnAmount(f"“{text}” is not an amount. Write it like {_example(currency)}.")
    return first + "".join(groups)


def _example(currency: str) -> str:
    return to_plain(Money(125050, currency))
