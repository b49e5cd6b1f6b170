"""Tests of the translator: each customer's own language, with money and dates as it writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.customer import language as languages
from cards.customer.language import LANGUAGES, negotiate, translator_for
from core.money import Money

FRIDAY = datetime(2026, 3, 6, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "tag"),
    [
        ("de", "de"),
        ("de-AT", "de-AT"),
        ("de_at", "de-AT"),
        ("DE", "de"),
        ("en-US", "en-US"),
        ("de-XX", "de"),
        ("pt", "en"),
        ("", "en"),
        (None, "en"),
        ("../de", "en"),
        ("de-Latn-DE-x-anything", "de"),
    ],
)
def test_a_language_we_dont_speak_is_answered_in_english(asked: str | None, tag: str) -> None:
    assert translator_for(asked).tag == tag
    assert translator_for(asked).language in LANGUAGES


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de-AT"),
        ("pt-BR,fr;q=0.5,en;q=0.4", "fr"),
        ("en;q=0.2, es;q=0.9", "es"),
        ("pt-BR, *", "en"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("den, fr;q=banana, es;q=0.1", "es"),
        ("", "en"),
    ],
)
def test_the_browser_says_which_language_it_likes_best(header: str, tag: str) -> None:
    assert negotiate(header) == tag


@given(st.text())
def test_no_header_and_no_tag_is_too_odd(text: str) -> None:
    assert translator_for(negotiate(text)).language in LANGUAGES
    assert translator_for(text).language in LANGUAGES


@pytest.mark.parametrize(
    ("language", "amount", "said"),
    [
        ("en", Money(123450, "EUR"), "€1,234.50"),
        ("de", Money(123450, "EUR"), "1.234,50\u00a0€"),
        ("fr", Money(123450, "EUR"), "1\u202f234,50\u00a0€"),
        ("es", Money(1234500, "EUR"), "12.345,00\u00a0€"),
        ("en", Money(5000, "JPY"), "JP¥5,000"),
        ("de", Money(5000, "JPY"), "5.000\u00a0¥"),
        ("en", Money(1500, "KWD"), "KWD\u00a01.500"),
        ("de", Money(1500, "IQD"), "1,500\u00a0IQD"),
        ("en-US", Money(-250, "USD"), "-$2.50"),
        ("en", Money(250, "USD"), "US$2.50"),
    ],
)
def test_money_is_written_in_the_customers_manner_with_the_currencys_decimals(
    language: str, amount: Money, said: str
) -> None:
    assert translator_for(language).money(amount) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "2 March 2026"),
        ("en-US", "March 2, 2026"),
        ("de", "2. März 2026"),
        ("fr", "2 mars 2026"),
        ("es", "2 de marzo de 2026"),
    ],
)
def test_a_day_has_its_month_as_a_word(language: str, said: str) -> None:
    assert translator_for(language).day(date(2026, 3, 2)) == said


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("en", "Europe/Berlin", "Friday, 6 March 2026, 16:30 CET"),
        ("de", "Europe/Berlin", "Freitag, 6. März 2026, 16:30 MEZ"),
        ("fr", "Europe/Berlin", "vendredi 6 mars 2026, 16:30 UTC+1"),
        ("es", "America/New_York", "viernes, 6 de marzo de 2026, 10:30 UTC-5"),
        ("de", "Asia/Kolkata", "Freitag, 6. März 2026, 21:00 UTC+5:30"),
        ("de", "Atlantic/Reykjavik", "Freitag, 6. März 2026, 15:30 UTC"),
    ],
)
def test_a_moment_names_whose_clock_it_is_on(language: str, zone: str, said: str) -> None:
    assert translator_for(language).moment(FRIDAY, zone) == said


def test_a_moment_is_on_the_day_it_is_there() -> None:
    late = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)
    assert translator_for("en").moment(late, "Europe/Berlin").startswith("Saturday, 7 March 2026, 00:30")


def test_lists_end_in_the_languages_own_and() -> None:
    assert translator_for("en").listed(["a", "b", "c"]) == "a, b and c"
    assert translator_for("de").listed(["a", "b"]) == "a und b"
    assert translator_for("fr").listed(["a", "b"]) == "a et b"
    assert translator_for("es").listed(["a"]) == "a"
    assert translator_for("es").listed([]) == ""


@pytest.fixture
def small_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    german = {
        "Hello %(name)s": ("Guten Tag, %(name)s",),
        "%(count)s file": ("%(count)s Datei", "%(count)s Dateien"),
    }
    monkeypatch.setattr(languages, "_catalogue", lambda language: german if language != "en" else {})


@pytest.mark.usefixtures("small_catalogue")
def test_values_are_put_in_and_what_isnt_translated_is_said_in_english() -> None:
    assert translator_for("de").translate("Hello %(name)s", name="<b>%s") == "Guten Tag, <b>%s"
    assert translator_for("de").translate("100 %% sure") == "100 % sure"
    assert translator_for("en").translate("Hello %(name)s", name="Ana") == "Hello Ana"


@pytest.mark.usefixtures("small_catalogue")
def test_a_count_takes_the_form_that_the_language_has_for_it() -> None:
    one, many = "%(count)s file", "%(count)s files"
    assert [translator_for("de").translate_plural(one, many, n) for n in (0, 1, 2)] == [
        "0 Dateien",
        "1 Datei",
        "2 Dateien",
    ]
    assert translator_for("fr").translate_plural(one, many, 0) == "0 Datei"
    assert translator_for("en").translate_plural(one, many, 1200) == "1,200 files"
