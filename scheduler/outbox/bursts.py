"""Folding of a lane's bursts: many new cards, or many escalations, become one list each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.effects import Effect
from store.outbox.posted_cards import LISTED, PostedCard
from store.outbox.repository import AttemptResult, Delivered, OutboxRow
from store.transaction import Transaction

FIRST_FEW = 3
"""Messages that are posted even in a burst, so that work can begin: a channel accepts them within seconds."""
MOST_FOLDED = 1_000
"""Rows folded at once; the rest follow with the lane's next delivery."""
OVERDUE = "overdue"
"""Of a list's payload: the cases whose escalations it replaces."""


def fold_burst(tx: Transaction, row: OutboxRow, *, holder: str, now: datetime) -> int:
    """Replace the rows like this one beyond the first few by one list, when too many wait for its lane.
    Returns how many.

    Runs in the transaction that takes the row: the rows are saved as delivered and the list's row is added in
    one commit, so that no case is shown twice or lost whenever the process dies. A row that was attempted
    before keeps its own message, because that may have been posted already.
    """
    if row.effect not in (Effect.POST_CARD, Effect.ALERT_MANAGERS):
        return 0
    address, effect, threshold = row.address, row.effect, tx.policy.burst_threshold
    if tx.outbox.count_pending(address, effect) <= threshold:
        return 0
    waiting = [one for one in tx.outbox.list_pending(address, effect, MOST_FOLDED) if one.case_id]
    folded = [one for one in waiting[FIRST_FEW:] if one.attempted_at_before is None]
    if len(waiting) <= threshold or not folded:
        return 0
    replaced = folded if effect == Effect.POST_CARD else [*folded, *_updates_of_listed(tx, folded)]
    results = [AttemptResult(one.id, Delivered()) for one in replaced]
    tx.outbox.save_results(address, holder=holder, results=results, release=False)
    if effect == Effect.POST_CARD:
        _list_cards(tx, folded, now)
    else:
        _list_escalations(tx, folded, now)
    return len(folded)


def _list_cards(tx: Transaction, folded: Sequence[OutboxRow], now: datetime) -> None:
    """The cases are saved as `listed`: what happens to one later posts its card first."""
    listed = [row for row in folded if _has_no_post(tx, row)]
    for row in listed:
        posted = PostedCard(
            case_id=str(row.case_id), address=row.address, kind=LISTED, channel_ref="", message_ref=""
        )
        tx.posted_cards.save(posted)
    if listed:
        _add_list(tx, listed[0], "list", {"case_ids": [row.case_id for row in listed]}, now)


def _list_escalations(tx: Transaction, folded: Sequence[OutboxRow], now: datetime) -> None:
    """A case that waits for two escalations is in the list once."""
    _add_list(tx, folded[0], OVERDUE, {OVERDUE: list(dict.fromkeys(row.case_id for row in folded))}, now)


def _updates_of_listed(tx: Transaction, folded: Sequence[OutboxRow]) -> list[OutboxRow]:
    """Updates up to the escalation of cases that were listed before: each would first post its card."""
    address = folded[0].address
    seqs = {row.case_id: row.seq or 0 for row in folded if _is_listed(tx, row)}
    pending = tx.outbox.list_pending(address, Effect.REFRESH_CARDS, MOST_FOLDED) if seqs else []
    untried = [row for row in pending if row.attempted_at_before is None]
    return [row for row in untried if (row.seq or 0) <= seqs.get(row.case_id, -1)]


def _add_list(tx: Transaction, first: OutboxRow, kind: str, payload: dict[str, Any], now: datetime) -> None:
    """As a new card, so that it doesn't wait behind what is only updated."""
    tx.outbox.add(
        key=f"{kind}:{first.address}:{first.id}",
        address=first.address,
        effect=Effect.POST_CARD,
        payload=payload,
        due_at=now,
    )


def _is_listed(tx: Transaction, row: OutboxRow) -> bool:
    posted = tx.posted_cards.find(str(row.case_id), row.address)
    return posted is not None and posted.kind == LISTED


def _has_no_post(tx: Transaction, row: OutboxRow) -> bool:
    return row.case_id is not None and tx.posted_cards.find(row.case_id, row.address) is None
