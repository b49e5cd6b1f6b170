"""Tests of the forms for messages to customers: the preview shows all that is sent, and only that."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given

from cards.message_forms import (
    PREVIEWED,
    customer_text_hint,
    preview_digest,
    question_form,
    reply_form,
    with_preview_digest,
)
from cards.sanitize import clean_text
from cards.slack import modal
from cards.slack.blocks import quotes
from cards.views import Preview
from tests.cards import hostile
from tests.cards.examples import CASES

CASE = CASES["under_review"]
MAIL = Preview("ap@nordwind.example", "Your dispute", "Could you send a photo?")


def said_in(said: str) -> str:
    return "\n".join(block["elements"][0]["elements"][0]["text"] for block in quotes(said))


def letters(said: str) -> str:
    """Without blanks, and the joiners that only count between two letters."""
    return "".join(said.split()).translate(dict.fromkeys(map(ord, "\u200c\u200d")))


@given(hostile.text.map(lambda text: text * 3))
def test_a_preview_leaves_no_letter_out(said: str) -> None:
    assert letters(said_in(said)) == letters(clean_text(said, most_lines=10_000))


@pytest.mark.parametrize("said", ["word " * 1999, "line\n" * 1999, "a sentence. \n\n" * 700])
def test_a_long_mail_is_shown_whole_in_several_quotes(said: str) -> None:
    assert len(quotes(said)) > 1
    assert said_in(said).split() == said.split()


def test_even_one_endless_word_is_shown_whole() -> None:
    assert said_in("x" * 6001).replace("\n", "") == "x" * 6001


def test_every_difference_makes_another_mail() -> None:
    mails = [
        None,
        MAIL,
        replace(MAIL, to="kim@nordwind.example"),
        replace(MAIL, subject="Yours"),
        replace(MAIL, text="Could you?"),
        replace(MAIL, to="", subject="ap@nordwind.example"),
    ]
    digests = sorted(
        [*map(preview_digest, mails), preview_digest(MAIL, "A photo"), preview_digest(None, "A photo")]
    )
    assert all(one != other for one, other in pairwise(digests))


def test_the_form_remembers_what_it_showed_beside_its_case() -> None:
    form = with_preview_digest(reply_form(CASE, shown=MAIL), preview_digest(MAIL))
    assert dict(form.hidden) == {"case_id": CASE.id, PREVIEWED: preview_digest(MAIL)}
    assert preview_digest(MAIL) in modal(form)["private_metadata"]


def test_the_button_says_preview_until_there_is_one_and_then_to_whom_it_goes() -> None:
    assert modal(reply_form(CASE))["submit"]["text"] == "Preview"
    assert modal(reply_form(CASE, shown=MAIL))["submit"]["text"].startswith("Send to ap@nordwind")
    assert modal(question_form(CASE, is_ready=True))["submit"]["text"] == "Stop the clock"


def test_the_form_says_at_once_where_it_goes_and_that_threads_stay_inside() -> None:
    for form in (question_form(CASE), reply_form(CASE)):
        said = str(modal(form)["blocks"][0])
        assert "ap@nordwind.example" in said
        assert "what is said in the thread never does" in said


@pytest.mark.parametrize(
    ("name", "changes", "mail_is_on", "said"),
    [
        ("under_review", {}, True, "Mailed word for word to ap@nordwind.example"),
        ("under_review", {"email": None}, True, "No address is on file"),
        ("under_review", {}, False, "Nothing is mailed from here"),
        ("chargeback", {}, True, "went to their bank"),
    ],
)
def test_who_decides_reads_where_the_words_go(
    name: str, changes: dict[str, Any], mail_is_on: bool, said: str
) -> None:
    case = CASES[name]
    case = replace(case, customer=replace(case.customer, **changes))
    assert said in customer_text_hint(case, mail_is_on=mail_is_on)
