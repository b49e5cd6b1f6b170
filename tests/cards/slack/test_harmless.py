"""Property tests: texts from outside take no effect on a card, and neither hide in it nor break it."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.sanitize import clean_line, clean_part, clean_text
from cards.slack.text import END_ISOLATE, ISOLATE, NO_WIDTH, escape, mrkdwn
from cards.views import Line, Link, Mention, Moment, Strong
from tests.cards import hostile
from tests.cards.hostile import TRICKS

OURS = {ISOLATE, END_ISOLATE, NO_WIDTH}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def effects_in(escaped: str) -> list[str]:
    """What Slack would not show as it stands. Written from Slack's rules, not from our code."""
    return [
        *re.findall(r"[<>*~`]", escaped),
        *re.findall(r"&(?!(?:amp|lt|gt);)", escaped),
        *re.findall(r"(?:^|[^A-Za-z0-9])_|_(?:$|[^A-Za-z0-9])", escaped),
        *re.findall(r":[\w+'-]+:", escaped),
        *re.findall(r"^\s*(?:&gt;|>)", escaped),
    ]


def hidden_in(text: str) -> list[str]:
    """Characters that nobody sees."""
    return [one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")]


@given(hostile.text, st.integers(24, 3000))
def test_no_words_take_effect_in_markup(words: str, most: int) -> None:
    escaped = escape(words, most)
    assert effects_in(escaped) == []
    assert len(escaped) <= most
    assert set(hidden_in(escaped)) <= OURS | set("\u200c\u200d")


@pytest.mark.parametrize("trick", TRICKS)
def test_no_trick_takes_effect(trick: str) -> None:
    assert effects_in(escape(trick, 3000)) == []


def test_harmless_words_stay_as_they_are() -> None:
    for said in ("Nordwind GmbH", "INV_2041_A", "€1,234.50 – all of it", "Straße 4, 12 % (net)"):
        assert escape(said) == said


def test_words_that_look_like_markup_can_still_be_read() -> None:
    assert escape("Tom & Sons <info>") == "Tom &amp; Sons &lt;info&gt;"
    assert escape("*now*") == "∗now∗"
    assert escape("at :smile:").replace(NO_WIDTH, "") == "at :smile:"


def test_words_from_right_to_left_do_not_turn_the_amount_beside_them() -> None:
    assert escape("שלום") == f"{ISOLATE}שלום{END_ISOLATE}"


def test_a_long_text_is_cut_after_escaping_never_inside_an_entity() -> None:
    escaped = escape("&" * 500, 300)
    assert len(escaped) <= 300
    assert re.fullmatch(r"(&amp;)+…", escaped)


@given(hostile.text)
def test_nothing_unseen_stays_in_a_text(words: str) -> None:
    joiners = set("\u200c\u200d")
    assert set(hidden_in(clean_text(words))) <= joiners | {"\n"}
    assert set(hidden_in(clean_line(words))) <= joiners
    assert set(hidden_in(clean_part(words))) <= joiners
    assert not re.search(r"[a-z][\u200c\u200d]", clean_line(words))


@given(hostile.text)
def test_cleaning_twice_changes_nothing(words: str) -> None:
    assert clean_text(clean_text(words)) == clean_text(words)
    assert clean_line(clean_line(words)) == clean_line(words)


def test_scripts_that_need_joiners_keep_them() -> None:
    assert clean_line("می‌خواهم 👩‍👧") == "می‌خواهم 👩‍👧"
    assert clean_line("pay\u200dpal") == "paypal"


def test_marks_do_not_pile_up() -> None:
    assert clean_line("Z" + "\u0301" * 50) == "Z" + "\u0301" * 3


parts = st.one_of(
    hostile.text,
    hostile.text.map(Strong),
    st.builds(Mention, hostile.text, st.one_of(st.none(), st.just("U0ANA"), hostile.text)),
    st.builds(Link, hostile.text, st.one_of(st.just("https://a.example/?x=1&y=2"), hostile.text)),
    st.builds(Moment, st.integers(-(10**6), 10**6).map(lambda n: NOON + timedelta(hours=n)), st.booleans()),
)
TOKEN = re.compile(r"<[^<>]*>")
DATE = re.compile(r"<!date\^\d+\^\{date_short(_pretty)?\} \{time\}\|[^<>|]*UTC>")
LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>|]*>")


@given(st.lists(parts, max_size=8), st.integers(100, 3000))
def test_a_line_holds_only_the_mentions_dates_and_links_that_were_meant(
    line: list[object], most: int
) -> None:
    said = mrkdwn(tuple(line), most)  # type: ignore[arg-type]
    assert len(said) <= most
    tokens = TOKEN.findall(said)
    assert re.sub(TOKEN, "", said).count("<") == 0
    refs = {f"<@{one.slack_ref}>" for one in line if isinstance(one, Mention)}
    for token in tokens:
        assert token in refs or DATE.fullmatch(token) or LINK.fullmatch(token)


def test_a_link_leads_only_to_the_web() -> None:
    for url in ("javascript:alert(1)", "https://a|b>", "file:///etc", "https://a.example/ b", ""):
        assert mrkdwn((Link("Invoice", url),)) == "Invoice"
    assert (
        mrkdwn((Link("Invoice", "https://a.example/?x=1&y=2"),)) == "<https://a.example/?x=1&amp;y=2|Invoice>"
    )


def test_only_a_member_id_becomes_a_mention() -> None:
    assert mrkdwn((Mention("Ana", "U0ANA"),)) == "<@U0ANA>"
    assert mrkdwn((Mention("Ana", "!channel"),)) == "Ana"
    assert mrkdwn((Mention("Ana", "U0ANA> <!here"),)) == "Ana"


def test_a_date_is_shown_in_the_readers_zone_with_a_fallback() -> None:
    line: Line = ("Claim by ", Moment(NOON))
    assert mrkdwn(line) == "Claim by <!date^1772452800^{date_short_pretty} {time}|2026-03-02 12:00 UTC>"


def test_where_only_a_date_fits_no_reader_is_shown_yesterday() -> None:
    said = mrkdwn(("It goes out on ", Moment(NOON, in_full=True)))
    assert said == "It goes out on <!date^1772452800^{date_short} {time}|2026-03-02 12:00 UTC>"
