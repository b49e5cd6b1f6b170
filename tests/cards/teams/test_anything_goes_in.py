"""Property tests: every card of Teams is valid and within its budget whatever a case holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards import alerts, forms, lists
from cards import full_case as page
from cards import home as overview
from cards import message_forms as customer_forms
from cards.actions import Action, Field
from cards.closed_alerts import closed_alert_view, late_alert_view
from cards.files import CaseFiles
from cards.new_form import new_dispute_form
from cards.teams import dialog, form, home, home_dialog, message, notice, prompt
from cards.teams import search_results as found
from cards.thread import thread_message
from cards.views import (
    Button,
    Card,
    Choice,
    Confirm,
    FormView,
    Line,
    ListView,
    Mention,
    MessageView,
    PersonInput,
    Preview,
)
from core.case import Case
from core.events import CaseEscalated
from core.policy import Policy
from core.uploaded_file import FileState
from tests.cards import hostile
from tests.cards.examples import ANA, CASES, EVENTS, NOW, POLICY, ARow, a_file, view_of
from tests.cards.slack.test_anything_goes_in import FEW, _with_words, cases, people, policies
from tests.cards.teams.rules import good_dialog, good_message, words_of
from tests.cards.teams.samples import ANAS_ID, ZONE
from tests.fixtures.effort import tries

pytestmark = pytest.mark.slow

FEWER = settings(FEW, max_examples=tries(12), deadline=None)
HEAVY = {
    "<wide>": "𝔘" * 4000,
    "<marks>": "&<*_[" * 900,
    "<quotes>": '"\\' * 2000,
    "<lines>": "\u200b\n" * 3000,
    "<from the right>": "اختبار " * 800,
}
"""Words that cost the most bytes, by what a report calls them."""
names = st.one_of(hostile.text, st.sampled_from(sorted(HEAVY)))


def good(card: Card) -> None:
    good_message(message(card))
    good_dialog(dialog(card))


def good_form(view: FormView, values: dict[str, str], said: str) -> None:
    good_dialog(form(view, zone=ZONE))
    errors = {field.value: said[:400] for field in Field}
    good_dialog(form(view, zone=said, values=values, errors=errors, refusal=said, note=said))


@FEWER
@given(cases(), policies(), names)
def test_every_card_of_a_case(case: Case, policy: Policy, name: str) -> None:
    name = HEAVY.get(name, name)
    around: dict[str, Any] = {"policy": policy, "people": people(name), "now": NOW}
    view = view_of(case, **around, case_url="https://ombud.example/" + "y" * 5000)
    good(replace(view, readers=("29:" + "x" * 80,) * 100, resolver=Mention(name, None, ANAS_ID)))
    rows = [ARow(id=f"D-{number}", customer_name=name, invoice_number=name) for number in range(30)]
    events = [_with_words(event, name) for event in EVENTS.values()]
    good(page.full_case_view(case, **around, history=rows, events=events * 3))
    good(page.brief_view(case, **around, history=rows, reader_id=ANA.id))
    for one in found([view] * 3)["attachments"]:
        good_message({"type": "message", "summary": "Found", "attachments": [one]})


@FEWER
@given(cases(), policies(), st.sampled_from(sorted(EVENTS)), names)
def test_every_story(case: Case, policy: Policy, name: str, said: str) -> None:
    said = HEAVY.get(said, said)
    event = _with_words(EVENTS[name], said)
    stored = tuple(a_file(f"f{n}", said, state=state) for n, state in enumerate(FileState))
    files = CaseFiles(stored * 3, lambda file_id: f"https://ombud.example/e/{file_id}" + "x" * 150)
    good(thread_message(event, case, policy, people(said), files=files))
    good(alerts.reminder_view(event, case, policy, people(said), files=files))
    good(alerts.unmatched_mail_view(said, said))
    good(alerts.former_resolver_view(event, case, policy, people(said)))
    escalated = _with_words(EVENTS["escalated"], said)
    assert isinstance(escalated, CaseEscalated)
    good(alerts.alert_view(escalated, case, policy, people(said), events=[event] * 9))
    good(closed_alert_view(escalated, event, case, policy, people(said)))
    good(late_alert_view(escalated, [event]))
    good(alerts.parked_alert_view("teams:19:a@thread.tacv2", said, said, 3))


@FEWER
@given(cases(), policies(), names)
def test_every_form(case: Case, policy: Policy, said: str) -> None:
    said = HEAVY.get(said, said)
    values = {field.value: said for field in Field}
    for verdict in ("accepted", "part_accepted", "rejected", said):
        typed = {**values, Field.VERDICT.value: verdict}
        good_form(forms.decide_form(case, policy, typed), typed, said)
    good_form(forms.close_form(case, {**values, Field.ENDING.value: "duplicate"}), values, said)
    good_form(forms.change_form(case, policy), values, said)
    good_form(forms.reopen_form(case), values, said)
    good_form(forms.snooze_form(case, policy=policy, now=NOW), values, said)
    for mail in (None, Preview(said, said, said)):
        question = customer_forms.question_form(case, values, shown=mail, is_ready=True)
        good_form(
            customer_forms.with_preview_digest(question, customer_forms.preview_digest(mail, said)),
            values,
            said,
        )
        good_form(customer_forms.reply_form(case, values, shown=mail), values, said)
    good_form(new_dispute_form(policy, values=values, hidden=(("channel", "19:a"),)), values, said)


@FEWER
@given(cases(), names, st.integers(0, 400))
def test_every_choice_of_people(case: Case, name: str, how_many: int) -> None:
    name = HEAVY.get(name, name)
    choices = tuple(Choice(f"slack:U0{number}", name) for number in range(how_many))
    view = forms.reassign_form(case, POLICY, people(name))
    people_asked = PersonInput(id=Field.RESOLVER, label="Who takes over?", choices=choices)
    good_form(replace(view, inputs=(people_asked, *view.inputs[1:])), {}, name)


@FEWER
@given(policies(), names, st.integers(0, 120), st.integers(1, 20))
def test_every_list(policy: Policy, said: str, how_many: int, lists_of_it: int) -> None:
    said = HEAVY.get(said, said)
    around: dict[str, Any] = {"policy": policy, "people": people(said), "now": NOW}
    rows = [
        ARow(id=f"D-{number}", customer_name=said, resolver_id=ANA.id, status=said, resolution=said)
        for number in range(how_many)
    ]
    shown_list = lists.list_view(said, rows, **around, empty=said, next_page="x" * 5000, note=said)
    good(shown_list)
    good(lists.burst_view(rows, how_many + 9, **around, queue_name=said))
    good(lists.digest_view([lists.DigestList(said, rows)] * lists_of_it, greeting=said, **around))
    view = overview.home_view(
        replace(ANA, name=said),
        figures=[(said, number) for number in range(9)],
        lists=[shown_list] * lists_of_it,
    )
    good_message(home(view))
    good_dialog(home_dialog(view))


@FEWER
@given(names, st.integers(0, 60))
def test_views_made_by_hand(said: str, how_many: int) -> None:
    said = HEAVY.get(said, said)
    confirm = Confirm(title=said, text=said, yes=said, no=said)
    button = Button(Action.CLAIM, said, "x" * how_many * 100, "danger", confirm)
    called = tuple(Mention(said, None, f"0a0a0a0a-0000-4000-8000-{n:012d}") for n in range(how_many))
    line: Line = (said, *called)
    quotes = (said,) * how_many
    good(MessageView(lines=(line,) * how_many, quotes=quotes, mentions=called, buttons=(button,) * how_many))
    good(ListView(title=said, rows=(), empty=said, pages=(button, button)))
    good_dialog(notice(said))
    good_message(prompt(said, said, Action.COMMAND, said))


def test_what_is_left_out_is_counted() -> None:
    rows = tuple(
        lists.row_view(ARow(id=f"D-{n}", customer_name="Ł" * 80), policy=POLICY, people={}, now=NOW)
        for n in range(120)
    )
    card = good_message(message(ListView(title="All", rows=rows, empty="")))["attachments"][0]["content"]
    (left_out,) = [said for said in words_of(card) if said.startswith("… and ")]
    assert 60 < int(left_out.split()[2]) < 120


def test_a_page_of_twenty_cases_is_shown_whole() -> None:
    rows = [
        ARow(id=f"D-{n}", customer_name="Nordwind Logistik und Spedition GmbH & Co. KG", resolver_id=ANA.id)
        for n in range(20)
    ]
    view = lists.list_view(
        "Logistics", rows, policy=POLICY, people=people("Ana"), now=NOW, next_page="p" * 80
    )
    assert not [
        said for said in words_of(message(view)["attachments"][0]["content"]) if said.startswith("… and ")
    ]


def test_typed_words_are_never_shortened_only_what_stands_around_them() -> None:
    mail = Preview("ap@nordwind.example", "About INV-1", "𝔘 " * 3000)
    typed = {Field.TEXT.value: "𝔘" * 3000, Field.WHAT.value: "Why?"}
    task = good_dialog(
        form(customer_forms.reply_form(CASES["under_review"], typed, shown=mail), zone=ZONE, values=typed)
    )
    inputs = {one["id"]: one for one in task["card"]["content"]["body"] if "id" in one}
    assert inputs["text"]["value"] == typed[Field.TEXT.value]
