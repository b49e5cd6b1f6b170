"""When many cases reach one channel at once, which get a card of their own and which are told in a list?"""

from __future__ import annotations

from datetime import datetime

from core.effects import Effect
from store.outbox.posted_cards import LISTED, PostedCard
from store.outbox.repository import AttemptResult, Delivered, OutboxRow
from store.transaction import Transaction

FIRST_FEW = 3
"""Cards posted all the same, so that work can begin: a channel takes them within seconds."""
MOST_FOLDED = 1_000
"""In one go; the rest follow with the next message of the lane."""


def fold_into_list(tx: Transaction, address: str, *, holder: str, now: datetime) -> int:
    """Put one list in the place of the cards beyond the first few, when too many wait for the lane.

    All in the caller's unit: the cases are kept as `listed` and their rows settled in the same commit that
    promises the list, so that none is told twice or forgotten, whenever the process dies. A row that was
    tried before keeps its own card, because that may already stand there. Returns how many were folded.
    """
    if tx.outbox.count_pending(address, Effect.POST_CARD) <= tx.policy.burst_threshold:
        return 0
    waiting = [row for row in tx.outbox.list_pending(address, Effect.POST_CARD, MOST_FOLDED) if row.case_id]
    folded = [row for row in waiting[FIRST_FEW:] if row.attempted_at_before is None]
    if len(waiting) <= tx.policy.burst_threshold or not folded:
        return 0
    listed = [row for row in folded if _is_new(tx, row)]
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


def _is_new(tx: Transaction, row: OutboxRow) -> bool:
    return row.case_id is not None and tx.posted_cards.find(row.case_id, row.address) is None
