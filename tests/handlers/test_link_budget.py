"""Tests of a link's budget in the database: spent at once, twice, by many links, and on another day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core.link_budget import OverBudget, Use
from core.uploaded_file import File
from handlers.confirm_address import change_address
from store.evidence.limits import MEGABYTE, Limits
from store.evidence.refusals import Fault, UploadRefused
from store.evidence.uploads import UploadTarget, add_file, remove_upload
from store.transaction import Transaction
from tests.builders import a_customer, an_invoice
from tests.handlers.harness import Harness
from tests.handlers.test_submit_form import a_link, file_it

OWN = a_customer().email or ""


def test_sixty_forms_at_once_are_five_cases_and_no_more(any_harness: Harness) -> None:
    a_link(any_harness)

    def send(number: int) -> bool:
        try:
            file_it(any_harness, sending=str(number), email=OWN)
        except OverBudget:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(send, range(60)))
    assert (sum(sent), len(any_harness.case_ids())) == (5, 5)


def test_the_next_day_the_link_may_go_on_until_ten_are_open(any_harness: Harness) -> None:
    a_link(any_harness)
    for number in range(10):
        file_it(any_harness, sending=str(number), email=OWN)
        if number % 5 == 4:
            any_harness.now += timedelta(days=1)
    with pytest.raises(OverBudget, match="10 disputes"):
        file_it(any_harness, sending="11", email=OWN)


def test_a_form_sent_again_costs_nothing(any_harness: Harness) -> None:
    a_link(any_harness)
    cases = {file_it(any_harness, email=OWN).id for _ in range(9)}
    assert len(cases) == 1
    assert _used(any_harness, "link-1", Use.CASES) == 1


def test_a_refused_form_leaves_no_count_and_no_case(any_harness: Harness) -> None:
    a_link(any_harness)
    case, link = file_it(any_harness, sending="0", email="stranger-0@elsewhere.example"), a_link(any_harness)
    for number in range(1, 5):
        email = f"stranger-{number}@elsewhere.example"
        any_harness.store.run_blocking(change_address, link, case.id, email=email, now=any_harness.now)
    with pytest.raises(OverBudget, match="another e-mail address"):
        file_it(any_harness, sending="4", email="stranger-5@elsewhere.example")
    assert _used(any_harness, "link-1", Use.CASES) == 1
    file_it(any_harness, sending="4", email=OWN.upper())
    assert len(any_harness.case_ids()) == 2


def test_many_links_can_not_write_to_one_stranger(any_harness: Harness) -> None:
    for number in range(11):
        invoice, customer = an_invoice(ref=f"in_{number}"), a_customer(ref=f"cus_{number}")
        a_link(any_harness, f"link-{number}", invoice=invoice, customer=customer)
    for number in range(10):
        file_it(any_harness, f"link-{number}", email="Victim@elsewhere.example")
    with pytest.raises(OverBudget):
        file_it(any_harness, "link-10", email="victim@elsewhere.example")


def test_a_clock_that_jumps_back_finds_the_days_count_again(any_harness: Harness) -> None:
    a_link(any_harness)
    for number in range(5):
        file_it(any_harness, sending=str(number), email=OWN)
    any_harness.now += timedelta(days=1)
    file_it(any_harness, sending="6", email=OWN)
    any_harness.now -= timedelta(days=1)
    with pytest.raises(OverBudget, match="today"):
        file_it(any_harness, sending="7", email=OWN)


def test_bytes_are_counted_over_all_forms_and_cases_of_a_link(any_harness: Harness) -> None:
    a_link(any_harness)
    sizes = [100 * MEGABYTE] * 8
    taken = [_add(any_harness, f"file-{n}", size) for n, size in enumerate(sizes)]
    assert taken == [None] * 6 + [Fault.TOO_MUCH_TODAY] * 2


def test_rows_are_counted_over_all_forms_of_a_link_and_mail_is_not(any_harness: Harness) -> None:
    a_link(any_harness)
    told = [_add(any_harness, f"file-{n}", 1) for n in range(101)]
    assert (told[:100], told[100]) == ([None] * 100, Fault.TOO_MANY_TODAY)
    assert _add(any_harness, "by-mail", 1, link_id=None) is None


def _add(harness: Harness, file_id: str, size: int, *, link_id: str | None = "link-1") -> str | None:
    """Begin an upload to a form of its own, so that only the link's budget binds; what it was told."""
    place = UploadTarget(
        invoice_ref="in_1", customer_ref="cus_nordwind", via="page", draft_id=file_id, link_id=link_id
    )

    def add(tx: Transaction) -> None:
        file = File(
            id=file_id,
            invoice_ref=place.invoice_ref,
            customer_ref=place.customer_ref,
            case_id=None,
            draft_id=file_id,
            kind="other",
            name="note.pdf",
            size=size,
            via=place.via,
            came_at=harness.now,
        )
        add_file(tx, file, place, Limits())

    try:
        harness.store.run_blocking(add)
    except UploadRefused as refused:
        return refused.text
    return None


def _used(harness: Harness, subject: str, use: Use) -> int:
    return harness.store.read_blocking(lambda tx: tx.daily_uses.count(subject, use, harness.now))


def test_counts_of_long_ago_are_purged_and_todays_stay(any_harness: Harness) -> None:
    a_link(any_harness)
    file_it(any_harness, email=OWN)
    later = any_harness.now + timedelta(days=1)
    assert any_harness.store.run_blocking(lambda tx: tx.daily_uses.purge(any_harness.now)) == 0
    assert any_harness.store.run_blocking(lambda tx: tx.daily_uses.purge(later)) == 1
    assert _used(any_harness, "link-1", Use.CASES) == 0


def test_a_removed_upload_leaves_no_row_but_stays_counted(any_harness: Harness) -> None:
    a_link(any_harness)
    for number in range(20):
        _add(any_harness, f"file-{number}", MEGABYTE)
        any_harness.store.run_blocking(remove_upload, f"file-{number}")
    files = any_harness.store.read_blocking(lambda tx: tx.files.list_for_invoice("in_1", "cus_nordwind"))
    assert (files, _used(any_harness, "link-1", Use.FILES)) == ([], 20)
