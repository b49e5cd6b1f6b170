"""How are many cases told at once: the list in place of a burst, and the digest?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.lists import burst_view, digest_view
from cards.naming import People
from core.case import Case
from core.policy import Digest, Policy
from core.sla import nearest
from scheduler.destinations import find_channel
from scheduler.scenes import load_people, queue_at
from scheduler.sending import send_once
from scheduler.tools import Tools
from store.lists import CaseRow
from store.outbox import OutboxRow
from store.posted import LISTED
from store.transaction import Transaction

MOST_ROWS = 20
"""Cases named in a list; the rest are counted."""

Lists = list[tuple[str, tuple[CaseRow, ...]]]
"""Titles with their cases."""


@dataclass(frozen=True, slots=True)
class _Burst:
    rows: tuple[CaseRow, ...]
    count: int
    people: People
    queue_name: str | None


async def tell_list(tools: Tools, row: OutboxRow) -> None:
    """`37 more disputes`, without those that have a card of their own by now."""
    burst = await tools.store.read(_load_burst, row)
    if burst.count == 0:
        return
    channel = await find_channel(tools, row.address)
    view = burst_view(
        burst.rows,
        burst.count,
        policy=tools.policy,
        people=burst.people,
        now=tools.now(),
        queue_name=burst.queue_name,
    )
    await send_once(tools, row, view, channel=channel)


async def send_digest(tools: Tools, row: OutboxRow) -> None:
    """What is overdue and what nobody has, as it is now; nothing is sent when there is neither."""
    digest = next((one for one in tools.policy.digests if one.id == row.payload["digest_id"]), None)
    if digest is None:
        return
    lists, people = await tools.store.read(_load_digest, digest, tools.now())
    if not any(rows for _, rows in lists):
        return
    channel = await find_channel(tools, row.address)
    greeting = "Good morning. This needs somebody today:"
    view = digest_view(lists, greeting=greeting, policy=tools.policy, people=people, now=tools.now())
    await send_once(tools, row, view, channel=channel)


def _load_burst(tx: Transaction, row: OutboxRow) -> _Burst:
    address = row.address
    listed = [case_id for case_id in row.payload["case_ids"] if _is_listed(tx, case_id, address)]
    shown = [tx.cases.get(case_id) for case_id in listed[:MOST_ROWS]]
    queue_id = queue_at(address, shown[0], tx.policy) if shown else None
    return _Burst(
        rows=tuple(row_of(case, tx.policy) for case in shown),
        count=len(listed),
        people=load_people(tx, (case.resolver_id for case in shown if case.resolver_id)),
        queue_name=tx.policy.queue(queue_id).name if queue_id else None,
    )


def _is_listed(tx: Transaction, case_id: str, address: str) -> bool:
    posted = tx.posted.find(case_id, address)
    return posted is not None and posted.kind == LISTED


def row_of(case: Case, policy: Policy) -> CaseRow:
    """What a list shows of a case, made from the case itself."""
    due = nearest(case, policy.queue(case.queue_id).calendar)
    return CaseRow(
        id=case.id,
        status=case.status,
        queue_id=case.queue_id,
        reason_id=case.reason_id,
        tier_id=case.customer.tier_id,
        priority=case.priority,
        customer_name=case.customer.name,
        customer_ref=case.customer.ref,
        invoice_number=case.invoice.number,
        currency=case.disputed.currency,
        disputed_minor=case.disputed.minor,
        due_at=due.at if due else None,
        due_target=due.target if due else None,
        resolver_id=case.resolver_id,
        raised_at=case.raised_at,
        snoozed_until=case.snoozed_until,
        resolution=case.resolution,
        closed_at=case.closed_at,
    )


def _load_digest(tx: Transaction, digest: Digest, now: datetime) -> tuple[Lists, People]:
    overdue = tx.cases.list_overdue(digest.queue_ids, now, None, MOST_ROWS).rows
    late = {row.id for row in overdue}
    unclaimed = tx.cases.list_queue(digest.queue_ids, None, MOST_ROWS).rows
    waiting = tuple(row for row in unclaimed if row.id not in late)
    people = load_people(tx, (row.resolver_id for row in overdue if row.resolver_id))
    return [("Overdue", overdue), ("Unclaimed", waiting)], people
