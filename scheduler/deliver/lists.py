"""Delivery of lists of cases: the list that replaces a burst of cards, and the digest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from cards.lists import DigestList, burst_view, digest_view
from cards.mentions import People
from core.case import Case
from core.effects import Effect, queue_at
from core.policy import Digest, Policy
from core.sla import nearest_end_for
from scheduler.deliver.context import load_people
from scheduler.deliver.posting import post_to_address
from scheduler.services import Services
from store.cases.lists import CaseRow, Cursor, Page
from store.outbox.posted_cards import LISTED
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

MOST_ROWS = 20
"""Cases named in a list; the rest are counted."""

MOST_COUNTED = 1_000
"""Cases counted beyond those; the digest says when there are more still."""
NOON, EVENING = time(12), time(18)


@dataclass(frozen=True, slots=True)
class _Burst:
    rows: tuple[CaseRow, ...]
    count: int
    people: People
    queue_name: str | None


def is_case_list(row: OutboxRow) -> bool:
    """Whether the row is a list that replaces cards of their own."""
    return row.effect == Effect.POST_CARD and row.case_id is None


async def post_case_list(services: Services, row: OutboxRow) -> None:
    """Post `37 more disputes`, without those that have a card of their own by now."""
    burst = await services.store.read(_load_burst, row)
    if burst.count == 0:
        return
    view = burst_view(
        burst.rows,
        burst.count,
        policy=services.policy,
        people=burst.people,
        now=services.now(),
        queue_name=burst.queue_name,
    )
    await post_to_address(services, row, view)


async def send_digest(services: Services, row: OutboxRow) -> None:
    """Send what is overdue and what is unclaimed now; nothing when there is neither."""
    digest = next((one for one in services.policy.digests if one.id == row.payload["digest_id"]), None)
    if digest is None:
        return
    lists, people = await services.store.read(_load_digest, digest, services.now())
    if not any(one.rows for one in lists):
        return
    zone = services.policy.queue(digest.queue_ids[0]).calendar.zone
    greeting = f"{greeting_at(services.now().astimezone(ZoneInfo(zone)).time())} This needs somebody today:"
    view = digest_view(lists, greeting=greeting, policy=services.policy, people=people, now=services.now())
    await post_to_address(services, row, view)


def _load_burst(tx: Transaction, row: OutboxRow) -> _Burst:
    address = row.address
    listed = [case_id for case_id in row.payload["case_ids"] if _is_listed(tx, case_id, address)]
    shown = [tx.cases.get(case_id) for case_id in listed[:MOST_ROWS]]
    queue_id = queue_at(address, shown[0], tx.policy) if shown else None
    return _Burst(
        rows=tuple(case_row(case, tx.policy) for case in shown),
        count=len(listed),
        people=load_people(tx, (case.resolver_id for case in shown if case.resolver_id)),
        queue_name=tx.policy.queue(queue_id).name if queue_id else None,
    )


def _is_listed(tx: Transaction, case_id: str, address: str) -> bool:
    posted = tx.posted_cards.find(case_id, address)
    return posted is not None and posted.kind == LISTED


def case_row(case: Case, policy: Policy) -> CaseRow:
    """What a list shows of a case, computed from the case itself."""
    due = nearest_end_for(case, policy)
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


def greeting_at(local: time) -> str:
    if local < NOON:
        return "Good morning."
    return "Good afternoon." if local < EVENING else "Good evening."


def _load_digest(tx: Transaction, digest: Digest, now: datetime) -> tuple[list[DigestList], People]:
    """A case that is both overdue and unclaimed is shown, or counted, as overdue only."""

    def overdue(after: Cursor | None, limit: int) -> Page:
        return tx.cases.list_overdue(digest.queue_ids, now, after, limit)

    def unclaimed(after: Cursor | None, limit: int) -> Page:
        return tx.cases.list_queue(digest.queue_ids, after or Cursor.past(now), limit)

    late = _first_rows(overdue, "Overdue", "/disputes overdue")
    people = load_people(tx, (row.resolver_id for row in late.rows if row.resolver_id))
    return [late, _first_rows(unclaimed, "Unclaimed", "/disputes queue")], people


def _first_rows(ask: Callable[[Cursor | None, int], Page], title: str, command: str) -> DigestList:
    page = ask(None, MOST_ROWS)
    if page.next is None:
        return DigestList(title, page.rows)
    others = ask(page.next, MOST_COUNTED)
    return DigestList(
        title, page.rows, len(others.rows), is_more_uncounted=bool(others.next), command=command
    )
