"""Tests of confirming another address than the invoice's: one question, then everything that waited, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core.claiming import claim
from core.confirming import address_id
from core.customer_link import CustomerLink
from core.errors import NotFound
from core.link_budget import OverBudget
from handlers.confirm_address import change_address, confirm
from store.outbox.repository import OutboxRow
from tests.builders import an_invoice
from tests.handlers.harness import ANA, Harness
from tests.handlers.test_submit_form import a_link, file_it

JULE = "jule@nordwind.example"
ID = address_id("in_1", "cus_nordwind", JULE)
REASON = "wrong_amount"


def asked(harness: Harness, id_: str = ID) -> list[OutboxRow]:
    lane = f"mail:confirm:{id_[0]}"
    rows = harness.store.read_blocking(lambda tx: tx.outbox.list_pending(lane, "confirm_address", 100))
    return [row for row in rows if row.payload["address_id"] == id_]


def told(harness: Harness) -> list[int | None]:
    """The places in the timeline that wait to be mailed to the customer."""
    lanes = [f"mail:{number}" for number in range(8)]
    rows = harness.store.read_blocking(
        lambda tx: [row for lane in lanes for row in tx.outbox.list_pending(lane, "tell_customer", 9)]
    )
    return [row.seq for row in rows]


def change(harness: Harness, link: CustomerLink, case_id: str, email: str) -> None:
    harness.store.run_blocking(change_address, link, case_id, email=email, now=harness.now)


def test_a_strangers_address_gets_one_question_and_nothing_else(any_harness: Harness) -> None:
    a_link(any_harness)
    for sending in ("1", "2"):
        case = file_it(any_harness, sending=sending, reason_id=REASON)
        assert (case.customer.email, case.customer.unconfirmed_email) == (None, JULE)
    assert [row.payload for row in asked(any_harness)] == [{"address_id": ID}]
    assert told(any_harness) == []


def test_what_waited_is_mailed_in_order_once_however_often_it_is_confirmed(
    any_harness: Harness,
) -> None:
    a_link(any_harness)
    case = file_it(any_harness, reason_id=REASON)
    any_harness.store.run_blocking(
        lambda tx: tx.record(claim(tx.cases.lock(case.id), resolver_id=f"slack:{ANA}", now=any_harness.now))
    )
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda _: any_harness.store.run_blocking(confirm, ID, any_harness.now), range(8)))
    waited = told(any_harness)
    assert len(waited) == 2
    assert waited == sorted(waited, key=lambda seq: seq or 0)
    assert any_harness.case(case.id).customer.email == JULE
    assert any_harness.event_names(case.id).count("AddressChanged") == 1


def test_a_confirmed_address_is_not_asked_again_for_the_same_invoice(any_harness: Harness) -> None:
    a_link(any_harness)
    a_link(any_harness, "link-2", invoice=an_invoice(ref="in_2"))
    file_it(any_harness, reason_id=REASON)
    any_harness.store.run_blocking(confirm, ID, any_harness.now)
    assert file_it(any_harness, sending="2", email=JULE.upper()).customer.email == JULE.upper()
    assert file_it(any_harness, "link-2").customer.email is None
    assert len(asked(any_harness)) == 1


def test_the_mail_can_be_sent_again_five_times_a_day(any_harness: Harness) -> None:
    link = a_link(any_harness)
    case = file_it(any_harness, reason_id=REASON)
    for _ in range(4):
        change(any_harness, link, case.id, JULE)
    with pytest.raises(OverBudget):
        change(any_harness, link, case.id, JULE)
    assert len(asked(any_harness)) == 5
    any_harness.now += timedelta(days=1)
    change(any_harness, link, case.id, JULE)
    assert len(asked(any_harness)) == 6


def test_a_corrected_address_is_asked_and_the_wrong_one_no_longer_counts(any_harness: Harness) -> None:
    link = a_link(any_harness)
    case = file_it(any_harness, reason_id=REASON, email="jul@nordwind.example")
    change(any_harness, link, case.id, JULE)
    assert len(asked(any_harness)) == 1
    wrong = address_id("in_1", "cus_nordwind", "jul@nordwind.example")
    any_harness.store.run_blocking(confirm, wrong, any_harness.now)
    assert any_harness.case(case.id).customer.email is None
    any_harness.store.run_blocking(confirm, ID, any_harness.now)
    assert any_harness.case(case.id).customer.email == JULE


def test_correcting_it_to_the_invoices_own_address_needs_no_question(any_harness: Harness) -> None:
    link = a_link(any_harness)
    case = file_it(any_harness, reason_id=REASON)
    change(any_harness, link, case.id, link.customer.email or "")
    assert any_harness.case(case.id).customer.email == link.customer.email
    assert len(told(any_harness)) == 1


def test_a_link_changes_only_cases_of_its_own_invoice(any_harness: Harness) -> None:
    a_link(any_harness)
    other = a_link(any_harness, "link-2", invoice=an_invoice(ref="in_2"))
    case = file_it(any_harness, reason_id=REASON)
    with pytest.raises(NotFound):
        change(any_harness, other, case.id, "mine@elsewhere.example")


def test_an_address_that_nobody_confirms_is_forgotten(any_harness: Harness) -> None:
    a_link(any_harness)
    file_it(any_harness, reason_id=REASON)
    after = any_harness.now + timedelta(seconds=1)
    assert any_harness.store.run_blocking(lambda tx: tx.addresses.purge_unconfirmed(after)) == 1
    assert not any_harness.store.run_blocking(confirm, ID, any_harness.now)
