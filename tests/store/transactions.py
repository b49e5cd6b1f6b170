"""Functions of a transaction that many tests run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core import claiming
from core.case import Case
from core.events import NoteAdded, QueueTold
from core.outcome import Outcome
from store.outbox.repository import OutboxRow
from store.transaction import Transaction
from tests.builders import MONDAY_9AM


def add_cases(tx: Transaction, *cases: Case) -> None:
    """Each a new case that has just reached its queue."""
    for case in cases:
        tx.record(Outcome(case, (QueueTold(at=MONDAY_9AM, actor_id="api:crm"),)))


def claim(tx: Transaction, case_id: str, resolver_id: str) -> str:
    case = tx.cases.lock(case_id)
    tx.record(claiming.claim(case, resolver_id=resolver_id, now=MONDAY_9AM))
    return resolver_id


def note(tx: Transaction, case_id: str, text: str) -> None:
    case = tx.cases.lock(case_id)
    tx.record(Outcome(case, (NoteAdded(at=MONDAY_9AM, actor_id="slack:U0ANA", text=text),)))


def get(tx: Transaction, case_id: str) -> Case:
    return tx.cases.get(case_id)


def event_kinds(tx: Transaction, case_id: str) -> list[str]:
    return [entry.kind for entry in tx.timeline.list(case_id)]


def verify(tx: Transaction, case_id: str) -> Sequence[str]:
    return tx.timeline.verify(case_id)


def add_outbox_rows(tx: Transaction, address: str, *keys: str, at: datetime = MONDAY_9AM) -> list[bool]:
    return [tx.outbox.add(key=key, address=address, effect="tell_story", due_at=at) for key in keys]


def keys_of(rows: Sequence[OutboxRow]) -> list[str]:
    return [row.key for row in rows]
