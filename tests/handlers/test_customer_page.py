"""The customer's page: what the holder of a link can do, to which cases, and how often."""

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


def link_to(harness: Harness, case_id: str, **other: Any) -> CustomerLink:
    """The link of the case's customer to its invoice; with `other`, another customer's or invoice's."""
    case = harness.case(case_id)
    invoice = an_invoice(ref=other.get("invoice", case.invoice.ref))
    customer = a_customer(ref=other.get("customer", case.customer.ref))
    link_id = f"link-{invoice.ref}-{customer.ref}"
    return harness.store.run_blocking(renew_link, invoice, customer, link_id, harness.now)


def say(
    harness: Harness, link: CustomerLink, case_id: str, text: str, *, key: str = "k" * 16, files: Any = ()
) -> None:
    harness.store.run_blocking(
        send_message, link, case_id, text=text, file_ids=files, key=key, now=harness.now
    )


def a_file(harness: Harness, link: CustomerLink, file_id: str, **changes: Any) -> None:
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
        "came_at": harness.now,
        **changes,
    }
    harness.store.run_blocking(lambda tx: tx.files.add(File(id=file_id, **given)))


def pinned(harness: Harness, case_id: str) -> list[str]:
    return harness.store.read_blocking(lambda tx: [file.id for file in tx.files.list_for_case(case_id)])


@pytest.mark.parametrize("other", [{"invoice": "in_other"}, {"customer": "cus_other"}])
def test_a_link_reaches_no_case_of_another_invoice_or_customer(
    harness: Harness, other: dict[str, str]
) -> None:
    case_id = harness.create_case()
    link = link_to(harness, case_id, **other)
    with pytest.raises(NotFound):
        harness.store.read_blocking(load_customer_cases, link, case_id)
    with pytest.raises(NotFound):
        say(harness, link, case_id, "Let me in.")
    with pytest.raises(NotFound):
        harness.store.run_blocking(withdraw_case, link, case_id, why="", key="k" * 16, now=harness.now)
    with pytest.raises(NotFound):
        harness.store.run_blocking(
            disagree_with_decision, link, case_id, why="No", key="k" * 16, now=harness.now
        )
    assert harness.event_names(case_id) == ["DisputeRaised", "QueueTold"]


def test_a_form_sent_many_times_at_once_counts_once(any_harness: Harness) -> None:
    case_id = any_harness.create_case()
    link = link_to(any_harness, case_id)
    a_file(any_harness, link, "photo")
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda _: say(any_harness, link, case_id, "Once.", files=["photo"]), range(8)))
    assert any_harness.event_names(case_id).count("CustomerWrote") == 1
    assert [piece.file_id for piece in any_harness.case(case_id).evidence] == ["photo"]


def test_another_form_with_the_same_words_is_another_message(harness: Harness) -> None:
    case_id = harness.create_case()
    link = link_to(harness, case_id)
    say(harness, link, case_id, "Hello?", key="a" * 16)
    say(harness, link, case_id, "Hello?", key="b" * 16)
    assert harness.event_names(case_id).count("CustomerWrote") == 2


def test_only_the_links_own_loose_files_are_pinned(any_harness: Harness) -> None:
    case_id = any_harness.create_case()
    link = link_to(any_harness, case_id)
    a_file(any_harness, link, "mine", draft_id="draft")
    a_file(any_harness, link, "held", state=FileState.HELD)
    a_file(any_harness, link, "unfinished", state=FileState.UPLOADING)
    a_file(any_harness, link_to(any_harness, case_id, customer="cus_other"), "theirs")
    say(any_harness, link, case_id, "Files", files=["mine", "held", "unfinished", "theirs", "made-up"])
    assert sorted(pinned(any_harness, case_id)) == ["held", "mine"]
    case: Case = any_harness.case(case_id)
    assert [piece.file_id for piece in case.evidence] == ["mine"]


def test_a_file_of_one_case_can_not_be_moved_to_another(harness: Harness) -> None:
    first, second = harness.create_case(), harness.create_case()
    link = link_to(harness, first)
    a_file(harness, link, "photo")
    say(harness, link, first, "Here", key="a" * 16, files=["photo"])
    say(harness, link, second, "Here too", key="b" * 16, files=["photo"])
    assert (pinned(harness, first), pinned(harness, second)) == (["photo"], [])


def test_a_withdrawn_case_stays_withdrawn_and_can_still_be_written_to(harness: Harness) -> None:
    case_id = harness.create_case()
    link = link_to(harness, case_id)
    harness.store.run_blocking(withdraw_case, link, case_id, why="Mine", key="a" * 16, now=harness.now)
    harness.store.run_blocking(withdraw_case, link, case_id, why="Mine", key="a" * 16, now=harness.now)
    with pytest.raises(CaseClosed):
        harness.store.run_blocking(withdraw_case, link, case_id, why="Mine", key="b" * 16, now=harness.now)
    with pytest.raises(TooLateToDisagree):
        harness.store.run_blocking(
            disagree_with_decision, link, case_id, why="No", key="c" * 16, now=harness.now
        )
    say(harness, link, case_id, "Sorry for the trouble.", key="d" * 16)
    assert harness.case(case_id).resolution is Resolution.WITHDRAWN
    assert harness.event_names(case_id)[-2:] == ["CaseEnded", "CustomerWrote"]
