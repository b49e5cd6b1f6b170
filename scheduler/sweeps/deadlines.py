"""Which deadlines have run out, and what follows from that?"""

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
    """Remembers which cases failed, so that they neither hold up the rest nor are tried over and over."""

    def __init__(self) -> None:
        self._resting: dict[str, datetime] = {}
        self.failed = 0

    async def sweep_deadlines(self, store: Store, now: datetime) -> int:
        """Act on every deadline that has run out. Returns how many cases were looked at.

        A batch is one unit, which costs a fifth of one unit a case. When anything in it fails, each of its
        cases gets a unit of its own, so one bad case cannot hold up the rest. Each is looked at under lock,
        so two sweeps at once warn only once.
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
        """Leave a case alone for a while: it failed, or it is due for nothing that can be done."""
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
    """What time does to one case. If nothing, as after its calendar changed, it is reckoned anew."""
    outcome = apply_deadlines(tx.cases.lock(case_id), tx.policy, now)
    if outcome.events:
        tx.record(outcome)
    else:
        tx.cases.recompute_deadlines(case_id)
