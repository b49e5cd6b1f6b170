"""Messages to the customer, from the card and from the thread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cards.actions import Action, Field
from cards.message_forms import PREVIEWED
from cards.views import FormView, TextInput
from core.case import IllegalMove, Status
from core.customer_events import CustomerTold
from core.customer_questions import Unreachable
from core.errors import FieldRefused, NotAllowed, NotFound, Refused
from core.noting import add_note
from handlers.mail_preview_settings import MailPreviewSettings
from handlers.types import Reply
from store.outbox.posted_cards import PostedCard
from store.transaction import Transaction
from tests.builders import a_customer
from tests.cards.examples import CASES
from tests.handlers.harness import ANA, ANA_TEAMS, BEN, BILLING, BILLING_TEAMS, STRANGER, Harness

TEXT = "We look into it."
CARD = "1772442000.000100"


def form_of(reply: Reply) -> FormView:
    assert reply.form is not None
    return reply.form


def text_in(form: FormView) -> str | None:
    return next(one.initial for one in form.inputs if isinstance(one, TextInput) and one.id == Field.TEXT)


def a_thread(harness: Harness, case_id: str) -> None:
    posted = PostedCard(
        case_id=case_id,
        address="slack:#billing-disputes",
        kind="card",
        channel_ref=BILLING,
        message_ref=CARD,
    )
    harness.store.run_blocking(lambda tx: tx.posted_cards.save(posted))


def from_thread(harness: Harness, text: str, by: str = ANA, thread: str | None = CARD) -> Reply:
    return harness.press(Action.SEND_TO_CUSTOMER, by, value=text, channel=BILLING, thread=thread)


def test_a_reply_is_seen_before_it_leaves_and_counts_as_a_first_answer(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    form = form_of(harness.send(Action.REPLY, ANA, case_id, text=TEXT))
    assert form.preview is not None
    assert form.preview.to == "ap@nordwind.example"
    assert TEXT in form.preview.text
    assert "CustomerTold" not in harness.event_names(case_id)
    harness.send_as_shown(Action.REPLY, ANA, case_id, text=TEXT)
    told = harness.events(case_id)[-1]
    assert isinstance(told, CustomerTold)
    assert told.text == TEXT
    assert harness.case(case_id).clock.answered_at == harness.now
    assert harness.case(case_id).status is Status.UNDER_REVIEW


def test_a_changed_reply_is_shown_again(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    seen = dict(form_of(harness.send(Action.REPLY, ANA, case_id, text=TEXT)).hidden)[PREVIEWED]
    reply = harness.press(Action.REPLY, ANA, case_id, values={"text": "Something else."}, previewed=seen)
    assert form_of(reply).preview is not None
    assert "Not sent yet" in str(form_of(reply).intro[0])
    assert "CustomerTold" not in harness.event_names(case_id)


def test_what_was_shown_for_another_case_is_not_sent_from_this_one(harness: Harness) -> None:
    one, other = harness.create_claimed_case(), harness.create_claimed_case()
    seen = dict(form_of(harness.send(Action.REPLY, ANA, one, text=TEXT)).hidden)[PREVIEWED]
    harness.press(Action.REPLY, ANA, other, values={"text": TEXT}, previewed=seen)
    assert "CustomerTold" not in harness.event_names(other)


def test_a_closed_case_can_be_written_about_and_stays_closed(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    harness.send_as_shown(Action.REPLY, ANA, case_id, text=TEXT)
    assert harness.case(case_id).is_closed
    assert harness.event_names(case_id)[-1] == "CustomerTold"


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u202e", "x" * 3001])
def test_an_empty_or_endless_reply_is_refused_at_its_field(harness: Harness, text: str) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.REPLY, ANA, case_id, text=text)
    assert refusal.value.field == Field.TEXT


def test_without_an_address_the_form_asks_for_one(harness: Harness) -> None:
    case_id = harness.create_claimed_case(customer=a_customer(email=None))
    form = form_of(harness.press(Action.ASK_REPLY, ANA, case_id))
    assert [one.id for one in form.inputs] == [Field.CUSTOMER_EMAIL, Field.TEXT]
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.REPLY, ANA, case_id, text=TEXT)
    assert refusal.value.field == Field.CUSTOMER_EMAIL
    harness.send_as_shown(Action.REPLY, ANA, case_id, text=TEXT, customer_email="kim@nordwind.example")
    assert harness.event_names(case_id)[-2:] == ["NoteAdded", "CustomerTold"]
    assert harness.case(case_id).customer.email == "kim@nordwind.example"


def test_where_no_mail_can_go_no_form_is_filled_in_for_nothing(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(Refused, match="Mail isn't set up"):
        harness.press(Action.ASK_REPLY, ANA, case_id, mail_preview=MailPreviewSettings(is_mail_on=False))
    gathering = harness.create_case(reason_id="not_delivered")
    with pytest.raises(IllegalMove):
        harness.press(Action.ASK_REPLY, "UOMAR", gathering)


def test_whose_customer_went_to_the_bank_is_not_written_to(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.store.run_blocking(with_a_chargeback, case_id)
    with pytest.raises(Unreachable, match="bank"):
        harness.press(Action.ASK_REPLY, ANA, case_id)
    form = form_of(harness.press(Action.ASK_QUESTION, ANA, case_id))
    assert [one.id for one in form.inputs] == [Field.WHAT]
    hint = next(one.hint for one in form_of(harness.press(Action.ASK_DECIDE, ANA, case_id)).inputs[2:3])
    assert hint is not None
    assert "nothing is mailed" in hint


def with_a_chargeback(tx: Transaction, case_id: str) -> None:
    case = tx.cases.lock(case_id)
    hit = replace(case, chargeback=CASES["chargeback"].chargeback)
    tx.record(add_note(hit, text="A chargeback.", actor_id="stripe", now=case.raised_at))


def test_a_message_of_the_thread_becomes_a_reply_in_plain_words(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    a_thread(harness, case_id)
    said = f"<@{BEN}> found it: <https://dhl.example/42|the parcel> &amp; the note &lt;2 pages&gt;"
    form = form_of(from_thread(harness, said))
    assert text_in(form) == "Ben found it: the parcel (https://dhl.example/42) & the note <2 pages>"
    assert dict(form.hidden)["case_id"] == case_id
    assert form.preview is None
    assert "CustomerTold" not in harness.event_names(case_id)


@pytest.mark.parametrize("thread", [None, "", "1772442000.999999"])
def test_a_message_outside_of_a_cases_thread_goes_to_nobody(harness: Harness, thread: str | None) -> None:
    a_thread(harness, harness.create_claimed_case())
    with pytest.raises(Refused, match="isn't in the thread of a case"):
        from_thread(harness, "Hello", thread=thread)


def test_a_message_of_the_thread_is_sent_by_the_resolver_alone(harness: Harness) -> None:
    a_thread(harness, harness.create_claimed_case())
    with pytest.raises(NotAllowed):
        from_thread(harness, "Hello", by=BEN)
    with pytest.raises(NotFound):
        from_thread(harness, "Hello", by=STRANGER)


def test_a_very_long_message_is_cut_to_what_the_form_takes(harness: Harness) -> None:
    a_thread(harness, harness.create_claimed_case())
    text = text_in(form_of(from_thread(harness, "word " * 2000)))
    assert text is not None
    assert len(text) <= 3000


def test_a_message_of_a_teams_thread_is_sent_as_it_reads(teams_harness: Harness) -> None:
    case_id = teams_harness.create_claimed_case()
    address = f"teams:{BILLING_TEAMS}"
    card = PostedCard(
        case_id=case_id, address=address, kind="card", channel_ref=BILLING_TEAMS, message_ref=CARD
    )
    teams_harness.store.run_blocking(lambda tx: tx.posted_cards.save(card))
    said = "Kim says: 3 < 5 &amp; <https://a.example|here>, <@UANA>"
    for thread in (CARD, "1", None):
        send = {"value": said, "channel": BILLING_TEAMS, "thread": thread}
        if thread == CARD:
            form = form_of(teams_harness.press(Action.SEND_TO_CUSTOMER, ANA_TEAMS, **send))
            assert (text_in(form), dict(form.hidden)["case_id"]) == (said, case_id)
            continue
        with pytest.raises(Refused, match="isn't in the thread of a case"):
            teams_harness.press(Action.SEND_TO_CUSTOMER, ANA_TEAMS, **send)
