"""How do we say it in the customer's language? Sentences, money, dates and lists in their manner.

A sentence's key is its English text. Catalogues lie in `cards/locale/<language>/<page>.po`, one for each
place where customers read: all of a language are one. What isn't in them is said in English; a test
demands that everything is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from core.money import Money, decimals_of

LANGUAGES = ("en", "de", "fr", "es")
_DEFAULT_LOCALES = {"en": "en_GB", "es": "es_ES"}
"""What a language without a country means: dates that no reader of it takes for another day."""
_MAX_HEADER_LENGTH = 500
_MAX_ZONE_LENGTH = 5
_CODE_BEFORE_DIGITS = re.compile(r"[A-Z]{3}(?=\d)")
"""Some locales write `KWD1.500`."""


@dataclass(frozen=True, slots=True)
class Translator:
    """One customer's language. Templates call `translate` as `_` and `translate_plural` as `ngettext`."""

    tag: str
    """`de` or `de-AT`, as HTML and mail headers want it."""
    _locale: Locale

    @property
    def language(self) -> str:
        """One of `LANGUAGES`."""
        return self.tag[:2]

    def translate(self, text: str, **values: object) -> str:
        """`text` in this language; `%(name)s` stands for a value, and `%%` for a percent sign."""
        return _translated(self.language, text)[0] % values

    def translate_plural(self, one: str, many: str, count: int, **values: object) -> str:
        """The sentence that fits `count`, which both know as `%(count)s`."""
        forms = _translated(self.language, one, many)
        is_one = count == 1 or (count == 0 and self.language == "fr")
        return forms[0 if is_one else -1] % {"count": self.number(count), **values}

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self._locale)

    def money(self, amount: Money) -> str:
        """`€1,234.50`, `1.234,50 €`: with as many decimals as the currency has."""
        places = decimals_of(amount.currency)
        pattern = copy(self._locale.currency_formats["standard"])
        pattern.frac_prec = (places, places)
        value = Decimal(amount.minor).scaleb(-places)
        said = pattern.apply(value, self._locale, currency=amount.currency, currency_digits=False)
        return _CODE_BEFORE_DIGITS.sub("\\g<0>\u00a0", str(said))

    def day(self, on: date) -> str:
        """`2 March 2026`: the month as a word, so that it can't be taken for the day."""
        return format_date(on, "long", self._locale)

    def moment(self, at: datetime, zone: str) -> str:
        """`Friday 6 March 2026, 16:30 CET`: on the clock of `zone`, which is named."""
        there = at.astimezone(ZoneInfo(zone))
        day = format_date(there.date(), "full", self._locale)
        return f"{day}, {format_time(there, 'short', locale=self._locale)} {self._zone(there)}"

    def listed(self, items: Sequence[str]) -> str:
        """`a, b and c`."""
        return format_list(list(items), locale=self._locale) if items else ""

    def _zone(self, there: datetime) -> str:
        """The short name that readers of this language use for the zone, else its distance from UTC."""
        name = get_timezone_name(there, "short", locale=self._locale)
        if name.isalpha() and len(name) <= _MAX_ZONE_LENGTH:
            return name
        away = there.utcoffset() or timedelta()
        if not away:
            return "UTC"
        hours, minutes = divmod(abs(away) // timedelta(minutes=1), 60)
        sign = "-" if away < timedelta() else "+"
        return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


@lru_cache(maxsize=256)
def translator_for(language: str | None) -> Translator:
    """The translator for a language tag such as `de` or `de-AT`; English for one that we don't speak."""
    base, _, region = (language or "").strip().replace("_", "-").partition("-")
    base, region = base.lower(), region.upper()
    if base not in LANGUAGES:
        return translator_for("en")
    if region:
        try:
            return Translator(f"{base}-{region}", Locale(base, territory=region))
        except (UnknownLocaleError, ValueError):
            return translator_for(base)
    return Translator(base, Locale.parse(_DEFAULT_LOCALES.get(base, base)))


def negotiate(accept_language: str) -> str:
    """The tag that Accept-Language prefers of the languages we have; `en` when it has none of ours."""
    wanted = []
    for place, part in enumerate(accept_language[:_MAX_HEADER_LENGTH].split(",")):
        tag, _, weight = part.strip().partition(";")
        likes = _quality(weight)
        if tag[:2].lower() in LANGUAGES and tag[2:3] in ("", "-") and likes > 0:
            wanted.append((-likes, place, tag))
    return translator_for(min(wanted)[2]).tag if wanted else "en"


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def _translated(language: str, one: str, many: str | None = None) -> tuple[str, ...]:
    return _catalogue(language).get(one) or ((one,) if many is None else (one, many))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """Every translation of a language by its English text; a fuzzy one is a draft and doesn't count."""
    if language == "en":
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for name, lines in _files(language):
        for message in read_po(lines, locale=language, domain=name, abort_invalid=True):
            forms = _as_tuple(message.string)
            if message.id and not message.fuzzy and all(forms):
                found[_as_tuple(message.id)[0]] = forms
    return found


def _files(language: str) -> Iterable[tuple[str, Any]]:
    folder = resources.files("cards") / "locale" / language
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".po"):
            yield file.name.removesuffix(".po"), file.read_text(encoding="utf-8").splitlines(keepends=True)


def _as_tuple(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)
