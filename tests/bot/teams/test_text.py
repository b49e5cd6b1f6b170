"""Plain text of what people write in Teams."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.text import LONGEST_HTML, command_of, plain_text
from tests.bot.teams.activities import BOT

OPENED = [
    "<p ",
    "<",
    "</",
    "<!--",
    "<![",
    "<![CDATA[",
    "<?",
    "<a b=",
    "<a b='",
    '<a b="',
    "<img alt='",
    "<script>",
    "<title ",
    "&",
    "&#",
    "&#1",
    "&amp",
    "<p>\n",
    " \n",
    "\u00a0",
]
"""What a reader could wait for the end of."""
READ_MUCH = """
import sys
from bot.teams import text
text.LONGEST_HTML = 300_000
for opened in sys.argv[1:]:
    for ending in ("", ">", " x>", "-->"):
        html = opened * (300_000 // len(opened)) + ending
        text.plain_text(html[-300_000:])
        text.command_of({"text": html[-300_000:]})
"""
PATIENCE_SECONDS = 120
"""All of it takes a few; a way whose time grows with the square of the length takes half an hour for one."""


@given(
    html=st.one_of(
        st.text(), st.lists(st.sampled_from("<![ < > </ <p> <b <!-- --> &amp; &#0; x".split())).map("".join)
    )
)
def test_any_markup_is_read_as_plain_words(html: str) -> None:
    assert "\0" not in plain_text(html)
    assert "\0" not in command_of({"text": html})


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>a<br>b</div>", "a\nb"),
        ("a<BR/>b<br />c", "a\nb\nc"),
        ('Well done <emoji alt="👍"></emoji> <at id="0">Ana</at>', "Well done 👍 Ana"),
        ("<img data-alt='no' src=x alt='a &amp; b'>", "a & b"),
        ('<p title="no" alt="neither">yes</p>', "yes"),
        ("<script>alert(1)</script>said", "said"),
        ("<style>p { color: red }</style><head><title>Title</title></head>said</title>", "said"),
        ("<!-- nobody reads this -->said", "said"),
        ("3 &lt; 4 &amp;amp; 5", "3 < 4 &amp; 5"),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ("<ul><li>one</li><li>two</li></ul>", "one\n\ntwo"),
        ("half <![declared", "half <![declared"),
        (f"&#{'9' * 5000};", f"&#{'9' * 5000};"),
    ],
)
def test_a_message_is_read_as_its_reader_sees_it(html: str, words: str) -> None:
    assert plain_text(html) == words


def test_no_more_is_read_than_a_message_can_hold() -> None:
    assert len(plain_text("x" * 1_000_000)) == LONGEST_HTML
    assert len(command_of({"text": "x" * 1_000_000})) == LONGEST_HTML


def test_what_is_left_open_a_hundred_thousand_times_is_read_all_the_same() -> None:
    subprocess.run([sys.executable, "-c", READ_MUCH, *OPENED], check=True, timeout=PATIENCE_SECONDS)


def test_words_are_stripped_of_our_mention_by_what_it_mentions() -> None:
    ours = {"type": "mention", "mentioned": {"id": BOT["id"]}, "text": "<at>Helper, Ltd</at>"}
    activity = {"recipient": BOT, "entities": [ours], "text": "<at>Helper, Ltd</at>&nbsp;show  D-1001\n"}
    assert command_of(activity) == "show D-1001"
