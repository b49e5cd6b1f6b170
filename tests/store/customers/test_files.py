"""Tests of the rows of files and mails: what they belong to, and whose bytes are still used."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.uploaded_file import File, FileState
from store.customers.drafts import Draft
from store.customers.files import UnknownFile
from store.customers.mails import Mail
from store.engine import Store
from store.outbox.posted_cards import LISTED, PostedCard
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case, a_customer, an_invoice
from tests.store.transactions import add_cases

A_DAY = timedelta(days=1)
HASH = "0f" * 32


def a_file(file_id: str = "file-1", **changes: Any) -> File:
    file = File(
        id=file_id,
        invoice_ref="in_1",
        customer_ref="cus_nordwind",
        case_id=None,
        draft_id=None,
        kind="delivery_note",
        name="Lieferschein “März”.jpg",
        size=5_000,
        via="page",
        came_at=MONDAY_9AM,
    )
    return replace(file, **changes)


def a_mail(message_id: str = "<1@nordwind.example>", **changes: Any) -> Mail:
    mail = Mail(
        message_id=message_id,
        case_id="D-1001",
        direction="in",
        at=MONDAY_9AM,
        sha256=HASH,
        sender="ap@nordwind.example",
        subject="Re: Ihre Rechnung",
    )
    return replace(mail, **changes)


def add(tx: Transaction, *files: File) -> None:
    for file in files:
        tx.files.add(file)


def add_mails(tx: Transaction, *mails: Mail) -> None:
    for mail in mails:
        tx.mails.add(mail)


def a_draft(tx: Transaction) -> Draft:
    in_a_month = MONDAY_9AM + 30 * A_DAY
    tx.links.find_or_add(an_invoice(), a_customer(), link_id="link-1", now=MONDAY_9AM, expires_at=in_a_month)
    return tx.drafts.save("link-1", {}, MONDAY_9AM)


def abandoned(tx: Transaction) -> list[str]:
    return [file.id for file in tx.files.lock_abandoned(MONDAY_9AM + A_DAY)]


def test_a_file_is_saved_as_a_whole_from_its_first_byte_to_its_case(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    file = a_file(draft_id="draft-1")
    store.run_blocking(add, file)
    assert store.read_blocking(lambda tx: tx.files.find("file-1")) == file
    assert store.read_blocking(lambda tx: tx.files.list_for_draft("draft-1")) == [file]
    pinned = replace(file, state=FileState.READY, case_id="D-1001", sha256=HASH, received=5_000)
    store.run_blocking(lambda tx: tx.files.save(pinned))
    assert store.read_blocking(lambda tx: tx.files.find("file-1")) == pinned
    assert store.read_blocking(lambda tx: tx.files.list_for_case("D-1001")) == [pinned]
    assert store.read_blocking(lambda tx: tx.files.list_for_draft("draft-1")) == [pinned]
    assert store.read_blocking(lambda tx: tx.files.find("file-2")) is None


def test_a_file_that_was_never_added_is_refused_kindly(store: Store) -> None:
    with pytest.raises(UnknownFile, match="Add it again"):
        store.run_blocking(lambda tx: tx.files.save(a_file()))


def test_a_file_pinned_in_the_same_commit_as_its_new_case_holds(store: Store) -> None:
    def raise_with_file(tx: Transaction) -> None:
        add_cases(tx, a_case())
        tx.files.add(a_file(case_id="D-1001"))
        tx.mails.add(a_mail())

    store.run_blocking(raise_with_file)
    assert len(store.read_blocking(lambda tx: tx.files.list_for_case("D-1001"))) == 1
    assert len(store.read_blocking(lambda tx: tx.mails.list_for_case("D-1001"))) == 1


def test_a_later_dispute_of_the_invoice_sees_what_came_before(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    first = a_file(case_id="D-1001")
    second = a_file("file-0", came_at=MONDAY_9AM + A_DAY)
    elsewhere = (a_file("file-3", invoice_ref="in_2"), a_file("file-4", customer_ref="cus_other"))
    store.run_blocking(add, second, first, *elsewhere)
    assert store.read_blocking(lambda tx: tx.files.list_for_invoice("in_1", "cus_nordwind")) == [
        first,
        second,
    ]


def test_held_files_come_in_the_order_in_which_they_wait(store: Store) -> None:
    late = a_file("file-1", state=FileState.HELD, came_at=MONDAY_9AM + A_DAY)
    early = a_file("file-2", state=FileState.HELD)
    store.run_blocking(add, late, early, a_file("file-3", state=FileState.READY), a_file("file-4"))
    assert store.read_blocking(lambda tx: tx.files.list_held(10)) == [early, late]
    assert store.read_blocking(lambda tx: tx.files.list_held(1)) == [early]


def test_only_what_leads_nowhere_is_abandoned(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    draft = store.run_blocking(a_draft)
    ready = {"state": FileState.READY, "sha256": HASH}
    store.run_blocking(
        add,
        a_file("broken-off", draft_id=draft.id),
        a_file("broken-off-for-a-case", case_id="D-1001"),
        a_file("of-no-form", **ready),
        a_file("of-a-form-that-is-gone", draft_id="gone", **ready),
        a_file("of-an-open-form", draft_id=draft.id, **ready),
        a_file("of-a-case", case_id="D-1001", draft_id="gone", **ready),
        a_file("young", came_at=MONDAY_9AM + A_DAY),
        a_file("refused", state=FileState.REFUSED),
        a_file("removed", state=FileState.REMOVED),
    )
    nowhere = ["broken-off", "broken-off-for-a-case", "of-a-form-that-is-gone", "of-no-form"]
    assert store.run_blocking(abandoned) == nowhere
    store.run_blocking(lambda tx: tx.drafts.mark_sent(draft.id, "D-1001"))
    assert store.run_blocking(abandoned) == sorted([*nowhere, "of-an-open-form"])


def test_rows_of_ended_files_outside_of_cases_go_and_those_of_a_case_stay(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    draft = store.run_blocking(a_draft)
    refused, removed = {"state": FileState.REFUSED}, {"state": FileState.REMOVED}
    store.run_blocking(
        add,
        a_file("refused", **refused),
        a_file("removed", draft_id="gone", **removed),
        a_file("young", came_at=MONDAY_9AM + A_DAY, **removed),
        a_file("of-an-open-form", draft_id=draft.id, **refused),
        a_file("of-a-case", case_id="D-1001", **refused),
        a_file("ready", state=FileState.READY, sha256=HASH),
    )
    assert store.run_blocking(lambda tx: tx.files.remove_ended(MONDAY_9AM + A_DAY)) == 2
    left = store.read_blocking(lambda tx: tx.files.list_for_invoice("in_1", "cus_nordwind"))
    assert {file.id for file in left} == {"young", "of-an-open-form", "of-a-case", "ready"}


def test_bytes_are_needed_as_long_as_one_file_or_mail_has_them(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    held, ready = (
        a_file("file-1", sha256=HASH, state=FileState.HELD),
        a_file("file-2", sha256=HASH, state=FileState.READY),
    )
    refused = a_file("file-3", sha256=HASH, state=FileState.REFUSED)
    store.run_blocking(add, held, ready, refused, a_file("file-5", sha256="ee" * 32))
    store.run_blocking(add_mails, a_mail())
    assert store.read_blocking(lambda tx: tx.files.count_uses(HASH)) == 3
    store.run_blocking(lambda tx: tx.files.save(replace(held, state=FileState.REFUSED)))
    store.run_blocking(lambda tx: tx.files.save(replace(ready, state=FileState.REMOVED)))
    assert store.read_blocking(lambda tx: tx.files.count_uses(HASH)) == 1
    assert store.read_blocking(lambda tx: tx.files.count_uses("00" * 32)) == 0


def test_a_mail_is_found_by_its_id_and_its_case(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    question = a_mail("<q@ours.example>", direction="out", sha256=None, sender="billing@ours.example")
    answer = a_mail(at=MONDAY_9AM + A_DAY)
    store.run_blocking(add_mails, answer, question)
    assert store.read_blocking(lambda tx: tx.mails.find("<q@ours.example>")) == question
    assert store.read_blocking(lambda tx: tx.mails.find("<nobody@knows>")) is None
    assert store.read_blocking(lambda tx: tx.mails.list_for_case("D-1001")) == [question, answer]
    assert store.read_blocking(lambda tx: tx.mails.list_for_case("D-1002")) == []


def test_a_mail_kept_again_is_the_same_and_may_only_find_its_case(store: Store) -> None:
    store.run_blocking(add_cases, a_case(), a_case(id="D-1002"))
    stray = a_mail(case_id=None)
    store.run_blocking(add_mails, stray)
    store.run_blocking(add_mails, a_mail(sender="forger@x.example", at=MONDAY_9AM + A_DAY))
    found = replace(stray, case_id="D-1001")
    assert store.read_blocking(lambda tx: tx.mails.find(stray.message_id)) == found
    store.run_blocking(add_mails, a_mail(case_id="D-1002"), stray)
    assert store.read_blocking(lambda tx: tx.mails.find(stray.message_id)) == found


def test_a_stranger_who_uses_the_id_of_our_mail_does_not_take_its_place(store: Store) -> None:
    store.run_blocking(add_cases, a_case(), a_case(id="D-1002"))
    forged = a_mail("<q@ours.example>", case_id="D-1002")
    ours = a_mail("<q@ours.example>", direction="out", sha256=None)
    store.run_blocking(add_mails, forged, ours)
    assert store.read_blocking(lambda tx: tx.mails.find("<q@ours.example>")) == ours


def test_a_customers_cases_of_an_invoice_come_newest_first(store: Store) -> None:
    other = a_case(id="D-1003", customer=a_customer(ref="cus_other"))
    elsewhere = a_case(id="D-1004", invoice=an_invoice(ref="in_2"))
    store.run_blocking(add_cases, a_case(), a_case(id="D-1002"), other, elsewhere)
    found = store.read_blocking(lambda tx: tx.cases.list_for_invoice("in_1", "cus_nordwind"))
    assert [case.id for case in found] == ["D-1002", "D-1001"]


def test_a_message_leads_to_its_case_but_a_list_of_many_to_none(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    card = PostedCard(case_id="D-1001", address="slack:#b", kind="card", channel_ref="C1", message_ref="1.0")
    listing = replace(card, address="slack:#c", kind=LISTED, message_ref="2.0")
    store.run_blocking(lambda tx: tx.posted_cards.save(card))
    store.run_blocking(lambda tx: tx.posted_cards.save(listing))
    assert store.read_blocking(lambda tx: tx.posted_cards.find_case_id("C1", "1.0")) == "D-1001"
    assert store.read_blocking(lambda tx: tx.posted_cards.find_case_id("C1", "2.0")) is None
    assert store.read_blocking(lambda tx: tx.posted_cards.find_case_id("C2", "1.0")) is None
