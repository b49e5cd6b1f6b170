"""Which message of a lane is next, and which later rows does it settle as well?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.effects import Effect
from scheduler import bursts
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

LEASE = timedelta(seconds=90)
"""For how long a lane is held, renewed with each message; longer than any attempt."""
LONGEST_ATTEMPT = LEASE - timedelta(seconds=15)
"""Then it is broken off. No message is sent after it, and one under way takes 10 s at most (`SlackApi`)."""
MOST_MERGED = 200


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row to deliver now, and later ones of the lane that say nothing more than it will."""

    row: OutboxRow
    merged: tuple[OutboxRow, ...] = ()
    folded: int = 0
    """How many cards were put into a list when it was taken."""

    @property
    def rows(self) -> tuple[OutboxRow, ...]:
        return (self.row, *self.merged)


def take_next(tx: Transaction, address: str, *, holder: str, now: datetime) -> Delivery | None:
    """The lane's next errand, marked as tried; None: nothing is due, or another process holds the lane.

    Only one is taken, so that after a crash only one has an unknown end.
    """
    rows = tx.outbox.lease_rows(address, holder=holder, now=now, lease=LEASE, limit=1)
    if not rows:
        return None
    folded = 0
    if rows[0].effect == Effect.POST_CARD:
        folded = bursts.fold_into_list(tx, address, holder=holder, now=now)
    return Delivery(rows[0], _mergeable_rows(tx, rows[0]), folded)


def _mergeable_rows(tx: Transaction, row: OutboxRow) -> tuple[OutboxRow, ...]:
    """A card is drawn from the case as it is, so one update serves all that wait for the same case."""
    if row.effect != Effect.REFRESH_CARDS:
        return ()
    pending = tx.outbox.list_pending(row.address, Effect.REFRESH_CARDS, MOST_MERGED)
    return tuple(other for other in pending if other.case_id == row.case_id and other.id != row.id)


def is_case_list(row: OutboxRow) -> bool:
    """Whether the row is a list that took the place of cards."""
    return row.effect == Effect.POST_CARD and row.case_id is None
