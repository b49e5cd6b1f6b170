"""Property tests: texts from outside take no effect on a card of Teams, by new rules and by its renderer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards.teams import dialog, message
from cards.teams.elements import quote, text
from cards.teams.layout import Layout
from cards.teams.text import END_ISOLATE, ISOLATE, NO_WIDTH, escape, markdown
from cards.views import Line, Link, Mention, MessageView, Moment, Strong
from tests.cards import hostile
from tests.cards.samples import CARDS
from tests.cards.teams.client import Client, a_client
from tests.cards.teams.rules import parts_of
from tests.cards.teams.samples import ANAS_ID, DANAS_ID, TEAMS, adaptive_cards
from tests.fixtures.effort import tries

pytestmark = pytest.mark.slow

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OURS = {ISOLATE, END_ISOLATE, NO_WIDTH}
TRICKS = (
    *hostile.TRICKS,
    "1. one",
    "- one",
    "+ one",
    "# head",
    "> said",
    "***",
    "---",
    "___",
    "|a|b|",
    "    four blanks",
    "[bank](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "[bank]: https://evil.example",
    "[a][b] [a]",
    "<https://evil.example>",
    "<ap@evil.example>",
    "[x](javascript:alert(1))",
    "{{DATE(2026-03-02T12:00:00Z, SHORT)}} {{TIME(2026-03-02T12:00:00Z)}}",
    "<at>Ana</at> <AT>Ana</AT>",
    "&lt;at&gt;Ana&lt;/at&gt; &#42;x&#42; &copy;",
    "<b>bold</b><img src=x onerror=alert(1)><script>alert(1)</script>",
    "\\*x\\* \\",
    "~~gone~~ __strong__ snake_case_name _x_",
    "$(x) ${x}",
    "WWW.evil.example HTTPS://evil.example",
)
said = st.one_of(st.sampled_from(TRICKS), hostile.text)


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with a_client() as shown:
        yield shown


def effects_in(block: str) -> list[str]:
    """What a TextBlock would not show as it stands. Written from its rules, not from our code."""
    return [
        *re.findall(r"[*~`]", block),
        *re.findall(r"(?:^|[^A-Za-z0-9])_|_(?:$|[^A-Za-z0-9])", block),
        *re.findall(r"\][(\[:]|!\[|\\[!-/:-@\[-`{-~]|\{\{|<[A-Za-z/!?]|&#?\w+;|://|(?i:\bwww\.)", block),
        *re.findall(r"^\s*(?:[-+#>=|]|\d+[.)])|^\s{4}|^$", block),
    ]


@given(said, st.integers(24, 3000))
def test_no_words_take_effect(words: str, most: int) -> None:
    escaped = escape(words, most)
    assert len(escaped) <= most
    assert effects_in(text(escaped)["text"]) == []
    hidden = {one for one in escaped if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")}
    assert hidden <= OURS | set("\u200c\u200d")


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_takes_effect(trick: str) -> None:
    assert effects_in(text(escape(trick, 3000))["text"]) == []


def test_harmless_words_stay_as_they_are() -> None:
    for one in (
        "Nordwind GmbH",
        "INV_2041_A",
        "€1,234.50 – all of it",
        "Straße 4, 12 % (net)",
        "D-1042: R & D",
    ):
        assert escape(one) == one


def test_words_that_look_like_markup_can_still_be_read() -> None:
    assert escape("*now*") == "∗now∗"
    assert escape("Tom & <info> [a](b)").replace(NO_WIDTH, "") == "Tom & <info> [a](b)"


parts = st.one_of(
    said,
    said.map(Strong),
    st.builds(
        Mention,
        st.one_of(st.just("Ana"), said),
        st.none(),
        st.one_of(st.none(), st.sampled_from([ANAS_ID, DANAS_ID]), said),
    ),
    st.builds(Link, said, st.one_of(st.just("https://a.example/?x=(1)&y=[_2_]#{{DATE"), said)),
    st.builds(Moment, st.integers(-(10**6), 10**6).map(lambda n: NOON + timedelta(hours=n)), st.booleans()),
)
AT = re.compile(r"<at>(.*?)</at>")
LINK = re.compile(r"\[[^\[\]]*\]\(https?://[^\s()<>\[\]{}\\]+\)")
DATE = re.compile(r"\{\{DATE\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, SHORT\)\}\} \{\{TIME\([-:TZ\d]+\)\}\}")


@given(st.lists(parts, max_size=8), st.integers(100, 3000))
def test_a_line_holds_only_the_mentions_dates_and_links_that_were_meant(line: list[Any], most: int) -> None:
    layout = Layout()
    block = markdown(tuple(line), layout, most)
    assert set(AT.findall(block)) <= set(layout.mentioned.values())
    assert set(layout.mentioned) <= {one.teams_ref for one in line if isinstance(one, Mention)}
    rest = LINK.sub("x", DATE.sub("x", AT.sub("x", block)))
    assert effects_in(rest.replace("**", "x")) == []
    assert rest.count("**") in range(0, 2 * sum(isinstance(one, Strong) for one in line) + 1, 2)


def test_a_link_leads_only_to_the_web() -> None:
    for url in ("javascript:alert(1)", "https://a|b>", "file:///etc", "https://a.example/ b", ""):
        assert markdown((Link("Invoice", url),), Layout()) == "Invoice"
    linked = markdown((Link("[Invoice]", "https://a.example/(x)?a=1&b=2"),), Layout())
    assert linked == "[(Invoice)](https://a.example/%28x%29?a=1&b=2)"


def test_a_shout_before_a_link_makes_no_picture_of_it() -> None:
    said_line = markdown(("Look!", Link("here", "https://a.example")), Layout())
    assert "![" not in said_line


def test_a_date_is_shown_in_the_readers_zone(client: Client) -> None:
    line: Line = ("Claim by ", Moment(NOON))
    assert markdown(line, Layout()) == (
        "Claim by {{DATE(2026-03-02T12:00:00Z, SHORT)}} {{TIME(2026-03-02T12:00:00Z)}}"
    )
    drawn = client.said(card_of([text(markdown(line, Layout()))]))
    assert drawn["text"].strip() == "Claim by Mon, 2 Mar 2026 13:00"


@pytest.mark.parametrize("name", TEAMS)
def test_microsofts_renderer_draws_everything_and_nothing_takes_effect(name: str, client: Client) -> None:
    for card in adaptive_cards(name):
        drawn = client.said(card)
        assert drawn["trouble"] == []
        assert effects_of(drawn["html"]) == []
        assert "{{" not in drawn["text"]
        assert "**" not in drawn["text"]


@pytest.mark.parametrize("name", TEAMS)
def test_no_card_is_wider_than_a_phone(name: str, client: Client) -> None:
    for card in adaptive_cards(name):
        client.said(card)
        assert not client.is_wider_than(340)


@settings(max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(said, min_size=20, max_size=40))
def test_every_word_is_drawn_as_it_stands(client: Client, many: list[str]) -> None:
    blocks = [text(escape(one, 3000)) for one in many]
    drawn = client.said(card_of(blocks))
    assert drawn["trouble"] == []
    assert effects_of(drawn["html"]) == []
    assert "<a " not in drawn["html"]
    assert "<strong" not in drawn["html"]


@settings(max_examples=tries(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(said, min_size=5, max_size=20))
def test_peoples_own_words_are_drawn_as_they_stand(client: Client, many: list[str]) -> None:
    drawn = client.said(card_of([quote(one, Layout()) for one in many]))
    assert drawn["trouble"] == []
    assert effects_of(drawn["html"]) == []
    assert "<a " not in drawn["html"]


def test_neither_a_date_nor_a_mention_takes_effect_in_peoples_own_words(client: Client) -> None:
    words = "Due {{DATE(2026-03-02T12:00:00Z, SHORT)}} says <at>Ana</at>"
    card = card_of([quote(words, Layout())])
    assert "<at>" not in str(card)
    assert client.said(card)["text"].replace(NO_WIDTH, "").strip() == words


def test_strong_words_are_strong_whatever_stands_around_them(client: Client) -> None:
    for line in (
        ("(", Strong("(Not) delivered!"), "indeed"),
        (Strong("…"), Strong("“a”")),
        ("a", Strong("@Ombud overdue [queue]"), "b"),
        (Strong("**x**"), "y"),
    ):
        drawn = client.said(card_of([text(markdown(line, Layout()))]))
        assert "**" not in drawn["text"]
        assert drawn["html"].count("<strong>") == sum(isinstance(one, Strong) for one in line)


def test_only_who_is_meant_is_called(client: Client) -> None:
    view = MessageView(
        lines=((Mention("Ana", None, ANAS_ID), " <at>Ana</at>"), ("<at>Ana</at> ", Strong("<at>Ana</at>"))),
        quotes=("<at>Ana</at>",),
    )
    drawn = client.said(message(view)["attachments"][0]["content"])
    assert drawn["html"].count('class="mention"') == 1


def test_every_address_on_a_card_is_one_of_the_web() -> None:
    for name, card in CARDS.items():
        for part in parts_of(dialog(card)):
            if "url" in part:
                assert part["url"].startswith("https://"), name


def card_of(body: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "AdaptiveCard", "version": "1.5", "body": body}


def effects_of(html: str) -> list[str]:
    """What the renderer made of words, but bold, links and paragraphs of ours."""
    marks = r"<(?:em|i|b|s|del|code|pre|ul|ol|li|h[1-6]|blockquote|img|table|hr|script|iframe|br)\b[^>]*>"
    return [*re.findall(marks, html), *re.findall(r'href="(?!https://)[^"]*"', html)]
