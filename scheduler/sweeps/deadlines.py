"""Sweep of deadlines: applies every deadline that has passed."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from core.deadlines import apply_deadlines
from store.engine import Store
from store.transaction import Transaction

log = structlog.get_logger()

BATCH = 50
RETRY_FAILED_AFTER = timedelta(minutes=10)


class DeadlineSweep:
    """Remembers cases that failed, so that they neither hold up the rest nor are retried at each run."""

    def __init__(self) -> None:
        self._resting: dict[str, datetime] = {}
        self.failed = 0

    async def sweep_deadlines(self, store: Store, now: datetime) -> int:
        """Apply every deadline that has passed. Returns how many cases were checked.

        A batch is one transaction, which costs a fifth of one for each case. When a case fails, each case of
        the batch gets its own transaction, so one bad case can't hold up the rest. Each is checked under
        lock, so two sweeps at once warn only once.
        """
        self._resting = {case_id: until for case_id, until in self._resting.items() if until > now}
        looked_at: set[str] = set()
        while due := await self._sweep_batch(store, now):
            for case_id in looked_at.intersection(due):
                self._postpone(case_id, now)
            looked_at.update(due)
        return len(looked_at)

    async def _sweep_batch(self, store: Store, now: datetime) -> list[str]:
        resting = frozenset(self._resting)
        try:
            return await store.run(_tick_due, now, resting)
        except Exception:
            log.warning("sweeping case by case", exc_info=True)
        due = await store.run(_lock_due, now, resting)
        await asyncio.gather(*(self._tick_alone(store, case_id, now) for case_id in due))
        return due

    async def _tick_alone(self, store: Store, case_id: str, now: datetime) -> None:
        try:
            await store.run(_tick, case_id, now)
        except Exception:
            log.exception("sweep failed", case_id=case_id)
            self.failed += 1
            self._postpone(case_id, now)

    def _postpone(self, case_id: str, now: datetime) -> None:
        """Skip a case for a while: it failed, or it stays due though nothing can be done."""
        self._resting[case_id] = now + RETRY_FAILED_AFTER


def _tick_due(tx: Transaction, now: datetime, resting: frozenset[str]) -> list[str]:
    due = _lock_due(tx, now, resting)
    for case_id in due:
        _tick(tx, case_id, now)
    return due


def _lock_due(tx: Transaction, now: datetime, resting: frozenset[str]) -> list[str]:
    due = tx.cases.lock_due(now, BATCH + len(resting))
    return [case_id for case_id in due if case_id not in resting][:BATCH]


def _tick(tx: Transaction, case_id: str, now: datetime) -> None:
    """Apply the case's deadlines; when none has passed, as after a change of calendar, recompute them."""
    outcome = apply_deadlines(tx.cases.lock(case_id), tx.policy, now)
    if outcome.events:
        tx.record(outcome)
    else:
        tx.cases.recompute_deadlines(case_id)
