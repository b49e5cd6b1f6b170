"""Databases for tests, with cases that have a history."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from core.case import Case, Resolution
from core.claiming import claim
from core.closing import close_decided
from core.deciding import decide
from core.intake import raise_dispute
from core.noting import add_note
from core.outcome import Outcome
from store import migrate
from store.engine import Store
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_dispute, a_person, a_policy, euros

Rule = Callable[[Case], Outcome]


def a_database(folder: Path) -> str:
    """The URL of a new database with its tables."""
    folder.mkdir(exist_ok=True)
    (folder / "ombud.db").write_bytes(_new_database())
    (folder / "ombud.db").chmod(0o600)
    return f"sqlite:///{folder}/ombud.db"


@cache
def _new_database() -> bytes:
    """Migrated once, copied for each test."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ombud.db"
        migrate.upgrade(f"sqlite:///{file}")
        return file.read_bytes()


@contextmanager
def a_store(folder: Path) -> Iterator[Store]:
    url = a_database(folder)
    store = Store.open(url, a_policy(), threads=1)
    try:
        yield store
    finally:
        store.close_blocking()


def raise_cases(tx: Transaction, count: int = 1) -> list[str]:
    """Raise cases as the CRM does, for reasons that ask for no evidence; returns their ids."""
    ids = []
    for _ in range(count):
        case_id = tx.cases.next_id()
        outcome = raise_dispute(a_dispute(), tx.policy, case_id=case_id, actor_id="api:crm", now=MONDAY_9AM)
        tx.record(outcome)
        ids.append(case_id)
    return ids


def claim_decide_close(tx: Transaction, case_id: str) -> None:
    """Ana claims the case, notes something, gives 30 of 120 euros, and it is closed."""
    tx.people.save(a_person("Ana"))
    ana = a_person("Ana").id
    rules: tuple[Rule, ...] = (
        lambda case: claim(case, resolver_id=ana, now=MONDAY_9AM + timedelta(minutes=5)),
        lambda case: add_note(
            case, text="They are right about March.", actor_id=ana, now=MONDAY_9AM + timedelta(minutes=6)
        ),
        lambda case: decide(
            case,
            verdict=Resolution.PART_ACCEPTED,
            part=euros(30),
            root_cause_id="pricing_error",
            customer_text="We credit 30 euros.",
            internal_text="Old price list.",
            actor_id=ana,
            policy=tx.policy,
            now=MONDAY_9AM + timedelta(minutes=7, microseconds=1),
        ),
        lambda case: close_decided(case, actor_id=ana, now=MONDAY_9AM + timedelta(minutes=8)),
    )
    for rule in rules:
        tx.record(rule(tx.cases.lock(case_id)))


def tamper(folder: Path, statement: str) -> None:
    """Change the database past Ombud, as whoever owns the file can: its guards are dropped first."""
    connection = sqlite3.connect(folder / "ombud.db")
    with connection:
        for (guard,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {guard}")
        assert connection.execute(statement).rowcount > 0
    connection.close()
