"""Readiness of the process: database, migrations, outbox drain, deadline sweep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from aiohttp import web
from prometheus_client import Gauge

from scheduler.clock import Clock
from scheduler.jobs import JobsHealth
from store.engine import Store
from store.errors import StoreUnavailable
from store.migrate import head
from store.outbox.repository import OutboxFigures
from store.outbox.troubles import Trouble
from store.transaction import Transaction

DATABASE_TIMEOUT_SECONDS = 2.0
STALLED_AFTER = timedelta(seconds=60)
_PENDING = Gauge("ombud_outbox_pending", "Promises not yet kept")
_PARKED = Gauge("ombud_outbox_parked", "Promises that a person must look at")
_SKEW = Gauge("ombud_clock_skew_seconds", "How far the machine's clock is ahead of the database's")
_TROUBLE = Gauge("ombud_trouble", "1 while an outside system takes nothing", ("system",))
_STANDING = Gauge("ombud_outbox_standing", "Lanes whose first message can't be delivered now")
_OLDEST = Gauge("ombud_outbox_oldest_seconds", "Age of the oldest promise not yet kept")


class Readiness:
    """`pulse` tells when the jobs last did their work, by `clock`.

    Where the clock is moved, everything seems long ago until the next sweep ends, seconds later.
    """

    def __init__(self, store: Store, clock: Clock, pulse: Callable[[], JobsHealth]) -> None:
        self._store = store
        self._clock = clock
        self._pulse = pulse

    async def troubles(self) -> list[str]:
        """What prevents the process from working, in sentences; none when it is ready."""
        try:
            async with asyncio.timeout(DATABASE_TIMEOUT_SECONDS):
                version = await self._store.read(_schema_version)
        except TimeoutError:
            return ["The database doesn't answer."]
        except StoreUnavailable as trouble:
            return [str(trouble)]
        if version != head():
            meaning = f"The database's tables are of version {version}, and this Ombud needs {head()}."
            return [f"{meaning} Run `ombud migrate`, or start the Ombud that they are of."]
        if self._store.write_trouble is not None:
            return [str(self._store.write_trouble)]
        return list(self._stalled_jobs())

    async def delivery_troubles(self) -> list[str]:
        """What can't be delivered, in sentences. Lanes aren't named: people's addresses are among them."""
        now = self._clock.now()
        lasting = [one for one in await self._store.read(_open_troubles) if _is_long_ago(one.since, now)]
        systems = [
            f"{one.system}, since {one.since:%Y-%m-%d %H:%M} UTC: {one.problem}"
            for one in lasting
            if one.system is not None
        ]
        lanes = len(lasting) - len(systems)
        waiting = f"Channels or people for whom messages wait: {lanes}. The log names them."
        return [*systems, waiting] if lanes else systems

    def _stalled_jobs(self) -> Iterator[str]:
        pulse, now = self._pulse(), self._clock.now()
        if _is_long_ago(pulse.last_round_at, now):
            yield "The outbox isn't being drained."
        elif pulse.failing_since is not None and _is_long_ago(pulse.failing_since, now):
            yield "The outbox can be read, but nothing in it can be settled. The log says why."
        if _is_long_ago(pulse.last_sweep_at, now):
            yield "Deadlines aren't being watched. The log says why."

    async def measure(self) -> None:
        """Bring the gauges up to date."""
        figures = await self._store.read(_outbox_figures, self._clock.now())
        troubles = await self._store.read(_open_troubles)
        _TROUBLE.clear()
        for name in filter(None, (one.system for one in troubles)):
            _TROUBLE.labels(name).set(1)
        _STANDING.set(sum(one.system is None for one in troubles))
        _PENDING.set(figures.pending)
        _PARKED.set(figures.parked)
        _SKEW.set(self._clock.skew.total_seconds())
        _OLDEST.set(figures.oldest_age.total_seconds() if figures.oldest_age else 0)


READINESS: web.AppKey[Readiness] = web.AppKey("readiness", Readiness)


def _is_long_ago(at: datetime | None, now: datetime) -> bool:
    return at is None or now - at > STALLED_AFTER


def _schema_version(tx: Transaction) -> str | None:
    """Raises NotMigrated when there are no tables."""
    return tx.installation.schema_version()


def _open_troubles(tx: Transaction) -> list[Trouble]:
    return [one for one in tx.troubles.list() if one.over_at is None]


def _outbox_figures(tx: Transaction, now: datetime) -> OutboxFigures:
    return tx.outbox.figures(now)
