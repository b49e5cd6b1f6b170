"""May an address be put beside a customer who has none?"""

from __future__ import annotations

from core.events import NoteAdded
from core.outcome import Outcome
from core.reaching import add_customer_email
from tests.builders import MONDAY_NOON, a_case, a_customer


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
