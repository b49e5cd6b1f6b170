"""Tests of mail to colleagues: plain, complete, and harmless whatever texts it holds."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given

from cards.email.envelope import Headers, message_of
from cards.email.staff import DeliveryProblem, Resumes, delivery_problem_mail
from tests.builders import MONDAY_9AM
from tests.cards.hostile import text

OURS = {"html", "head", "meta", "title", "body", "p"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)


def a_trouble(**changes: object) -> DeliveryProblem:
    given = {"where": "#billing-disputes", "error": "It is archived.", "remedy": "Unarchive it.", "count": 2}
    return DeliveryProblem(**{**given, **changes})  # type: ignore[arg-type]


def test_it_says_what_is_wrong_what_helps_and_that_nothing_is_lost() -> None:
    mail = delivery_problem_mail(a_trouble(case_id="D-1042"))
    assert mail.subject == "Ombud can't reach #billing-disputes"
    said = " ".join(mail.text.split())
    assert said.startswith("2 messages can't be delivered to #billing-disputes.")
    assert "The first of them is about D-1042." in said
    assert "Why: It is archived. What helps: Unarchive it." in said
    assert "Nothing is lost: what waits is" in said


@pytest.mark.parametrize(("count", "said"), [(1, "1 message can't"), (1_200, "1,200 messages can't")])
def test_it_counts_as_people_do(count: int, said: str) -> None:
    assert delivery_problem_mail(a_trouble(count=count)).text.startswith(said)


@pytest.mark.parametrize(
    ("resumes", "said"),
    [
        (Resumes.CHANNEL, "is sent by itself once messages can be posted there again."),
        (Resumes.APP, "is sent by itself once they have added the Ombud app in Teams."),
    ],
)
def test_what_goes_out_by_itself_asks_nobody_for_a_button(resumes: Resumes, said: str) -> None:
    words = " ".join(delivery_problem_mail(a_trouble(resumes=resumes)).text.split())
    assert said in words
    assert "Try again" not in words


def test_a_button_that_the_reader_may_not_have_is_somebody_elses() -> None:
    words = " ".join(delivery_problem_mail(a_trouble(resumes=Resumes.BUTTON)).text.split())
    assert "when a manager whom Ombud can write to in a chat presses “Try again”" in words
    assert "by itself" not in words


@given(text, text, text)
def test_no_name_or_answer_gets_into_the_headers_or_the_page(where: str, error: str, remedy: str) -> None:
    mail = delivery_problem_mail(a_trouble(where=where, error=error, remedy=remedy))
    headers = Headers(
        company="Brightwater",
        sender="ombud@brightwater.example",
        to="dana@brightwater.example",
        message_id="<1@brightwater.example>",
        at=MONDAY_9AM,
    )
    message = message_of(mail, headers)
    assert message["To"] == "dana@brightwater.example"
    assert "\n" not in str(message["Subject"]).strip()
    page = _Tags()
    page.feed(mail.html)
    assert page.seen == OURS
    assert bytes(message)
