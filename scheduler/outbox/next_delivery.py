"""A lane's next delivery, with later rows merged into it and bursts of cards folded into a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from connectors.errors import GiveUp
from core.effects import Effect
from scheduler.lease import LEASE
from scheduler.outbox.parked_alert import queue_parked_alerts
from store.outbox.posted_cards import LISTED, PostedCard
from store.outbox.repository import AttemptResult, Delivered, OutboxRow, Parked
from store.transaction import Transaction

log = structlog.get_logger()

DAMAGE_REMEDY = (
    "Restore it with `ombud parked retry` and its number, or give it up with `ombud parked drop`; "
    "`ombud parked` lists it."
)
MOST_MERGED = 200
FIRST_FEW = 3
"""Cards that are posted even in a burst, so that work can begin: a channel accepts them within seconds."""
MOST_FOLDED = 1_000
"""Cards folded at once; the rest follow with the lane's next delivery."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row to deliver now, and later rows of the lane that it makes superfluous."""

    row: OutboxRow
    merged: tuple[OutboxRow, ...] = ()
    folded: int = 0
    """How many cards were replaced by a list when it was taken."""

    @property
    def rows(self) -> tuple[OutboxRow, ...]:
        return (self.row, *self.merged)


def take_next(tx: Transaction, address: str, *, holder: str, now: datetime) -> Delivery | None:
    """The lane's next delivery, marked as attempted; None when none is due or another process has the lease.

    Only one row is taken, so that after a crash only one has an unknown end.
    """
    rows = tx.outbox.lease_rows(address, holder=holder, now=now, lease=LEASE, limit=1)
    while rows and rows[0].damage is not None:
        _park_damaged(tx, rows[0], holder=holder, now=now)
        rows = tx.outbox.lease_rows(address, holder=holder, now=now, lease=LEASE, limit=1)
    if not rows:
        return None
    folded = 0
    if rows[0].effect == Effect.POST_CARD:
        folded = _fold_into_list(tx, address, holder=holder, now=now)
    return Delivery(rows[0], _mergeable_rows(tx, rows[0]), folded)


def _park_damaged(tx: Transaction, row: OutboxRow, *, holder: str, now: datetime) -> None:
    """Park a row that can't be read, and have its managers told, so that the lane goes on without it."""
    why = f"Outbox row {row.id} ({row.key}) is damaged: {row.damage}"
    log.error("parked", case_id=row.case_id, key=row.key, address=row.address, why=why, remedy=DAMAGE_REMEDY)
    parked = AttemptResult(row.id, Parked(why))
    tx.outbox.save_results(row.address, holder=holder, results=[parked], release=False)
    tx.troubles.end(row.address, now)
    queue_parked_alerts(tx, row, GiveUp(why, DAMAGE_REMEDY), now)


def _mergeable_rows(tx: Transaction, row: OutboxRow) -> tuple[OutboxRow, ...]:
    """A card is rendered from the present case, so one update serves all rows that wait for the same case."""
    if row.effect != Effect.REFRESH_CARDS:
        return ()
    pending = tx.outbox.list_pending(row.address, Effect.REFRESH_CARDS, MOST_MERGED)
    return tuple(other for other in pending if other.case_id == row.case_id and other.id != row.id)


def _fold_into_list(tx: Transaction, address: str, *, holder: str, now: datetime) -> int:
    """Replace the cards beyond the first few by one list, when too many wait for the lane. Returns how many.

    Runs in the caller's transaction: the cases are saved as `listed`, their rows as delivered and the list's
    row is added in one commit, so that no case is shown twice or lost whenever the process dies. A row that
    was attempted before keeps its own card, because that may have been posted already.
    """
    if tx.outbox.count_pending(address, Effect.POST_CARD) <= tx.policy.burst_threshold:
        return 0
    waiting = [row for row in tx.outbox.list_pending(address, Effect.POST_CARD, MOST_FOLDED) if row.case_id]
    folded = [row for row in waiting[FIRST_FEW:] if row.attempted_at_before is None]
    if len(waiting) <= tx.policy.burst_threshold or not folded:
        return 0
    listed = [row for row in folded if _has_no_post(tx, row)]
    tx.outbox.save_results(
        address,
        holder=holder,
        results=[AttemptResult(row.id, Delivered()) for row in folded],
        release=False,
    )
    for row in listed:
        posted = PostedCard(
            case_id=str(row.case_id), address=address, kind=LISTED, channel_ref="", message_ref=""
        )
        tx.posted_cards.save(posted)
    if listed:
        tx.outbox.add(
            key=f"list:{address}:{listed[0].id}",
            address=address,
            effect=Effect.POST_CARD,
            payload={"case_ids": [row.case_id for row in listed]},
            due_at=now,
        )
    return len(folded)


def _has_no_post(tx: Transaction, row: OutboxRow) -> bool:
    return row.case_id is not None and tx.posted_cards.find(row.case_id, row.address) is None
