"""What can the holder of a link do, to which cases, and how often?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.case import Case, CaseClosed, Resolution
from core.customer_link import CustomerLink
from core.disagreeing import TooLateToDisagree
from core.errors import NotFound
from core.uploaded_file import File, FileState
from handlers.customer_link import renew_link
from handlers.customer_page import disagree_with_decision, load_customer_cases, send_message, withdraw_case
from tests.builders import a_customer, an_invoice
from tests.handlers.harness import Harness


def link_to(desk: Harness, case_id: str, **other: Any) -> CustomerLink:
    """The link of the case's customer to its invoice; or, with changes, of somebody else or to another."""
    case = desk.case(case_id)
    invoice = an_invoice(ref=other.get("invoice", case.invoice.ref))
    customer = a_customer(ref=other.get("customer", case.customer.ref))
    link_id = f"link-{invoice.ref}-{customer.ref}"
    return desk.store.run_blocking(renew_link, invoice, customer, link_id, desk.now)


def say(
    desk: Harness, link: CustomerLink, case_id: str, text: str, *, key: str = "k" * 16, files: Any = ()
) -> None:
    desk.store.run_blocking(send_message, link, case_id, text=text, file_ids=files, key=key, now=desk.now)


def a_file(desk: Harness, link: CustomerLink, file_id: str, **changes: Any) -> None:
    given: dict[str, Any] = {
        "invoice_ref": link.invoice.ref,
        "customer_ref": link.customer.ref,
        "case_id": None,
        "draft_id": None,
        "kind": "other",
        "name": f"{file_id}.jpg",
        "size": 3,
        "state": FileState.READY,
        "via": "page",
        "came_at": desk.now,
        **changes,
    }
    desk.store.run_blocking(lambda tx: tx.files.add(File(id=file_id, **given)))


def pinned(desk: Harness, case_id: str) -> list[str]:
    return desk.store.read_blocking(lambda tx: [file.id for file in tx.files.list_for_case(case_id)])


@pytest.mark.parametrize("other", [{"invoice": "in_other"}, {"customer": "cus_other"}])
def test_a_link_reaches_no_case_of_another_invoice_or_customer(desk: Harness, other: dict[str, str]) -> None:
    case_id = desk.create_case()
    link = link_to(desk, case_id, **other)
    with pytest.raises(NotFound):
        desk.store.read_blocking(load_customer_cases, link, case_id)
    with pytest.raises(NotFound):
        say(desk, link, case_id, "Let me in.")
    with pytest.raises(NotFound):
        desk.store.run_blocking(withdraw_case, link, case_id, why="", key="k" * 16, now=desk.now)
    with pytest.raises(NotFound):
        desk.store.run_blocking(disagree_with_decision, link, case_id, why="No", key="k" * 16, now=desk.now)
    assert desk.event_names(case_id) == ["DisputeRaised", "QueueTold"]


def test_a_form_sent_many_times_at_once_counts_once(any_desk: Harness) -> None:
    case_id = any_desk.create_case()
    link = link_to(any_desk, case_id)
    a_file(any_desk, link, "photo")
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda _: say(any_desk, link, case_id, "Once.", files=["photo"]), range(8)))
    assert any_desk.event_names(case_id).count("CustomerWrote") == 1
    assert [piece.file_id for piece in any_desk.case(case_id).evidence] == ["photo"]


def test_another_form_with_the_same_words_is_another_message(desk: Harness) -> None:
    case_id = desk.create_case()
    link = link_to(desk, case_id)
    say(desk, link, case_id, "Hello?", key="a" * 16)
    say(desk, link, case_id, "Hello?", key="b" * 16)
    assert desk.event_names(case_id).count("CustomerWrote") == 2


def test_only_the_links_own_loose_files_are_pinned(any_desk: Harness) -> None:
    case_id = any_desk.create_case()
    link = link_to(any_desk, case_id)
    a_file(any_desk, link, "mine", draft_id="draft")
    a_file(any_desk, link, "held", state=FileState.HELD)
    a_file(any_desk, link, "unfinished", state=FileState.UPLOADING)
    a_file(any_desk, link_to(any_desk, case_id, customer="cus_other"), "theirs")
    say(any_desk, link, case_id, "Files", files=["mine", "held", "unfinished", "theirs", "made-up"])
    assert sorted(pinned(any_desk, case_id)) == ["held", "mine"]
    case: Case = any_desk.case(case_id)
    assert [piece.file_id for piece in case.evidence] == ["mine"]


def test_a_file_of_one_case_can_not_be_moved_to_another(desk: Harness) -> None:
    first, second = desk.create_case(), desk.create_case()
    link = link_to(desk, first)
    a_file(desk, link, "photo")
    say(desk, link, first, "Here", key="a" * 16, files=["photo"])
    say(desk, link, second, "Here too", key="b" * 16, files=["photo"])
    assert (pinned(desk, first), pinned(desk, second)) == (["photo"], [])


def test_a_withdrawn_case_stays_withdrawn_and_can_still_be_written_to(desk: Harness) -> None:
    case_id = desk.create_case()
    link = link_to(desk, case_id)
    desk.store.run_blocking(withdraw_case, link, case_id, why="Mine", key="a" * 16, now=desk.now)
    desk.store.run_blocking(withdraw_case, link, case_id, why="Mine", key="a" * 16, now=desk.now)
    with pytest.raises(CaseClosed):
        desk.store.run_blocking(withdraw_case, link, case_id, why="Mine", key="b" * 16, now=desk.now)
    with pytest.raises(TooLateToDisagree):
        desk.store.run_blocking(disagree_with_decision, link, case_id, why="No", key="c" * 16, now=desk.now)
    say(desk, link, case_id, "Sorry for the trouble.", key="d" * 16)
    assert desk.case(case_id).resolution is Resolution.WITHDRAWN
    assert desk.event_names(case_id)[-2:] == ["CaseEnded", "CustomerWrote"]
