"""Property tests: Slack accepts every card, form and page whatever a case holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cards import alerts, forms, lists
from cards import full_case as page
from cards import home as overview
from cards import message_forms as customer_forms
from cards.actions import Action, Field
from cards.closed_alerts import closed_alert_view, late_alert_view
from cards.files import CaseFiles
from cards.new_form import new_dispute_form
from cards.slack import message
from cards.slack.dialogs import dialog, notice
from cards.thread import thread_message
from cards.views import Button, Confirm, ListView, MessageView, Preview
from core.case import Case, Evidence
from core.customer_events import CustomerReminded
from core.events import CaseEscalated, Event, NoteAdded
from core.invoice import Customer, Invoice, InvoiceLine
from core.money import LARGEST_MINOR, Money
from core.person import Person
from core.policy import Policy, RequiredEvidence
from core.uploaded_file import FileState
from sandbox.slack.schema.blocks import problems_of_view
from tests.cards import hostile
from tests.cards.examples import ANA, CASES, EVENTS, NOW, POLICY, ARow, a_file, view_of
from tests.cards.slack.rules import good_home, good_message, good_modal
from tests.fixtures.effort import tries

pytestmark = pytest.mark.slow

FEW = settings(max_examples=tries(40), phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
minor = st.integers(1, LARGEST_MINOR)
currency = st.sampled_from(["EUR", "JPY", "KWD", "XXX", "CLF", "ZZZ"])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One of the examples, with hostile words wherever words may come from outside."""
    case = CASES[draw(st.sampled_from(sorted(CASES)))]
    say = partial(draw, hostile.text)
    code = draw(currency)
    lines = tuple(
        InvoiceLine(ref=f"il_{index}", text=say(), quantity=say(), amount_minor=draw(minor))
        for index in range(draw(st.integers(0, 60)))
    )
    url = draw(st.one_of(st.none(), hostile.text, st.just("https://a.example/" + "x" * 4000)))
    invoice = Invoice(ref="in", number=say(), currency=code, total_minor=draw(minor), url=url, lines=lines)
    decision = replace(case.decision, customer_text=say(), internal_text=say()) if case.decision else None
    network = replace(case.chargeback, status=say()) if case.chargeback else None
    return replace(
        case,
        customer=Customer(ref=say(), name=say(), tier_id="gold", email=draw(st.none() | hostile.text)),
        invoice=invoice,
        disputed=Money(draw(minor), code),
        line_refs=("il_1",),
        statement=say(),
        wish=say(),
        evidence=(Evidence(kind="photo", name=say()),),
        decision=decision,
        chargeback=network,
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    say = partial(draw, hostile.text)
    return replace(
        POLICY,
        reasons={
            key: replace(
                one, label=say(), explanation=say(), required_evidence=(RequiredEvidence("x", say()),)
            )
            for key, one in POLICY.reasons.items()
        },
        queues={key: replace(one, name=say()) for key, one in POLICY.queues.items()},
        tiers={key: replace(one, label=say()) for key, one in POLICY.tiers.items()},
        root_causes={**{f"cause_{n}": say() for n in range(draw(st.integers(0, 3)))}, "pricing_error": say()},
    )


def people(name: str) -> Mapping[str, Person]:
    return {ANA.id: replace(ANA, name=name, slack_ref=None)}


@FEW
@given(cases(), policies(), hostile.text)
def test_every_card_of_a_case(case: Case, policy: Policy, name: str) -> None:
    around: dict[str, Any] = {"policy": policy, "people": people(name), "now": NOW}
    good_message(view_of(case, **around, case_url="https://ombud.example/" + "y" * 5000))
    rows = [ARow(id=f"D-{number}", customer_name=name, invoice_number=name) for number in range(30)]
    events = [_with_words(event, name) for event in EVENTS.values()]
    good_message(page.full_case_view(case, **around, history=rows, events=events * 3))
    good_message(page.brief_view(case, **around, history=rows, reader_id=ANA.id))
    dialog_view = dialog(page.brief_view(case, **around, history=rows, reader_id=ANA.id))
    assert problems_of_view(dialog_view) == []


@FEW
@given(cases(), policies(), st.sampled_from(sorted(EVENTS)), hostile.text)
def test_every_story(case: Case, policy: Policy, name: str, said: str) -> None:
    event = _with_words(EVENTS[name], said)
    stored = tuple(a_file(f"f{n}", said, state=state) for n, state in enumerate(FileState))
    files = CaseFiles(stored * 3, lambda file_id: f"https://ombud.example/e/{file_id}" + "x" * 150)
    good_message(thread_message(event, case, policy, people(said), files=files))
    good_message(alerts.reminder_view(event, case, policy, people(said), files=files))
    good_message(alerts.unmatched_mail_view(said, said))
    good_message(alerts.former_resolver_view(event, case, policy, people(said)))
    escalated = _with_words(EVENTS["escalated"], said)
    assert isinstance(escalated, CaseEscalated)
    good_message(alerts.alert_view(escalated, case, policy, people(said), events=[event] * 9))
    good_message(closed_alert_view(escalated, event, case, policy, people(said)))
    good_message(late_alert_view(escalated, [event]))
    good_message(alerts.parked_alert_view("slack:#billing-disputes", said, said, 3))


@FEW
@given(cases(), policies(), hostile.text)
def test_every_form(case: Case, policy: Policy, said: str) -> None:
    values = {field.value: said for field in Field}
    for verdict in ("accepted", "part_accepted", "rejected", said):
        good_modal(forms.decide_form(case, policy, {**values, Field.VERDICT.value: verdict}))
    good_modal(forms.close_form(case, {**values, Field.ENDING.value: "duplicate"}))
    good_modal(forms.change_form(case, policy))
    good_modal(forms.reassign_form(case, policy, people(said)))
    good_modal(forms.reopen_form(case))
    mail = Preview(said, said, said)
    for shown_mail in (None, mail):
        digest = customer_forms.preview_digest(shown_mail, said)
        good_modal(customer_forms.question_form(case, values))
        question = customer_forms.question_form(case, values, shown=shown_mail, is_ready=True)
        good_modal(customer_forms.with_preview_digest(question, digest))
        good_modal(customer_forms.reply_form(case, values, shown=shown_mail))
    good_modal(new_dispute_form(policy, values=values, hidden=(("channel", said), ("case_id", "D-1042"))))
    good_modal(new_dispute_form(policy, statement=said))


@FEW
@given(policies(), hostile.text, st.integers(0, 120), st.integers(1, 20))
def test_every_list(policy: Policy, said: str, how_many: int, lists_of_it: int) -> None:
    around: dict[str, Any] = {"policy": policy, "people": people(said), "now": NOW}
    rows = [
        ARow(id=f"D-{number}", customer_name=said, resolver_id=ANA.id, status=said, resolution=said)
        for number in range(how_many)
    ]
    shown_list = lists.list_view(said, rows, **around, empty=said, next_page="x" * 5000, note=said)
    good_message(shown_list)
    good_message(lists.burst_view(rows, how_many + 9, **around, queue_name=said))
    digest = lists.digest_view([lists.DigestList(said, rows)] * lists_of_it, greeting=said, **around)
    good_message(digest)
    figures = [(said, number) for number in range(9)]
    good_home(overview.home_view(replace(ANA, name=said), figures=figures, lists=[shown_list] * lists_of_it))


@FEW
@given(hostile.text, st.integers(0, 60))
def test_views_made_by_hand_are_held_within_the_limits_too(said: str, how_many: int) -> None:
    confirm = Confirm(title=said, text=said, yes=said, no=said)
    button = Button(Action.CLAIM, said, "x" * how_many * 100, "danger", confirm)
    story = MessageView(lines=((said,),) * how_many, quotes=(said,) * how_many, buttons=(button,) * how_many)
    good_message(story)
    good_message(ListView(title=said, rows=(), empty=said, pages=(button, button)))
    assert problems_of_view(notice(said)) == []


def test_all_of_a_case_is_told_in_at_most_fifty_blocks_and_what_is_left_out_is_counted() -> None:
    lines = tuple(InvoiceLine(ref=str(n), text="Line " + "x" * 110, amount_minor=1) for n in range(500))
    case = replace(CASES["under_review"], invoice=replace(CASES["under_review"].invoice, lines=lines))
    view = page.full_case_view(
        case,
        policy=POLICY,
        people={},
        now=NOW,
        history=[ARow(id=f"D-{n}") for n in range(99)],
        events=_many(999),
    )
    payload = str(good_message(view))
    assert "and 480 more lines" in payload
    assert "and 94 older" in payload
    assert "earlier" in payload


def _many(count: int) -> list[Event]:
    noted = EVENTS["noted"]
    assert isinstance(noted, NoteAdded)
    return [replace(noted, at=NOW + timedelta(minutes=n), text=f"Note {n} " * 40) for n in range(count)]


def _with_words(event: Event, said: str) -> Event:
    """The event with `said` in every field that people fill."""
    typed = {
        "statement",
        "text",
        "why",
        "what",
        "customer_text",
        "internal_text",
        "status",
        "ref",
        "actor_id",
        "sender",
        "warning",
        "via",
        "to",
        "name",
    }
    changes: dict[str, Any] = {one.name: said for one in fields(event) if one.name in typed}
    if isinstance(event, CustomerReminded):
        changes["what"] = (said, said)
    for name in ("names", "missing", "tell", "files", "said"):
        if hasattr(event, name):
            changes[name] = (said, said)
    return replace(event, **changes)


def test_a_message_carries_nothing_but_blocks_and_text() -> None:
    assert set(message(view_of(CASES["open"]))) == {"blocks", "text"}
