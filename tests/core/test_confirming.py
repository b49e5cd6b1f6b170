"""Tests of confirming a customer's address: what counts before, and after."""

from __future__ import annotations

from dataclasses import replace

from core.case import Case
from core.confirming import address_id, confirm_address, correct_address
from core.customer_events import AddressChanged
from core.customer_messages import is_from_customer
from core.customer_questions import is_reachable
from core.person import CUSTOMER
from tests.builders import MONDAY_NOON, a_case, a_customer

JULE = "Jule@nordwind.example"


def waiting() -> Case:
    return a_case(customer=a_customer(email=None, unconfirmed_email=JULE))


def test_an_address_that_nobody_confirmed_is_neither_written_to_nor_believed() -> None:
    assert not is_reachable(waiting())
    assert not is_from_customer(waiting(), JULE)


def test_a_confirmed_address_is_the_customers() -> None:
    outcome = confirm_address(waiting(), JULE.lower(), now=MONDAY_NOON)
    assert (outcome.case.customer.email, outcome.case.customer.unconfirmed_email) == (JULE, "")
    assert outcome.events == (
        AddressChanged(at=MONDAY_NOON, actor_id=CUSTOMER, address=JULE, is_confirmed=True),
    )
    assert is_from_customer(outcome.case, JULE)
    assert not confirm_address(outcome.case, JULE, now=MONDAY_NOON).events


def test_another_address_than_the_one_that_is_waited_for_confirms_nothing() -> None:
    assert not confirm_address(waiting(), "else@nordwind.example", now=MONDAY_NOON).events
    at_fass = a_case(customer=a_customer(email=None, unconfirmed_email="ap@faß.example"))
    assert not confirm_address(at_fass, "ap@fass.example", now=MONDAY_NOON).events
    assert address_id("in_1", "cus_1", "ap@faß.example") != address_id("in_1", "cus_1", "ap@fass.example")


def test_an_address_that_a_colleague_wrote_meanwhile_stays() -> None:
    case = waiting()
    case = replace(case, customer=replace(case.customer, email="ap@nordwind.example"))
    assert confirm_address(case, JULE, now=MONDAY_NOON).case.customer.email == "ap@nordwind.example"
    assert not correct_address(case, "new@nordwind.example", is_confirmed=False, now=MONDAY_NOON).events


def test_a_corrected_address_waits_too_unless_it_is_known() -> None:
    corrected = correct_address(waiting(), "new@nordwind.example", is_confirmed=False, now=MONDAY_NOON).case
    assert (corrected.customer.email, corrected.customer.unconfirmed_email) == (None, "new@nordwind.example")
    known = correct_address(waiting(), "ap@nordwind.example", is_confirmed=True, now=MONDAY_NOON).case
    assert (known.customer.email, known.customer.unconfirmed_email) == ("ap@nordwind.example", "")
    assert not correct_address(waiting(), JULE.lower(), is_confirmed=False, now=MONDAY_NOON).events


def test_the_same_address_of_another_invoice_or_customer_is_asked_for_anew() -> None:
    ids = {
        address_id("in_1", "cus_1", JULE),
        address_id("in_2", "cus_1", JULE),
        address_id("in_1", "cus_2", JULE),
    }
    assert len(ids) == 3
    assert address_id("in_1", "cus_1", f" {JULE.upper()} ") in ids
