"""Tests of the timeline: no change of the past goes unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import NotFound
from core.events import CaseClaimed, NoteAdded
from store.db.statements import SQLITE
from store.engine import Store
from store.installation import DEADLINES_POLICY
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case
from tests.store.raw_sql import execute
from tests.store.transactions import add_cases, claim, note, verify

Tamper = Callable[[str], None]


@pytest.fixture
def two_timelines(store: Store) -> Store:
    """D-1001 has four entries, D-1002 one."""
    store.run_blocking(add_cases, a_case(), a_case(id="D-1002"))
    store.run_blocking(claim, "D-1001", "slack:U0ANA")
    store.run_blocking(note, "D-1001", "first")
    store.run_blocking(note, "D-1001", "second")
    store.run_blocking(lambda tx: tx.installation.save(DEADLINES_POLICY, tx.policy.digest))
    assert store.read_blocking(verify, "D-1001") == []
    return store


@pytest.fixture
def tamper(two_timelines: Store, url: str) -> Tamper:
    """Change rows as somebody could who has the database and switches the triggers off."""
    if two_timelines.database == SQLITE:
        execute(url, "DROP TRIGGER timeline_UPDATE", "DROP TRIGGER timeline_DELETE")
    else:
        execute(url, "DROP TRIGGER timeline_append_only ON timeline")
    return lambda statement: execute(url, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE timeline SET body = '{}'",
        "DELETE FROM timeline",
        "INSERT INTO timeline SELECT * FROM timeline WHERE number = 1001 AND seq = 1",
    ],
)
def test_the_database_itself_refuses_to_change_what_happened(
    two_timelines: Store, url: str, statement: str
) -> None:
    with pytest.raises(Exception, match=r"append-only|(?i:unique)"):
        execute(url, statement)
    assert two_timelines.read_blocking(verify, "D-1001") == []


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "UPDATE timeline SET body = replace(body, 'first', 'Forst') WHERE number = 1001",
            "entry 3 .* altered",
        ),
        ("UPDATE timeline SET kind = 'NoteAdded' WHERE number = 1001 AND seq = 2", "entry 2 .* altered"),
        ("UPDATE timeline SET at = at + 1 WHERE number = 1001 AND seq = 2", "entry 2 .* another date"),
        ("UPDATE timeline SET case_hash = 'x' WHERE number = 1001 AND seq = 3", "entry 3 .* altered"),
        ("DELETE FROM timeline WHERE number = 1001 AND seq = 2", "entry 2 is missing"),
        ("DELETE FROM timeline WHERE number = 1001 AND seq = 1", "entry 1 is missing"),
        ("DELETE FROM timeline WHERE number = 1001 AND seq = 4", "ends elsewhere"),
        ("DELETE FROM timeline WHERE number = 1001", "ends elsewhere"),
        ("UPDATE cases SET seq = 3 WHERE number = 1001", "ends elsewhere"),
        ("UPDATE cases SET body = replace(body, 'EUR', 'USD') WHERE number = 1001", "not as its last entry"),
        ("UPDATE cases SET body = 'x' WHERE number = 1001", "can't be read"),
        (
            "UPDATE cases SET resolver_id = 'slack:U0BEN' WHERE number = 1001",
            "lists show .* \\(resolver_id\\)",
        ),
        ("UPDATE cases SET status = 'open' WHERE number = 1001", "lists show .* \\(status\\)"),
        ("UPDATE cases SET snoozed_until = 1 WHERE number = 1001", "lists show .* \\(snoozed_until\\)"),
        ("UPDATE cases SET closed_at = 1 WHERE number = 1001", "lists show .* \\(closed_at\\)"),
        ("UPDATE cases SET customer_name = 'x' WHERE number = 1001", "lists show .* \\(customer_name\\)"),
        ("UPDATE cases SET disputed_minor = 1 WHERE number = 1001", "lists show .* \\(disputed_minor\\)"),
        ("UPDATE cases SET search_text = '' WHERE number = 1001", "lists show .* \\(search_text\\)"),
        ("UPDATE cases SET next_deadline_at = NULL WHERE number = 1001", "nothing will wake it"),
    ],
)
def test_verify_finds(two_timelines: Store, tamper: Tamper, statement: str, problem: str) -> None:
    tamper(statement)
    problems = " ".join(two_timelines.read_blocking(verify, "D-1001"))
    with pytest.raises(AssertionError, match=problem):
        raise AssertionError(problems)
    assert two_timelines.read_blocking(verify, "D-1002") == []


def test_a_case_without_a_deadline_is_no_finding_until_it_was_reckoned_by_the_present_policy(
    two_timelines: Store, tamper: Tamper
) -> None:
    two_timelines.run_blocking(lambda tx: tx.installation.save(DEADLINES_POLICY, "another policy"))
    tamper("UPDATE cases SET next_deadline_at = NULL WHERE number = 1001")
    assert two_timelines.read_blocking(verify, "D-1001") == []


def test_verify_finds_entries_that_changed_places(two_timelines: Store, tamper: Tamper) -> None:
    for was, becomes in ((3, 99), (4, 3), (99, 4)):
        tamper(f"UPDATE timeline SET seq = {becomes} WHERE number = 1001 AND seq = {was}")
    problems = two_timelines.read_blocking(verify, "D-1001")
    assert any("entry 3" in problem for problem in problems)
    assert any("entry 4" in problem for problem in problems)


def test_verify_finds_an_entry_that_was_moved_to_another_case(two_timelines: Store, tamper: Tamper) -> None:
    tamper("UPDATE timeline SET number = 1002 WHERE number = 1001 AND seq = 2")
    assert any("entry 2" in problem for problem in two_timelines.read_blocking(verify, "D-1002"))
    assert two_timelines.read_blocking(verify, "D-1001")


def test_the_timeline_gives_back_what_happened(two_timelines: Store) -> None:
    entries = two_timelines.read_blocking(lambda tx: tx.timeline.list("D-1001"))
    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    assert entries[1].event == CaseClaimed(at=MONDAY_9AM, actor_id="slack:U0ANA", is_first=True)
    assert entries[1].at == MONDAY_9AM
    event = two_timelines.read_blocking(lambda tx: tx.timeline.get_event("D-1001", 3))
    assert event == NoteAdded(at=MONDAY_9AM, actor_id="slack:U0ANA", text="first")


def test_an_entry_or_case_that_is_not_there_is_said_so(two_timelines: Store) -> None:
    with pytest.raises(NotFound):
        two_timelines.read_blocking(lambda tx: tx.timeline.get_event("D-1001", 99))
    assert two_timelines.read_blocking(lambda tx: tx.timeline.list("D-9999")) == []
    assert two_timelines.read_blocking(verify, "D-9999") == ["There is no case D-9999."]


def test_every_case_can_be_gone_through_in_chunks(store: Store) -> None:
    ids = [f"D-{number}" for number in range(1001, 1008)]
    store.run_blocking(add_cases, *(a_case(id=case_id) for case_id in ids))

    def in_chunks(tx: Transaction) -> list[Any]:
        found: list[str] = []
        while chunk := tx.timeline.list_case_ids(found[-1] if found else None, limit=3):
            found += chunk
        return found

    assert store.read_blocking(in_chunks) == ids
