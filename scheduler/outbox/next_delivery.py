"""A lane's next delivery, with later rows merged into it and bursts folded into a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from connectors.errors import GiveUp
from core.effects import Effect
from scheduler.lease import LEASE
from scheduler.outbox.bursts import fold_burst
from scheduler.outbox.parked_alert import queue_parked_alerts
from store.outbox.repository import AttemptResult, OutboxRow, Parked
from store.transaction import Transaction

log = structlog.get_logger()

DAMAGE_REMEDY = (
    "Restore it with `ombud parked retry` and its number, or give it up with `ombud parked drop`; "
    "`ombud parked` lists it."
)
MOST_MERGED = 200


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row to deliver now, and later rows of the lane that it makes superfluous."""

    row: OutboxRow
    merged: tuple[OutboxRow, ...] = ()
    folded: int = 0
    """How many rows were replaced by a list when it was taken."""

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
    folded = fold_burst(tx, rows[0], holder=holder, now=now)
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
