"""Tests of wording: money, durations, excerpts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import words
from core.case import Resolution, Status, Target
from core.money import Money
from tests.cards import hostile


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (123_450, "EUR", "€1,234.50"),
        (5_000, "JPY", "¥5,000"),
        (1_500, "KWD", "KWD 1.500"),
        (7, "USD", "$0.07"),
        (-1_205, "GBP", "-£12.05"),
        (100_000_000, "CHF", "CHF 1,000,000.00"),
        (1, "CLF", "CLF 0.0001"),
        (0, "ZZZ", "ZZZ 0.00"),
    ],
)
def test_money_reads_as_in_a_letter(minor: int, currency: str, said: str) -> None:
    assert words.money(Money(minor, currency)) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(hours=3, minutes=20), "3 h 20 m"),
        (timedelta(minutes=45, seconds=59), "45 m"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=2, hours=4, minutes=59), "2 d 4 h"),
        (timedelta(days=1), "1 d"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(hours=-3), "3 h"),
    ],
)
def test_a_span_is_told_in_the_two_units_that_matter(span: timedelta, said: str) -> None:
    assert words.duration(span) == said


def test_counts_have_their_plural() -> None:
    assert [words.count(number, "file") for number in (0, 1, 1200)] == ["no files", "1 file", "1,200 files"]


def test_a_list_ends_in_and() -> None:
    assert words.listed([]) == ""
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"


def test_an_excerpt_ends_at_a_word() -> None:
    assert words.excerpt("The second pallet never arrived", 24) == "The second pallet never…"
    assert words.excerpt("x" * 400, 300) == "x" * 299 + "…"


def test_an_excerpt_keeps_lines_but_not_a_column_of_them() -> None:
    assert words.excerpt("one\r\n\r\n\r\n\r\ntwo") == "one\n\ntwo"
    assert words.excerpt("\n".join("abcdefgh")) == "a\nb\nc\nd\ne\nf …"


@given(hostile.text, st.integers(2, 4000))
def test_a_cut_text_is_never_longer_than_asked(text: str, longest: int) -> None:
    assert len(words.cut(text, longest)) <= longest


@given(hostile.text)
def test_a_name_is_one_line_and_never_empty(text: str) -> None:
    name = words.name(text)
    assert name.strip()
    assert "\n" not in name
    assert len(name) <= 80


def test_every_state_ending_and_target_has_its_words() -> None:
    assert set(words.STATUS) == set(Status)
    assert set(words.RESOLUTION) == set(Resolution)
    assert set(words.DUE) == set(words.WAS_DUE) == set(words.TARGET) == set(Target)


def test_an_unknown_priority_is_still_named() -> None:
    assert [words.priority(1), words.priority(9)] == ["urgent", "priority 9"]


def test_a_moment_without_a_zone_of_the_reader_is_told_in_utc() -> None:
    assert words.utc(datetime(2026, 3, 2, 9, 5, tzinfo=UTC)) == "2026-03-02 09:05 UTC"
