"""Delivery of the list that replaces a burst of escalations, in a channel and in a manager's chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cards.lists import overdue_view
from cards.mentions import People
from core.case import Case
from core.effects import Effect, queue_at
from scheduler.deliver.context import load_people
from scheduler.deliver.lists import MOST_ROWS, case_row
from scheduler.deliver.posting import post_to_address
from scheduler.deliver.send_once import is_personal
from scheduler.services import Services
from store.cases.lists import CaseRow
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Overdue:
    rows: tuple[CaseRow, ...]
    """The most urgent ones."""
    count: int
    people: People
    queue_name: str | None


def is_overdue_list(row: OutboxRow) -> bool:
    """Whether the row is a list that replaces escalations of their own."""
    return row.effect == Effect.POST_CARD and row.case_id is None and "overdue" in row.payload


async def post_overdue_list(services: Services, row: OutboxRow) -> None:
    """Post `97 more overdue disputes`, without those that need nobody by now."""
    overdue = await services.store.read(_load, row)
    if overdue.count == 0:
        return
    view = overdue_view(
        overdue.rows,
        overdue.count,
        policy=services.policy,
        people=overdue.people,
        now=services.now(),
        queue_name=overdue.queue_name,
        offers_claim=not is_personal(row),
    )
    await post_to_address(services, row, view)


def _load(tx: Transaction, row: OutboxRow) -> _Overdue:
    """The resolver of a case isn't called about it: they are reminded instead."""
    cases = [tx.cases.get(case_id) for case_id in row.payload["overdue"]]
    late = [case for case in cases if case.escalation is not None and not case.is_closed]
    people = load_people(tx, (case.resolver_id for case in late if case.resolver_id))
    needed = [case for case in late if not _is_own(case, row, people)]
    rows = sorted((case_row(case, tx.policy) for case in needed), key=lambda one: one.due_at or _NEVER)
    queue_id = queue_at(row.address, needed[0], tx.policy) if needed else None
    return _Overdue(
        rows=tuple(rows[:MOST_ROWS]),
        count=len(rows),
        people=people,
        queue_name=tx.policy.queue(queue_id).name if queue_id else None,
    )


def _is_own(case: Case, row: OutboxRow, people: People) -> bool:
    resolver = people.get(case.resolver_id) if case.resolver_id else None
    return (
        is_personal(row) and resolver is not None and resolver.matches_handle(row.address.partition(":")[2])
    )
