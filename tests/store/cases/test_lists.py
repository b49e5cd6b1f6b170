"""Tests of lists: each case once, in its order, page after page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.case import Case, Chargeback, Pause, Resolution, Status
from core.errors import Refused
from core.sla import nearest_end
from store.cases.lists import CaseRow, Cursor, Page
from store.engine import Store
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, OFFICE_HOURS, a_case, a_clock, a_customer, an_invoice
from tests.fixtures.effort import tries
from tests.store.raw_sql import execute
from tests.store.transactions import add_cases

QUEUES = ("billing", "logistics")
BOTH = [*QUEUES, "billing"]
NOW = MONDAY_9AM + timedelta(hours=2)

shapes = st.tuples(
    st.sampled_from(QUEUES),
    st.sampled_from(("open", "claimed", "waiting", "gathering", "closed")),
    st.integers(min_value=-3, max_value=3),
    st.sampled_from(("ana", "ben")),
)


def case_of(number: int, shape: tuple[str, str, int, str]) -> Case:
    queue_id, state, hours, person = shape
    started = MONDAY_9AM + timedelta(hours=hours)
    clock = a_clock(started_at=started, unclaimed_since=started)
    common: dict[str, Any] = {"id": f"D-{number}", "queue_id": queue_id, "clock": clock}
    match state:
        case "claimed":
            common["resolver_id"] = person
        case "waiting":
            common |= {"resolver_id": person, "status": Status.WAITING_ON_CUSTOMER}
            common["clock"] = a_clock(pauses=(Pause(MONDAY_9AM),))
        case "gathering":
            common["status"] = Status.GATHERING
        case "closed":
            common |= {"status": Status.CLOSED, "resolution": Resolution.WITHDRAWN, "closed_at": NOW}
    return a_case(**common)


@dataclass(frozen=True)
class Listing:
    fetch: Callable[[Transaction, Cursor | None, int], Page]
    belongs: Callable[[Case], bool]


def is_overdue(case: Case) -> bool:
    due = nearest_end(case, OFFICE_HOURS)
    return due is not None and due.at <= NOW


LISTINGS = {
    "queue": Listing(
        lambda tx, after, n: tx.cases.list_queue(BOTH, after, n), lambda c: c.status is Status.OPEN
    ),
    "one queue": Listing(
        lambda tx, after, n: tx.cases.list_queue(["billing"], after, n),
        lambda c: c.status is Status.OPEN and c.queue_id == "billing",
    ),
    "mine": Listing(
        lambda tx, after, n: tx.cases.list_mine("ana", after, n),
        lambda c: c.resolver_id == "ana" and not c.is_closed,
    ),
    "overdue": Listing(
        lambda tx, after, n: tx.cases.list_overdue(BOTH, NOW, after, n),
        lambda c: not c.is_closed and is_overdue(c),
    ),
}
NEWEST = {
    "all": Listing(lambda tx, after, n: tx.cases.list_all(after, n), lambda c: True),
    "all of a queue": Listing(
        lambda tx, after, n: tx.cases.list_all(after, n, queue_ids=["logistics"]),
        lambda c: c.queue_id == "logistics",
    ),
    "closed of two queues": Listing(
        lambda tx, after, n: tx.cases.list_all(after, n, queue_ids=BOTH, status=Status.CLOSED),
        lambda c: c.is_closed,
    ),
    "of a customer": Listing(
        lambda tx, after, n: tx.cases.list_all(after, n, customer_ref="cus_nordwind"), lambda c: True
    ),
    "of another customer": Listing(
        lambda tx, after, n: tx.cases.list_all(after, n, customer_ref="cus_other"), lambda c: False
    ),
}


def all_pages(tx: Transaction, listing: Listing, size: int) -> list[CaseRow]:
    rows: list[CaseRow] = []
    after: Cursor | None = None
    while True:
        page = listing.fetch(tx, after, size)
        rows += page.rows
        if page.next is None:
            return rows
        assert len(page.rows) == size
        assert len(rows) < 100, "the pages go round in a circle"
        after = Cursor.parse(str(page.next))


@settings(max_examples=tries(15), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(shapes, max_size=25), size=st.integers(min_value=1, max_value=7))
def test_the_pages_of_a_list_hold_each_case_once_and_in_order(
    store: Store, url: str, chosen: list[tuple[str, str, int, str]], size: int
) -> None:
    cases = [case_of(1001 + place, shape) for place, shape in enumerate(chosen)]
    with_no_cases(url)
    store.run_blocking(add_cases, *cases)

    def urgency(case: Case) -> tuple[bool, Any, int]:
        due = nearest_end(case, OFFICE_HOURS)
        return due is None, due and due.at, int(case.id[2:])

    for listing in LISTINGS.values():
        expected = [case.id for case in sorted(filter(listing.belongs, cases), key=urgency)]
        assert [row.id for row in store.read_blocking(all_pages, listing, size)] == expected
    for listing in NEWEST.values():
        expected = [case.id for case in reversed(cases) if listing.belongs(case)]
        assert [row.id for row in store.read_blocking(all_pages, listing, size)] == expected


def with_no_cases(url: str) -> None:
    """Between hypothesis' examples; only here something is ever deleted."""
    if url.startswith("sqlite"):
        execute(
            url,
            "DROP TRIGGER IF EXISTS timeline_DELETE",
            "DELETE FROM timeline",
            "DELETE FROM outbox",
            "DELETE FROM cases",
        )
    else:
        execute(
            url,
            "DROP TRIGGER IF EXISTS timeline_append_only ON timeline",
            "TRUNCATE timeline, outbox, posted, alerts, drafts, files, mails, cases",
        )


