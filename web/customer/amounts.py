"""Parsing of amounts as a customer's language writes them."""

from __future__ import annotations

import re
from decimal import Decimal

from babel import Locale
from babel.numbers import NumberFormatError, get_currency_symbol, parse_decimal

from core.money import LARGEST_MINOR, Money, NotAnAmount, decimals_of, parse_money

_LONGEST = 100
_NUMBER = re.compile(r"[0-9][0-9.,'’\s]{0,40}")
_SIGNS = {"EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥"}
_LOCALES = {"en": "en_GB", "de": "de", "fr": "fr", "es": "es_ES"}


def read_amount(text: str, currency: str, language: str) -> Money:
    """The amount in `text`: `1.234` is above a thousand in German and just above one in English.

    Text that isn't a number of the language is parsed by `parse_money`.

    Raises:
        NotAnAmount: it is no amount, or it could be read in two ways.
    """
    locale = Locale.parse(_LOCALES.get(language, "en_GB"))
    bare = _without_currency(text[:_LONGEST], currency, locale)
    here = _in_manner(bare, locale)
    if here is None:
        return parse_money(bare, currency)
    minor = here.scaleb(decimals_of(currency))
    if minor != minor.to_integral_value() or minor > LARGEST_MINOR:
        raise NotAnAmount(f"“{bare}” is not an amount.")
    return Money(int(minor), currency)


def _in_manner(bare: str, locale: Locale) -> Decimal | None:
    """The number, if it is written strictly as the locale does; else None."""
    if not _NUMBER.fullmatch(bare):
        return None
    try:
        return parse_decimal(bare, locale, strict=True)
    except NumberFormatError:
        return None


def _without_currency(text: str, currency: str, locale: Locale) -> str:
    """The text without the currency or its sign before or after it."""
    signs = {currency, get_currency_symbol(currency, locale), _SIGNS.get(currency, "$")}
    name = f"(?:{'|'.join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))})?"
    return re.sub(rf"^\s*{name}\s*|\s*{name}\s*$", "", text, flags=re.IGNORECASE)
