"""Tests of customer links and drafts: which link opens which invoice, and what its form holds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.customer_link import CustomerLink
from core.invoice import Customer, Invoice
from store.customers.drafts import Draft
from store.engine import Store
from store.errors import AlreadySent
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case, a_customer, an_invoice
from tests.store.transactions import add_cases

A_DAY = timedelta(days=1)
IN_A_MONTH = MONDAY_9AM + 30 * A_DAY


def make(
    tx: Transaction,
    link_id: str = "link-1",
    *,
    invoice: Invoice | None = None,
    customer: Customer | None = None,
    now: datetime = MONDAY_9AM,
    expires_at: datetime = IN_A_MONTH,
) -> CustomerLink:
    return tx.links.find_or_add(
        invoice or an_invoice(), customer or a_customer(), link_id=link_id, now=now, expires_at=expires_at
    )


def test_a_link_is_found_by_its_id_its_pair_and_its_invoices_number(store: Store) -> None:
    made = store.run_blocking(make)
    assert made == CustomerLink(
        id="link-1",
        invoice=an_invoice(),
        customer=a_customer(),
        made_at=MONDAY_9AM,
        expires_at=IN_A_MONTH,
    )
    assert store.read_blocking(lambda tx: tx.links.find("link-1")) == made
    assert store.read_blocking(lambda tx: tx.links.find_for("in_1", "cus_nordwind")) == made
    assert store.read_blocking(lambda tx: tx.links.list_by_invoice("INV-2026-0001")) == [made]
    assert store.read_blocking(lambda tx: tx.links.list_by_invoice("in_1")) == [made]
    assert store.read_blocking(lambda tx: tx.links.find("link-2")) is None
    assert store.read_blocking(lambda tx: tx.links.find_for("in_1", "cus_other")) is None
    assert store.read_blocking(lambda tx: tx.links.list_by_invoice("INV")) == []


def test_a_good_link_is_brought_up_to_date_and_given_again(store: Store) -> None:
    store.run_blocking(make)
    paid = an_invoice(paid_minor=5_000)
    moved = a_customer(email="new@nordwind.example", language="de")
    later = store.run_blocking(
        make, "link-2", invoice=paid, customer=moved, now=MONDAY_9AM + A_DAY, expires_at=IN_A_MONTH + A_DAY
    )
    assert (later.id, later.made_at, later.expires_at) == ("link-1", MONDAY_9AM, IN_A_MONTH + A_DAY)
    assert (later.invoice, later.customer) == (paid, moved)
    assert store.read_blocking(lambda tx: tx.links.find("link-1")) == later
    assert store.read_blocking(lambda tx: tx.links.find("link-2")) is None


def test_a_link_that_was_sent_never_ends_sooner_than_promised(store: Store) -> None:
    store.run_blocking(make)
    assert store.run_blocking(make, "link-2", expires_at=MONDAY_9AM + A_DAY).expires_at == IN_A_MONTH


def test_a_new_invoice_number_is_found_and_the_old_one_no_more(store: Store) -> None:
    store.run_blocking(make)
    renamed = store.run_blocking(make, "link-2", invoice=an_invoice(number="INV-9"))
    assert store.read_blocking(lambda tx: tx.links.list_by_invoice("INV-9")) == [renamed]
    assert store.read_blocking(lambda tx: tx.links.list_by_invoice("INV-2026-0001")) == []


def test_after_an_expired_link_a_new_one_is_made_and_both_are_known(store: Store) -> None:
    expired = store.run_blocking(make, expires_at=MONDAY_9AM + A_DAY)
    fresh = store.run_blocking(make, "link-2", now=MONDAY_9AM + A_DAY)
    assert fresh.id == "link-2"
    assert store.read_blocking(lambda tx: tx.links.find_for("in_1", "cus_nordwind")) == fresh
    assert store.read_blocking(lambda tx: tx.links.find("link-1")) == expired
    assert store.read_blocking(lambda tx: tx.links.list_by_invoice("INV-2026-0001")) == [fresh, expired]


def test_a_revoked_link_stays_revoked_and_known(store: Store) -> None:
    made = store.run_blocking(make)
    store.run_blocking(lambda tx: tx.links.revoke("link-1", MONDAY_9AM))
    store.run_blocking(lambda tx: tx.links.revoke("link-1", MONDAY_9AM + A_DAY))
    revoked = replace(made, revoked_at=MONDAY_9AM)
    assert store.read_blocking(lambda tx: tx.links.find("link-1")) == revoked
    assert store.read_blocking(lambda tx: tx.links.find_for("in_1", "cus_nordwind")) == revoked
    assert not revoked.is_valid(MONDAY_9AM)
    assert store.run_blocking(make, "link-2").id == "link-2"
    assert store.read_blocking(lambda tx: tx.links.find("link-1")) == revoked


def test_customers_have_a_link_each_to_the_same_invoice(store: Store) -> None:
    ours = store.run_blocking(make)
    theirs = store.run_blocking(make, "link-2", customer=a_customer(ref="cus_other"))
    assert store.read_blocking(lambda tx: tx.links.find_for("in_1", "cus_nordwind")) == ours
    assert store.read_blocking(lambda tx: tx.links.find_for("in_1", "cus_other")) == theirs


async def test_links_made_at_once_are_one(store: Store) -> None:
    made = await asyncio.gather(*(store.run(make, f"link-{number}") for number in range(12)))
    assert len({link.id for link in made}) == 1
    assert await store.read(lambda tx: tx.links.list_by_invoice("INV-2026-0001")) == [made[0]]


def save_draft(tx: Transaction, words: str, at: datetime = MONDAY_9AM) -> Draft:
    return tx.drafts.save("link-1", {"statement": words}, at)


def test_a_form_is_kept_as_it_was_saved_last(store: Store) -> None:
    store.run_blocking(make)
    assert store.read_blocking(lambda tx: tx.drafts.find("link-1")) is None
    first = store.run_blocking(save_draft, "too mu\0ch “€”")
    assert store.read_blocking(lambda tx: tx.drafts.find("link-1")) == first
    second = store.run_blocking(save_draft, "too much", MONDAY_9AM + A_DAY)
    assert second == replace(first, body={"statement": "too much"}, saved_at=MONDAY_9AM + A_DAY)
    assert store.read_blocking(lambda tx: tx.drafts.find("link-1")) == second
    assert store.run_blocking(lambda tx: tx.drafts.lock_by_id(first.id)) == second


def test_a_sent_form_leads_to_its_case_and_the_next_one_begins_empty(store: Store) -> None:
    store.run_blocking(make)
    store.run_blocking(add_cases, a_case())
    draft = store.run_blocking(save_draft, "too much")
    store.run_blocking(lambda tx: tx.drafts.mark_sent(draft.id, "D-1001"))
    assert store.read_blocking(lambda tx: tx.drafts.find("link-1")) is None
    sent = store.run_blocking(lambda tx: tx.drafts.lock_by_id(draft.id))
    assert sent == replace(draft, case_id="D-1001")
    second = store.run_blocking(save_draft, "again", MONDAY_9AM)
    assert second.id != draft.id
    assert store.run_blocking(lambda tx: tx.drafts.lock_by_id(draft.id)) == sent


def send_once(tx: Transaction, draft_id: str) -> str:
    draft = tx.drafts.lock_by_id(draft_id)
    assert draft is not None
    if draft.case_id is not None:
        return draft.case_id
    case = a_case(id=tx.cases.next_id())
    add_cases(tx, case)
    tx.drafts.mark_sent(draft_id, case.id)
    return case.id


async def test_a_form_sent_many_times_at_once_makes_one_case(store: Store) -> None:
    await store.run(make)
    draft = await store.run(save_draft, "too much")
    case_ids = await asyncio.gather(*(store.run(send_once, draft.id) for _ in range(8)))
    assert len(set(case_ids)) == 1
    assert len(await store.read(lambda tx: tx.cases.list_for_invoice("in_1", "cus_nordwind"))) == 1


def test_a_form_that_was_sent_already_cannot_be_sent_as_another_case(store: Store) -> None:
    store.run_blocking(make)
    store.run_blocking(add_cases, a_case(), a_case(id="D-1002"))
    draft = store.run_blocking(save_draft, "too much")
    store.run_blocking(lambda tx: tx.drafts.mark_sent(draft.id, "D-1001"))
    with pytest.raises(AlreadySent):
        store.run_blocking(lambda tx: tx.drafts.mark_sent(draft.id, "D-1002"))
    sent = store.run_blocking(lambda tx: tx.drafts.lock_by_id(draft.id))
    assert sent is not None
    assert sent.case_id == "D-1001"


async def test_forms_saved_at_once_are_one(store: Store) -> None:
    await store.run(make)
    drafts = await asyncio.gather(*(store.run(save_draft, f"word {number}") for number in range(8)))
    assert len({draft.id for draft in drafts}) == 1


def test_clearing_throws_away_only_what_was_not_sent(store: Store) -> None:
    store.run_blocking(make)
    store.run_blocking(add_cases, a_case())
    sent = store.run_blocking(save_draft, "too much")
    store.run_blocking(lambda tx: tx.drafts.mark_sent(sent.id, "D-1001"))
    unsent = store.run_blocking(save_draft, "again", MONDAY_9AM + A_DAY)
    store.run_blocking(lambda tx: tx.drafts.remove("link-1"))
    assert store.run_blocking(lambda tx: tx.drafts.lock_by_id(unsent.id)) is None
    assert store.run_blocking(lambda tx: tx.drafts.lock_by_id(sent.id)) is not None


def test_a_purge_forgets_what_nobody_has_touched_since(store: Store) -> None:
    store.run_blocking(make)
    draft = store.run_blocking(save_draft, "too much")
    assert store.run_blocking(lambda tx: tx.drafts.purge(MONDAY_9AM)) == 0
    assert store.read_blocking(lambda tx: tx.drafts.find("link-1")) == draft
    assert store.run_blocking(lambda tx: tx.drafts.purge(MONDAY_9AM + A_DAY)) == 1
    assert store.read_blocking(lambda tx: tx.drafts.find("link-1")) is None
