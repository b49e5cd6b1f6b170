"""Tests of text from Slack as plain words."""

from __future__ import annotations

import pytest
from hypothesis import given

from cards.slack.incoming_text import mentioned_members, without_markup
from tests.cards import hostile

NAMES = {"U0ANA": "Ana Ruiz"}


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("We found it.", "We found it."),
        ("<@U0ANA> and <@U0ANA|ana> found it", "Ana Ruiz and Ana Ruiz found it"),
        ("<@W0NEW> and <@W0NEW|kim>", "a colleague and kim"),
        ("see <https://a.example/x?a=1&amp;b=2>", "see https://a.example/x?a=1&b=2"),
        ("see <https://a.example/x|the parcel>", "see the parcel (https://a.example/x)"),
        ("see <https://a.example|https://a.example>", "see https://a.example"),
        ("see <http://a.example|a.example>", "see http://a.example"),
        ("<mailto:kim@a.example|kim@a.example>", "kim@a.example"),
        ("<tel:+49301234|+49301234>", "+49301234"),
        ("<#C0BILLING|billing-disputes> <#C0BILLING>", "#billing-disputes a channel"),
        ("<!here> <!subteam^S1|@finance> <!date^1772442000^{date}|2 March>", "@here @finance 2 March"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("", ""),
    ],
)
def test_markup_becomes_words(said: str, read: str) -> None:
    assert without_markup(said, NAMES) == read


def test_who_is_mentioned_is_looked_up_by_id() -> None:
    assert mentioned_members("<@U0ANA> <@W0NEW|kim> <#C0BILLING> @U0BEN <@u0ana>") == {"U0ANA", "W0NEW"}


@given(hostile.text)
def test_anything_can_be_read(said: str) -> None:
    assert isinstance(without_markup(said, {}), str)
    assert isinstance(mentioned_members(said), frozenset)
