"""Questions to the customer: form, preview, mail."""

from __future__ import annotations

import pytest

from cards.actions import Action, Field
from cards.message_forms import PREVIEWED
from cards.views import FormView
from core.case import CaseClosed, IllegalMove, Status
from core.customer_events import CustomerAwaited
from core.errors import FieldRefused, Refused
from core.events import NoteAdded
from core.person import CUSTOMER
from handlers.mail_preview_settings import MailPreviewSettings
from handlers.types import Reply
from tests.builders import a_customer
from tests.handlers.harness import ANA, Harness

WHAT, TEXT = "A photo of the note", "Could you send us\na photo of the note?"
MAIL_OFF = MailPreviewSettings(is_mail_on=False)


def form_of(reply: Reply) -> FormView:
    assert reply.form is not None
    return reply.form


def fields_of(form: FormView) -> list[str]:
    return [one.id for one in form.inputs]


def test_nothing_leaves_before_its_words_and_its_address_were_seen(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    before, promised = harness.events(case_id), harness.pending_deliveries()
    form = form_of(harness.send(Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT))
    assert (harness.events(case_id), harness.pending_deliveries()) == (before, promised)
    assert form.preview is not None
    assert form.preview.to == "ap@nordwind.example"
    assert case_id in form.preview.subject
    for words in (*TEXT.splitlines(), WHAT):
        assert words in form.preview.text
    assert form.submit == "Send to ap@nordwind.example"
    assert {one.id: getattr(one, "initial", None) for one in form.inputs} == {"what": WHAT, "text": TEXT}


def test_what_was_seen_is_sent_and_the_clock_stands_still(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    assert harness.send_as_shown(Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT) == Reply()
    case, asked = harness.case(case_id), harness.events(case_id)[-1]
    assert isinstance(asked, CustomerAwaited)
    assert (asked.what, asked.text) == (WHAT, TEXT)
    assert case.status is Status.WAITING_ON_CUSTOMER
    assert case.clock.is_paused


@pytest.mark.parametrize("changed", [{"text": f"{TEXT} Please."}, {"what": "The contract"}])
def test_what_was_changed_after_it_was_seen_is_shown_again(harness: Harness, changed: dict[str, str]) -> None:
    case_id = harness.create_claimed_case()
    asked = {"what": WHAT, "text": TEXT}
    seen = dict(form_of(harness.send(Action.QUESTION, ANA, case_id, **asked)).hidden)[PREVIEWED]
    reply = harness.press(Action.QUESTION, ANA, case_id, values={**asked, **changed}, previewed=seen)
    assert harness.case(case_id).status is Status.UNDER_REVIEW
    again = dict(form_of(reply).hidden)[PREVIEWED]
    assert again != seen
    harness.press(Action.QUESTION, ANA, case_id, values={**asked, **changed}, previewed=again)
    assert harness.case(case_id).status is Status.WAITING_ON_CUSTOMER


def test_the_same_form_is_sent_twice_under_one_name_and_a_third_time_does_nothing(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    asked = {"what": WHAT, "text": TEXT}
    harness.press(
        Action.QUESTION, ANA, case_id, values=asked, key="view:V1"
    )  # its answer was lost on the way
    reply = harness.press(Action.QUESTION, ANA, case_id, values=asked, key="view:V1")
    seen = dict(form_of(reply).hidden)[PREVIEWED]
    for _ in range(2):
        harness.press(Action.QUESTION, ANA, case_id, values=asked, previewed=seen, key="view:V1")
    assert harness.event_names(case_id).count("CustomerAwaited") == 1


def test_whoever_asked_on_their_own_stops_the_clock_and_nothing_is_mailed(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    form = form_of(harness.send(Action.QUESTION, ANA, case_id, what=WHAT, text=" "))
    assert (form.preview, form.submit) == (None, "Stop the clock")
    harness.send_as_shown(Action.QUESTION, ANA, case_id, what=WHAT)
    asked = harness.events(case_id)[-1]
    assert isinstance(asked, CustomerAwaited)
    assert (asked.what, asked.text) == (WHAT, "")


def test_without_an_address_the_form_says_so_and_takes_one(harness: Harness) -> None:
    case_id = harness.create_claimed_case(customer=a_customer(email=None))
    form = form_of(harness.press(Action.ASK_QUESTION, ANA, case_id))
    assert "no e-mail address" in str(form.intro[0])
    assert fields_of(form) == [Field.CUSTOMER_EMAIL, Field.WHAT, Field.TEXT]
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT)
    assert refusal.value.field == Field.CUSTOMER_EMAIL
    harness.send_as_shown(
        Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT, customer_email="kim@nordwind.example"
    )
    assert harness.case(case_id).customer.email == "kim@nordwind.example"
    noted, asked = harness.events(case_id)[-2:]
    assert isinstance(noted, NoteAdded)
    assert "kim@nordwind.example" in noted.text
    assert isinstance(asked, CustomerAwaited)


@pytest.mark.parametrize("typed", ["kim", "kim@", "a@b,c@d", "kim@x\nBcc: y@z", "<kim@x>", "a@b c@d"])
def test_an_address_that_cannot_be_is_told_at_its_field(harness: Harness, typed: str) -> None:
    case_id = harness.create_claimed_case(customer=a_customer(email=None))
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT, customer_email=typed)
    assert refusal.value.field == Field.CUSTOMER_EMAIL


def test_an_address_on_file_is_not_replaced_by_a_form(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.send_as_shown(
        Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT, customer_email="thief@evil.example"
    )
    assert harness.case(case_id).customer.email == "ap@nordwind.example"


def test_where_mail_is_not_set_up_the_form_says_so_and_only_stops_the_clock(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    form = form_of(harness.press(Action.ASK_QUESTION, ANA, case_id, mail_preview=MAIL_OFF))
    assert "Mail isn't set up" in str(form.intro[0])
    assert fields_of(form) == [Field.WHAT]
    values = {"what": WHAT, "text": TEXT}
    assert harness.press(Action.QUESTION, ANA, case_id, values=values, mail_preview=MAIL_OFF) == Reply()
    asked = harness.events(case_id)[-1]
    assert isinstance(asked, CustomerAwaited)
    assert asked.text == ""


@pytest.mark.parametrize(
    ("values", "field"),
    [({"text": TEXT}, "what"), ({"what": "\u200b ", "text": TEXT}, "what"), ({}, "what")],
)
def test_what_we_need_must_be_said(harness: Harness, values: dict[str, str], field: str) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.QUESTION, ANA, case_id, **values)
    assert refusal.value.field == field


def test_what_cannot_be_seen_is_not_sent(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.send_as_shown(Action.QUESTION, ANA, case_id, what=WHAT, text="Good\u202e day\x07")
    asked = harness.events(case_id)[-1]
    assert isinstance(asked, CustomerAwaited)
    assert asked.text == "Good day"


def test_while_we_wait_the_customer_can_be_asked_again_and_for_something_else(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.send_as_shown(Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT)
    harness.advance(hours=5)
    form = form_of(harness.press(Action.ASK_QUESTION, ANA, case_id))
    assert getattr(form.inputs[0], "initial", None) == WHAT
    harness.send_as_shown(Action.QUESTION, ANA, case_id, what="The contract", text="And the contract?")
    asked = harness.case(case_id).asked
    assert asked is not None
    assert (asked.what, asked.at) == ("The contract", harness.now)
    with pytest.raises(FieldRefused):
        harness.send(Action.QUESTION, ANA, case_id, what="The contract")


def test_the_answer_wakes_the_clock(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.send_as_shown(Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT)
    harness.advance(days=2, hours=4)
    harness.receive_message(case_id, "AP@nordwind.example")
    assert harness.case(case_id).status is Status.UNDER_REVIEW
    assert harness.event_names(case_id)[-2:] == ["CustomerWrote", "CustomerHeard"]
    assert harness.events(case_id)[-1].actor_id == CUSTOMER


def test_a_closed_or_unclaimed_case_asks_nothing(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    with pytest.raises(CaseClosed):
        harness.press(Action.ASK_QUESTION, ANA, case_id)
    with pytest.raises(CaseClosed):
        harness.send(Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT)
    with pytest.raises((IllegalMove, Refused)):
        harness.press(Action.ASK_QUESTION, "UDANA", harness.create_case())


def test_the_preview_is_in_the_customers_language(harness: Harness) -> None:
    german = a_customer(language="de-AT", ref="cus_de")
    case_id = harness.create_claimed_case(customer=german)
    preview = form_of(harness.send(Action.QUESTION, ANA, case_id, what=WHAT, text=TEXT)).preview
    assert preview is not None
    assert "Rechnung" in preview.text


@pytest.mark.parametrize(("sender", "begins"), [("ap@nordwind.example", "Re: [D-"), ("kim@x.example", "[D-")])
def test_the_preview_of_an_answer_has_the_subject_it_leaves_with(
    harness: Harness, sender: str, begins: str
) -> None:
    case_id = harness.create_claimed_case()
    values = {"what": WHAT, "text": TEXT}
    first = form_of(harness.send(Action.QUESTION, ANA, case_id, **values))
    assert first.preview is not None
    assert first.preview.subject.startswith("[D-")
    harness.save_mail(case_id, sender)
    then = form_of(harness.send(Action.QUESTION, ANA, case_id, **values))
    assert then.preview is not None
    assert then.preview.subject.startswith(begins)
    assert dict(then.hidden) == dict(first.hidden)


def test_lines_of_the_preview_break_only_where_somebody_broke_them(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    text = f"{'Could you please look into it? ' * 9}\nThank you."
    preview = form_of(harness.send(Action.QUESTION, ANA, case_id, what=WHAT, text=text)).preview
    assert preview is not None
    lines = [line.strip() for line in preview.text.splitlines()]
    assert [line.strip() for line in text.splitlines()] == [line for line in lines if line in text and line]
    assert f"* {WHAT}" in lines


def test_the_preview_never_holds_the_address_of_the_customers_page(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    paper = MailPreviewSettings(base_url="https://ombud.example")
    values = {"what": WHAT, "text": TEXT}
    preview = form_of(harness.press(Action.QUESTION, ANA, case_id, values=values, mail_preview=paper)).preview
    assert preview is not None
    assert "https://ombud.example/d/…" in preview.text


def test_without_mail_a_second_question_is_no_form_that_can_do_nothing(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.press(Action.QUESTION, ANA, case_id, values={"what": WHAT}, mail_preview=MAIL_OFF)
    for action in (Action.ASK_QUESTION, Action.QUESTION):
        with pytest.raises(Refused, match="We wait for the customer already"):
            harness.press(action, ANA, case_id, values={"what": WHAT}, mail_preview=MAIL_OFF)
