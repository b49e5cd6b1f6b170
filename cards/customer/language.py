"""Translator: sentences, money, dates and lists in the customer's language.

The key of a sentence is its English text. Catalogues are `cards/locale/<language>/<page>.po`, one for each
page or kind of mail; those of a language are read as one. A sentence without a translation stays English;
a test demands that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_name
from babel.lists import format_list
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from core.money import Money, decimals_of

LANGUAGES = ("en", "de", "fr", "es")
_DEFAULT_LOCALES = {"en": "en_GB", "es": "es_ES"}
"""Locale for a language without a country, chosen so that no reader takes a date for another day."""
_MAX_HEADER_LENGTH = 500
_MAX_ZONE_LENGTH = 5
_CODE_BEFORE_DIGITS = re.compile(r"[A-Z]{3}(?=\d)")
"""Some locales write `KWD1.500`."""


@dataclass(frozen=True, slots=True)
class Translator:
    """Texts in one language. Templates call `translate` as `_` and `translate_plural` as `ngettext`."""

    tag: str
    """`de` or `de-AT`, as HTML and mail headers want it."""
    _locale: Locale

    @property
    def language(self) -> str:
        """One of `LANGUAGES`."""
        return self.tag[:2]

    def translate(self, text: str, **values: object) -> str:
        """`text` in this language, with `values` for each `%(name)s`; `%%` is a percent sign."""
        return _translated(self.language, text)[0] % values

    def translate_plural(self, one: str, many: str, count: int, **values: object) -> str:
        """The sentence for `count` by the locale's plural rule; `%(count)s` is the number."""
        forms = _translated(self.language, one, many)
        is_one = self._locale.plural_form(count) == "one"
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
        """`Friday 6 March 2026, 16:30 CET`: in the time zone `zone`, which is named."""
        there = at.astimezone(ZoneInfo(zone))
        day = format_date(there.date(), "full", self._locale)
        return f"{day}, {format_time(there, 'short', locale=self._locale)} {self._zone(there)}"

    def listed(self, items: Sequence[str]) -> str:
        """`a, b and c`."""
        return format_list(list(items), locale=self._locale) if items else ""

    def _zone(self, there: datetime) -> str:
        """The zone's short name in this language, else its offset from UTC."""
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
    """The translator for a tag such as `de` or `de-AT`; English for a language that we don't have."""
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
        quality = _quality(weight)
        if tag[:2].lower() in LANGUAGES and tag[2:3] in ("", "-") and quality > 0:
            wanted.append((-quality, place, tag))
    return translator_for(min(wanted)[2]).tag if wanted else "en"


def _quality(weight: str) -> float:
    """`q=0.8` as a number from 0 to 1; 1 without a weight, 0 for one that can't be read."""
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
    """A language's translations by their English text: the forms for one and for many, or the only one.

    A fuzzy translation, or one with an empty form, is a draft and is left out.
    """
    return {
        _forms(message.id)[0]: _forms(message.string)
        for message in _messages(language)
        if message.id and not message.fuzzy and all(_forms(message.string))
    }


def _messages(language: str) -> Iterator[Message]:
    if language == "en":
        return
    folder = resources.files("cards") / "locale" / language
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".po"):
            text = file.read_text(encoding="utf-8")
            yield from read_po(text.splitlines(keepends=True), locale=language, abort_invalid=True)


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)