def test_a_list_of_no_queues_is_empty(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    assert store.read_blocking(lambda tx: tx.cases.list_queue([], None, 10)) == Page((), None)
    assert store.read_blocking(lambda tx: tx.cases.list_all(None, 10, queue_ids=[])) == Page((), None)
    assert store.read_blocking(lambda tx: tx.cases.search("nord", [], 10)) == []


@pytest.mark.parametrize("text", ["", "x", "%%%", "MS4y.", "LTkuMQ", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjE", "ü"])
def test_a_cursor_that_we_did_not_make_is_refused_kindly(text: str) -> None:
    with pytest.raises(Refused, match="Open the list again"):
        Cursor.parse(text)


def search(store: Store, text: str, queues: tuple[str, ...] = QUEUES) -> list[str]:
    return [row.id for row in store.read_blocking(lambda tx: tx.cases.search(text, queues, 10))]


def test_search_finds_by_number_customer_and_invoice_whatever_the_case(store: Store) -> None:
    store.run_blocking(
        add_cases,
        a_case(customer=a_customer(name="ÄRZTE Żuraw", email="Pay@Example.com", ref="cus_A1")),
        a_case(id="D-1002", invoice=an_invoice(number="INV-77", ref="in_1001")),
    )
    for text in ("ärzte", "żURAW", "pay@example", "CUS_a1", " ärzte   żuraw "):
        assert search(store, text) == ["D-1001"], text
    assert search(store, "inv-77") == ["D-1002"]
    assert search(store, "d-1001") == ["D-1001"]
    assert search(store, "1001") == ["D-1001", "D-1002"], "the case that is named comes first"
    assert search(store, "") == []


def test_search_shows_only_the_queues_asked_for(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    assert search(store, "D-1001", ("logistics",)) == []
    assert search(store, "nordwind", ("logistics",)) == []


@pytest.mark.parametrize("wildcard", ["%", "_", "\\", "100%", "o_d", "%ord"])
def test_wildcards_are_plain_characters_in_a_search(store: Store, wildcard: str) -> None:
    store.run_blocking(
        add_cases,
        a_case(
            customer=a_customer(name="Nordwind", ref="r", email=None), invoice=an_invoice(ref="i", number="1")
        ),
        a_case(
            id="D-1002", customer=a_customer(name=f"so {wildcard} it", ref="s"), invoice=an_invoice(ref="i")
        ),
    )
    assert search(store, wildcard) == ["D-1002"]


def test_a_customers_other_cases_come_newest_first_and_those_of_other_queues_are_counted(
    store: Store,
) -> None:
    store.run_blocking(add_cases, *(a_case(id=f"D-{number}") for number in range(1001, 1006)))
    store.run_blocking(add_cases, a_case(id="D-1006", customer=a_customer(ref="cus_other")))
    store.run_blocking(add_cases, a_case(id="D-1007", queue_id="logistics", reason_id="not_delivered"))
    who = "cus_nordwind"

    def others(queue_ids: tuple[str, ...]) -> tuple[list[str], int]:
        rows = store.read_blocking(
            lambda tx: tx.cases.list_for_customer(who, but="D-1004", queue_ids=queue_ids, limit=3)
        )
        count = store.read_blocking(
            lambda tx: tx.cases.count_for_customer(who, but="D-1004", outside_of=queue_ids)
        )
        return [row.id for row in rows], count

    assert others(("billing",)) == (["D-1005", "D-1003", "D-1002"], 1)
    assert others(("logistics", "billing")) == (["D-1007", "D-1005", "D-1003"], 0)
    assert others(("logistics",)) == (["D-1007"], 4)
    assert others(()) == ([], 5)


def test_a_case_is_found_by_its_chargeback(store: Store) -> None:
    chargeback = Chargeback(
        ref="dp_1",
        charge_ref="ch_1",
        status="needs_response",
        network_reason="fraudulent",
        seen_at=MONDAY_9AM,
    )
    closed = {"status": Status.CLOSED, "closed_at": NOW}
    store.run_blocking(add_cases, a_case(chargeback=chargeback), a_case(id="D-1002", **closed))
    assert store.read_blocking(lambda tx: tx.cases.find_by_chargeback("dp_1")) == "D-1001"
    assert store.read_blocking(lambda tx: tx.cases.find_by_chargeback("dp_2")) is None
