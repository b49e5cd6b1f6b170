"""The customer's form: one case, however often and from wherever it is sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.case import Case, Status
from core.customer_link import CustomerLink
from core.money import Money
from core.policy import UnknownName
from core.uploaded_file import File, FileState
from handlers.save_draft import draft_id_of, find_draft_file, save_draft
from handlers.submit_form import FormAnswers, LinkRevoked, next_form_number, offered_reasons, submit_form
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_customer, a_policy, an_invoice
from tests.handlers.harness import Harness

ANSWERS = FormAnswers(
    reason_id="not_delivered",
    disputed=None,
    line_refs=(),
    statement="Nothing came.",
    wish="Send it again",
    contact="Jule Brandt",
    email="jule@nordwind.example",
    language="de",
)


def a_link(harness: Harness, link_id: str = "link-1", **changes: Any) -> CustomerLink:
    invoice, customer = changes.get("invoice", an_invoice()), changes.get("customer", a_customer())
    expires_at = MONDAY_9AM + timedelta(days=180)

    def make(tx: Transaction) -> CustomerLink:
        return tx.links.find_or_add(invoice, customer, link_id=link_id, now=MONDAY_9AM, expires_at=expires_at)

    return harness.store.run_blocking(make)


def file_it(harness: Harness, link_id: str = "link-1", sending: str = "1", **changes: Any) -> Case:
    answers = replace(ANSWERS, **changes)
    return harness.store.run_blocking(submit_form, link_id, answers, sending=sending, now=harness.now)


def put_file(
    harness: Harness, name: str, *, kind: str = "delivery_note", state: FileState = FileState.READY
) -> File:
    """A file in the form of link-1."""

    def put(tx: Transaction) -> File:
        file = File(
            id=f"file-{name}",
            invoice_ref="in_1",
            customer_ref="cus_nordwind",
            case_id=None,
            draft_id=draft_id_of(tx, "link-1", now=MONDAY_9AM),
            kind=kind,
            name=name,
            size=10,
            state=state,
            via="page",
            came_at=MONDAY_9AM,
        )
        tx.files.add(file)
        return file

    return harness.store.run_blocking(put)


def test_many_presses_at_once_are_one_case(any_harness: Harness) -> None:
    a_link(any_harness)
    with ThreadPoolExecutor(8) as pool:
        cases = list(pool.map(lambda _: file_it(any_harness).id, range(8)))
    assert set(cases) == {any_harness.case_ids()[0]}
    assert len(any_harness.case_ids()) == 1


def test_files_go_along_and_the_next_form_starts_without_them(any_harness: Harness) -> None:
    a_link(any_harness)
    put_file(any_harness, "note.jpg")
    put_file(any_harness, "other.pdf", kind="photo")
    put_file(any_harness, "held.pdf", state=FileState.HELD)
    put_file(any_harness, "half.pdf", state=FileState.UPLOADING)
    put_file(any_harness, "gone.pdf", state=FileState.REMOVED)
    case = file_it(any_harness)
    assert {(piece.kind, piece.name) for piece in case.evidence} == {
        ("delivery_note", "note.jpg"),
        ("other", "other.pdf"),
    }
    assert case.status is Status.OPEN
    pinned = any_harness.store.read_blocking(lambda tx: tx.files.list_for_case(case.id))
    assert {file.name for file in pinned} == {"note.jpg", "other.pdf", "held.pdf"}
    again = file_it(any_harness, sending="2")
    assert again.evidence == ()


def test_the_number_of_a_form_grows_with_every_case(harness: Harness) -> None:
    link = a_link(harness)
    numbers = [harness.store.read_blocking(next_form_number, link)]
    file_it(harness)
    numbers.append(harness.store.read_blocking(next_form_number, link))
    harness.create_case()
    numbers.append(harness.store.read_blocking(next_form_number, link))
    assert numbers == ["1", "2", "3"]


def test_the_case_knows_who_wrote_and_how_to_answer(harness: Harness) -> None:
    a_link(harness)
    case = file_it(harness, disputed=Money(3_000, "EUR"), line_refs=("il_2",))
    who = case.customer
    assert (who.contact, who.unconfirmed_email, who.language) == (
        "Jule Brandt",
        "jule@nordwind.example",
        "de",
    )
    assert (case.customer.ref, case.disputed.minor, case.wish) == ("cus_nordwind", 3_000, "Send it again")


@pytest.mark.parametrize("how", ["expired", "revoked", "unknown"])
def test_a_link_that_isnt_good_files_nothing(harness: Harness, how: str) -> None:
    a_link(harness)
    if how == "expired":
        harness.now += timedelta(days=200)
    if how == "revoked":
        harness.store.run_blocking(lambda tx: tx.links.revoke("link-1", MONDAY_9AM))
    with pytest.raises(LinkRevoked):
        file_it(harness, "link-2" if how == "unknown" else "link-1")
    assert harness.case_ids() == []


def test_a_form_that_was_sent_is_found_again_even_when_the_link_is_over(harness: Harness) -> None:
    a_link(harness)
    case = file_it(harness)
    harness.now += timedelta(days=200)
    assert file_it(harness).id == case.id


def test_a_reason_that_is_gone_files_nothing(harness: Harness) -> None:
    a_link(harness)
    with pytest.raises(UnknownName):
        file_it(harness, reason_id="no_such")


def test_the_banks_own_reason_isnt_offered() -> None:
    assert [reason.id for reason in offered_reasons(a_policy())] == ["wrong_amount", "not_delivered"]


def test_a_draft_is_kept_until_its_form_is_sent(harness: Harness) -> None:
    a_link(harness)

    def save(body: dict[str, str]) -> bool:
        return harness.store.run_blocking(save_draft, "link-1", body, sending="1", now=MONDAY_9AM)

    assert save({"statement": "Half"})
    file_it(harness)
    assert not save({"statement": "Late"})
    assert harness.store.read_blocking(lambda tx: tx.drafts.find("link-1")) is None


def test_only_the_files_of_ones_own_unsent_form_are_ones_own(harness: Harness) -> None:
    a_link(harness)
    a_link(harness, "link-2", invoice=an_invoice(ref="in_2"), customer=a_customer(ref="cus_2"))
    file = put_file(harness, "note.jpg")

    def own(link_id: str, file_id: str = file.id) -> bool:
        return harness.store.read_blocking(find_draft_file, link_id, file_id) is not None

    assert (own("link-1"), own("link-2"), own("link-1", "file-none")) == (True, False, False)
    file_it(harness)
    assert not own("link-1")
