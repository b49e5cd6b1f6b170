"""Which deadlines have run out, and what follows from that?"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from core.ticking import tick
from store.engine import Store
from store.transaction import Transaction

log = structlog.get_logger()

BATCH = 50
REST_FOR_BAD_CASES = timedelta(minutes=10)


class Sweep:
    """Remembers which cases failed, so that they neither hold up the rest nor are tried over and over."""

    def __init__(self) -> None:
        self._set_aside: dict[str, datetime] = {}
        self.failed = 0

    async def sweep_deadlines(self, store: Store, now: datetime) -> int:
        """Act on every deadline that has run out. Returns how many cases were looked at.

        Each case has its own unit, so one bad case cannot hold up the rest, and is checked again under
        lock, so two sweeps at once warn only once. The units of a batch are handed over together, so that
        on SQLite one commit takes them all.
        """
        self._set_aside = {case_id: until for case_id, until in self._set_aside.items() if until > now}
        looked_at: set[str] = set()
        while due := await self._next_batch(store, now):
            for case_id in looked_at.intersection(due):
                self._rest(case_id, now)
            fresh = [case_id for case_id in due if case_id not in looked_at]
            await asyncio.gather(*(self._tick(store, case_id, now) for case_id in fresh))
            looked_at.update(fresh)
        return len(looked_at)

    async def _next_batch(self, store: Store, now: datetime) -> list[str]:
        limit = BATCH + len(self._set_aside)
        due = await store.run(_lock_due, now, limit)
        return [case_id for case_id in due if case_id not in self._set_aside][:BATCH]

    async def _tick(self, store: Store, case_id: str, now: datetime) -> None:
        try:
            await store.run(tick_case, case_id, now)
        except Exception:
            log.exception("sweep failed", case_id=case_id)
            self.failed += 1
            self._rest(case_id, now)

    def _rest(self, case_id: str, now: datetime) -> None:
        """Leave a case alone for a while: it failed, or it is due for nothing that can be done."""
        self._set_aside[case_id] = now + REST_FOR_BAD_CASES


def tick_case(tx: Transaction, case_id: str, now: datetime) -> None:
    """What time does to one case, under its lock."""
    tx.record(tick(tx.cases.lock(case_id), tx.policy, now))


def _lock_due(tx: Transaction, now: datetime, limit: int) -> list[str]:
    return tx.cases.lock_due(now, limit)
