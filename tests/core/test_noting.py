"""Notes, and the customer's e-mail address that is added later."""

from __future__ import annotations

from core.case import Status
from core.events import NoteAdded
from core.noting import add_customer_email, add_note
from core.outcome import Outcome
from tests.builders import MONDAY_NOON, a_case, a_customer
from tests.core.lifecycle import BEN, a_case_that_is, bens_case


def test_a_note_is_movement_so_nobody_is_nudged_for_it() -> None:
    outcome = add_note(bens_case(), text="Called them.", actor_id=BEN, now=MONDAY_NOON)
    assert outcome.case.moved_at == MONDAY_NOON
    assert outcome.events == (NoteAdded(at=MONDAY_NOON, actor_id=BEN, text="Called them."),)


def test_a_closed_case_takes_notes_and_stays_as_it_is() -> None:
    closed = a_case_that_is(Status.CLOSED)
    outcome = add_note(closed, text="They thanked us.", actor_id=BEN, now=MONDAY_NOON)
    assert outcome.case == closed
    assert len(outcome.events) == 1


def test_an_address_that_was_found_out_is_kept_and_told() -> None:
    case = a_case(customer=a_customer(email=None))
    outcome = add_customer_email(case, "kim@nordwind.example", actor_id="ana", now=MONDAY_NOON)
    assert outcome.case.customer.email == "kim@nordwind.example"
    (event,) = outcome.events
    assert isinstance(event, NoteAdded)
    assert "kim@nordwind.example" in event.text


def test_a_known_address_stays() -> None:
    case = a_case()
    assert add_customer_email(case, "thief@evil.example", actor_id="ana", now=MONDAY_NOON) == Outcome(case)
