"""Command `ombud parked`: lists the messages that wait for a person, and sends again or drops one."""

from __future__ import annotations

import sys
from datetime import datetime

from bot.terminal import safe_text
from store.engine import Store
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

MOST_LISTED = 1_000


def print_parked(store: Store) -> int:
    """List them with their reasons. Returns the exit code: 1 when there are any."""
    rows = store.read_blocking(_list)
    for row in rows:
        about = f", {row.case_id}" if row.case_id else ""
        _print(f"{row.id}  {row.effect} to {row.address}{about}, since {row.created_at:%Y-%m-%d %H:%M} UTC")
        _print(f"    {row.error or 'No reason was kept.'}")
    _print(f"{len(rows)} parked." if rows else "Nothing is parked.")
    return 1 if rows else 0


def retry_parked(store: Store, row_id: int, now: datetime) -> int:
    """Send one again, mended first if it is damaged. Returns the exit code."""
    said = store.run_blocking(_retry, row_id, now)
    _print(said)
    return 0 if said.startswith("Sending") else 1


def drop_parked(store: Store, row_id: int) -> int:
    """Delete one for good. Returns the exit code."""
    is_gone = store.run_blocking(_drop, row_id)
    _print(f"Dropped {row_id}: nobody gets it." if is_gone else _unknown(row_id))
    return 0 if is_gone else 1


def _list(tx: Transaction) -> list[OutboxRow]:
    return tx.outbox.list_parked(MOST_LISTED)


def _retry(tx: Transaction, row_id: int, now: datetime) -> str:
    row = tx.outbox.find_parked(row_id)
    if row is None:
        return _unknown(row_id)
    if row.damage is not None and not tx.outbox.repair(row_id, now):
        return (
            f"{row_id} is damaged, and what it said follows from no event, so it can't be restored. "
            f"Look what it was about ({row.key}), and drop it with `ombud parked drop {row_id}`."
        )
    tx.outbox.unpark(row_id, now)
    return f"Sending {row_id} to {row.address} again{' from its event' if row.damage else ''}."


def _drop(tx: Transaction, row_id: int) -> bool:
    return tx.outbox.drop(row_id)


def _unknown(row_id: int) -> str:
    return f"No parked message has the number {row_id}. `ombud parked` lists them."


def _print(text: str) -> None:
    """Unformatted, and harmless: what a damaged row says may be anything."""
    sys.stdout.write(f"{safe_text(text)}\n")
