"""Is the process fit to work? The database, its migrations, and the outbox being drained."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import Gauge

from scheduler.clock import Clock
from store.engine import Store
from store.errors import StoreUnavailable
from store.outbox import OutboxFigures
from store.transaction import Transaction

PATIENCE_SECONDS = 2.0
STALLED_AFTER = timedelta(seconds=60)
_PENDING = Gauge("ombud_outbox_pending", "Promises not yet kept")
_PARKED = Gauge("ombud_outbox_parked", "Promises that a person must look at")
_OLDEST = Gauge("ombud_outbox_oldest_seconds", "Age of the oldest promise not yet kept")


class Readiness:
    """`last_round` tells when the drain last went round; None before its first."""

    def __init__(self, store: Store, clock: Clock, last_round: Callable[[], datetime | None]) -> None:
        self._store = store
        self._clock = clock
        self._last_round = last_round

    async def troubles(self) -> list[str]:
        """What keeps the process from working, in sentences; none when it is ready."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._store.read(_touch)
        except TimeoutError:
            return ["The database doesn't answer."]
        except StoreUnavailable as trouble:
            return [str(trouble)]
        troubles = []
        last = self._last_round()
        if last is None or self._clock.now() - last > STALLED_AFTER:
            troubles.append("The outbox isn't being drained.")
        return troubles

    async def measure(self) -> None:
        """Bring the gauges up to date."""
        figures = await self._store.read(_outbox_figures, self._clock.now())
        _PENDING.set(figures.pending)
        _PARKED.set(figures.parked)
        _OLDEST.set(figures.oldest_age.total_seconds() if figures.oldest_age else 0)


READINESS: web.AppKey[Readiness] = web.AppKey("readiness", Readiness)


def _touch(tx: Transaction) -> None:
    """Any read raises NotMigrated when a table or column is missing."""
    tx.cases.find("D-1001")


def _outbox_figures(tx: Transaction, now: datetime) -> OutboxFigures:
    return tx.outbox.figures(now)
