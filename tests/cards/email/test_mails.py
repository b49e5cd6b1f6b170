"""Tests of what every mail has, of any kind and whatever people write into it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail.samples import sample_mail
from cards.customer.language import LANGUAGES
from cards.email.envelope import MOST_REFERENCES, Headers, message_of
from cards.email.mail_view import VALUES, MailKind, MailView
from cards.email.present import MailContext, mail_view
from cards.email.render import UNWRAPPED, Templates, default_templates
from core.case import Status
from core.customer_events import CustomerReminded
from core.events import CaseClaimed, DisputeRaised, NoteAdded
from core.person import CLOCK
from tests.builders import MONDAY_9AM, MONDAY_NOON, a_case, a_clock
from tests.cards.email.samples import a_company, mail, view

ALL = [(kind, language) for kind in MailKind for language in LANGUAGES]


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_every_mail_says_what_it_is_about_and_what_to_do(kind: MailKind, language: str) -> None:
    written, shown = mail(kind, language), view(kind, language)
    assert ("INV-2026-0117" in written.subject) is (kind is not MailKind.CONFIRM)
    for body in (written.text, unescape(written.html)):
        assert shown.url in body
        assert shown.values["company"] in body
        for _, value in shown.facts:
            assert value in body
        for line in shown.quote.splitlines():
            assert line.split(".")[0][:40] in body.replace("\n    ", " ")
    assert "%(" not in written.text + written.html
    assert "{{" not in written.text + written.html


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_text_and_html_say_the_same(kind: MailKind, language: str) -> None:
    written = mail(kind, language)
    text, html = _words(written.text), _words(_text_of(written.html))
    assert text <= html | {"*", "--", "https", ":"}, text - html


def _words(text: str) -> set[str]:
    plain = re.sub(r"https?://\S+", "", text)
    return {word.strip(".,:;") for word in plain.split() if not set(word) <= set("*-: ")}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "title") or ("class", "preheader") in attrs

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= self.hidden > 0 and tag in ("style", "title", "div")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(data)


def _text_of(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    return " ".join(reader.said)


@pytest.mark.parametrize("kind", MailKind)
def test_no_mail_fetches_anything_when_it_is_opened(kind: MailKind) -> None:
    html = mail(kind).html
    assert not re.search(r"<(img|script|link|iframe|object|form|input)\b", html, re.IGNORECASE)
    assert not re.search(r"\bon\w+=|url\(|@import|src=", html, re.IGNORECASE)
    assert set(re.findall(r'href="([^"]+)"', html)) == {view(kind).url}


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_mails_stay_small_and_their_lines_short(kind: MailKind, language: str) -> None:
    """Gmail cuts off what is over 102 KB."""
    written = mail(kind, language)
    assert len(written.html.encode()) < 30_000
    long = [line for line in written.text.splitlines() if len(line) > 78 and not line.startswith("https:")]
    assert not long


@given(
    st.sampled_from(list(MailKind)),
    st.text(max_size=200),
    st.text(max_size=80),
    st.sampled_from(LANGUAGES),
)
def test_anything_people_write_goes_into_a_mail_and_comes_out_as_text(
    kind: MailKind, text: str, name: str, language: str
) -> None:
    known = view(kind, language)
    values = {**known.values, "name": name, "invoice": name, "company": name}
    nasty = replace(known, values=values, quote=text, wanted=(text,), facts=((name, text),))
    written = default_templates().render(nasty)
    assert "\n" not in written.subject
    message = message_of(written, _headers(company=name))
    raw = message.as_bytes()
    parsed = message_from_bytes(raw, policy=default)
    assert parsed["To"] == "ap@nordwind.example"
    assert len(list(parsed.iter_parts())) == 2
    assert "<script" not in written.html


def _headers(**changes: Any) -> Headers:
    known = Headers(
        company="Brightwater",
        sender="disputes@brightwater.example",
        to="ap@nordwind.example",
        message_id="<0123456789@brightwater.example>",
        at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        reply_to="case+d1042.0123456789abcdef0123@brightwater.example",
    )
    return replace(known, **changes)


def test_a_long_thread_keeps_its_beginning_and_its_end() -> None:
    ids = [f"<{number}@x.example>" for number in range(40)]
    message = message_of(mail(MailKind.MESSAGE), _headers(thread=ids))
    kept = str(message["References"]).split()
    assert len(kept) == MOST_REFERENCES
    assert (kept[0], kept[-1], message["In-Reply-To"]) == (ids[0], ids[-1], ids[-1])


def test_ids_that_are_none_or_that_nobody_else_knows_are_left_out() -> None:
    strange = [
        "<a b@x>",
        "no id",
        "<x@y>\r\nBcc: z@x.example",
        f"<{'a' * 64}@ombud.invalid>",
        "<ok@x.example>",
    ]
    message = message_of(mail(MailKind.MESSAGE), _headers(thread=strange))
    assert str(message["References"]) == "<ok@x.example>"
    assert message["Bcc"] is None


def test_a_promise_that_was_broken_isnt_made_again() -> None:
    case = a_case(resolver_id="ana")
    early = MailContext(_claimed(), case, [_claimed()], a_company(), MONDAY_9AM)
    late = replace(early, now=MONDAY_NOON.replace(month=6))
    assert _kind_and_by(mail_view(early)) == (MailKind.UNDER_REVIEW, True)
    assert _kind_and_by(mail_view(late)) == (MailKind.UNDER_REVIEW, False)


def _claimed() -> CaseClaimed:
    return CaseClaimed(at=MONDAY_9AM, actor_id="ana", is_first=True)


def _kind_and_by(shown: MailView | None) -> tuple[MailKind, bool]:
    assert shown is not None
    return shown.kind, bool(shown.values["by"])


@pytest.mark.parametrize(("kind", "language"), ALL)
def test_for_a_chat_the_same_words_stand_in_whole_paragraphs(kind: MailKind, language: str) -> None:
    quote = f"{'A long line of ours. ' * 20}\n\nA second one,\nand a third."
    shown = replace(view(kind, language), quote=quote, wanted=("A photo " * 20, "The note"))
    narrow, wide = default_templates().render(shown), default_templates().render(shown, width=UNWRAPPED)
    assert wide.text.split() == narrow.text.split()
    assert len(wide.text.splitlines()) < len(narrow.text.splitlines())
    assert wide.text.count("\n\n") == narrow.text.count("\n\n")
    assert max(map(len, narrow.text.splitlines())) <= 72
    for line in (*quote.splitlines(), "  * The note"):
        assert line.rstrip() in [one.removeprefix("    ") for one in wide.text.splitlines()]
    assert replace(wide, text=narrow.text) == narrow


def test_nobody_is_reminded_of_what_has_come() -> None:
    event = CustomerReminded(at=MONDAY_9AM, actor_id=CLOCK, what=("x",), waiting_since=MONDAY_9AM)
    case = a_case(reason_id="not_delivered", status=Status.OPEN)
    assert mail_view(MailContext(event, case, [event], a_company(), MONDAY_9AM)) is None


def test_missing_evidence_is_named_in_the_customers_language() -> None:
    assert "Ein Foto des Lieferscheins" in mail(MailKind.RECEIVED, "de").text
    assert "Nicht geliefert" in mail(MailKind.RECEIVED, "de").text


def test_a_case_whose_reason_and_queue_are_gone_is_still_told() -> None:
    raised = DisputeRaised(
        at=MONDAY_9AM,
        actor_id="x",
        reason_id="gone",
        queue_id="gone",
        disputed=a_case().disputed,
        statement="",
    )
    case = a_case(reason_id="gone", queue_id="gone", status=Status.CLOSED, clock=a_clock())
    shown = mail_view(MailContext(raised, case, [raised], a_company(), MONDAY_9AM))
    assert shown is not None
    default_templates().render(shown)


def test_what_isnt_meant_for_customers_is_no_mail() -> None:
    note = NoteAdded(at=MONDAY_9AM, actor_id="ana", text="They always complain.")
    with pytest.raises(TypeError):
        mail_view(MailContext(note, a_case(), [note], a_company(), MONDAY_9AM))


def test_words_know_every_value_and_no_other() -> None:
    for kind in MailKind:
        assert tuple(sorted(view(kind).values)) == tuple(sorted(VALUES))


def test_an_administrators_frame_takes_the_place_of_ours() -> None:
    own = Templates({"frame.txt": "{{ words.line('headline') }} -- {{ view.values.company }}"})
    assert own.render(view(MailKind.REJECTED)).text == "We see it differently -- Brightwater Supplies\n"


def test_every_kind_has_a_sample() -> None:
    for kind in MailKind:
        assert sample_mail(kind, a_company(), "en").kind is kind


@pytest.mark.parametrize(
    "contact", ["Win at https://evil.example", "www.evil.example", "a@evil.example", "evil.example/x"]
)
def test_nobody_is_greeted_by_what_reads_like_an_address(contact: str) -> None:
    raised = DisputeRaised(
        at=MONDAY_9AM,
        actor_id="customer",
        reason_id="wrong_amount",
        queue_id="billing",
        disputed=a_case().disputed,
        statement="No.",
    )
    case = a_case(customer=replace(a_case().customer, contact=contact))
    shown = mail_view(MailContext(raised, case, [raised], a_company(), MONDAY_NOON, "https://x.example/d/1"))
    assert shown is not None
    written = default_templates().render(shown)
    assert "evil" not in written.text + written.html
