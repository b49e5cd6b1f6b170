"""What others wrote does nothing to a terminal, wherever a command or a log line shows it."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terminal import safe_json, safe_lines, safe_text

HOSTILE = "INV-1\x1b]0;owned\x07\x1b[2J\x9b31m\r\nFAKE\u202egnp.exe\u2066\x00\x7f\u2028\ud800"
UNSAFE = ("Cc", "Cf", "Cs", "Zl", "Zp")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31mred", r"\x9b31mred"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("a\x08\x7f\x00", r"a\x08\x7f\x00"),
        ("gpj.\u202eexe", r"gpj.\u202eexe"),
        ("\u2066\u200f\ufeff", r"\u2066\u200f\ufeff"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_a_terminal_obeys_is_shown(text: str, shown: str) -> None:
    assert safe_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Nordwind GmbH & Co. KG",
        "Grüße, Ængstrøm",
        "株式会社",
        "شركة",
        "می\u200cخواهم",
        "👩\u200d💻",
        "§ € – “x”",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert safe_text(text) == safe_lines(text) == safe_json(text) == text


def test_our_own_line_breaks_stay() -> None:
    assert safe_lines("one\x1b\ntwo\x07") == "one\\x1b\ntwo\\x07"


@given(st.text())
def test_nothing_unsafe_is_left_and_json_means_the_same(text: str) -> None:
    for shown in (safe_text(text), safe_lines(text).replace("\n", "")):
        assert [
            one for one in shown if unicodedata.category(one) in UNSAFE and one not in "\u200c\u200d"
        ] == []
        shown.encode()
    document = json.dumps({"a": text}, ensure_ascii=False, indent=2)
    assert json.loads(safe_json(document)) == {"a": text}


def test_json_keeps_what_it_says_and_shows_it_escaped() -> None:
    document = safe_json(json.dumps([HOSTILE], ensure_ascii=False))
    assert document.isprintable()
    assert json.loads(document) == [HOSTILE]
