"""Drain of the outbox: delivers all due lanes in parallel for as long as the process runs.

It wakes after a commit that added rows, at each tick of a job, and when a paused lane may go on.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from scheduler.outbox.lane import drain_lane
from scheduler.services import Services
from store.transaction import Transaction

log = structlog.get_logger()

MOST_LANES = 64
"""Drained at the same time. A lane that waits for its rate counts, so this is far more than are busy."""
LONGEST_PAUSE = timedelta(seconds=5)
"""Between two reads of the outbox without a wake-up; another process may have added rows."""
PAUSE_BETWEEN_READS = 0.02
"""Seconds; every commit wakes the drain, and a read for each commit would cost more than the sending."""
PAUSE_AFTER_ERROR = 1.0
"""Seconds to pause when the database doesn't answer."""


class OutboxDrain:
    """One process's share of the delivery. `holder` is the process's unique name for its leases."""

    def __init__(self, services: Services, *, holder: str) -> None:
        self._services = services
        self._holder = holder
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._again: dict[str, datetime] = {}
        self._is_stopping = False
        self._running: asyncio.Task[None] | None = None
        self.last_round_at: datetime | None = None
        """When the outbox was last read; for readiness."""
        self.failing_since: datetime | None = None
        """When a lane first failed, while since then no lane has ended well and no read has found the outbox
        empty: it may be readable and yet not writable, as on a full disk. For readiness."""

    @property
    def busy_lanes(self) -> int:
        return len(self._lanes)

    def wake(self) -> None:
        """Read the outbox at once. May be called from any thread, also after the loop has ended."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._bell.set)

    def start(self) -> None:
        self._services.store.on_outbox.append(self.wake)
        self._running = asyncio.create_task(self._run(), name="drain the outbox")

    async def stop(self, *, grace: float = 5.0) -> None:
        """Start nothing new, and let running sends end within `grace` seconds.

        Longer ones are cancelled; their end is unknown, and the next start searches for them before sending.
        """
        self._is_stopping = True
        self.wake()
        with suppress(ValueError):
            self._services.store.on_outbox.remove(self.wake)
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=grace)
        tasks = [*self._lanes.values(), *([self._running] if self._running else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def start_due_lanes(self) -> int:
        """Start draining every due lane that isn't being drained yet. Returns how many were started."""
        now = self._services.now()
        self._again = {address: at for address, at in self._again.items() if at > now}
        room = MOST_LANES - len(self._lanes)
        most = MOST_LANES + len(self._lanes)
        addresses = (
            await self._services.store.read(_due_lanes, now, most, holder=self._holder) if room > 0 else []
        )
        self.last_round_at = now
        if not addresses and not self._lanes:
            self.failing_since = None
        if self._is_stopping:
            return 0
        begun = [address for address in addresses if address not in self._lanes][:room]
        for address in begun:
            self._lanes[address] = asyncio.create_task(self._drain_one(address), name=f"lane {address}")
        return len(begun)

    async def run_until_empty(self) -> None:
        """Deliver everything that is due now, and return; for tests and for the command line."""
        while await self.start_due_lanes() or self._lanes:
            await asyncio.gather(*self._lanes.values())

    async def _run(self) -> None:
        while not self._is_stopping:
            self._bell.clear()
            try:
                await self.start_due_lanes()
            except Exception:
                log.exception("the outbox can't be read")
                await self._services.sleep(PAUSE_AFTER_ERROR)
                continue
            await asyncio.sleep(PAUSE_BETWEEN_READS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), self._seconds_to_wait())

    async def _drain_one(self, address: str) -> None:
        try:
            again_at = await drain_lane(
                self._services, address, holder=self._holder, is_stopping=lambda: self._is_stopping
            )
            if again_at is not None:
                self._again[address] = again_at
            self.failing_since = None
        except Exception:
            log.exception("lane failed", address=address)
            self.failing_since = self.failing_since or self._services.now()
            await self._services.sleep(PAUSE_AFTER_ERROR)
        finally:
            del self._lanes[address]
            self._bell.set()

    def _seconds_to_wait(self) -> float:
        """Seconds until a paused lane may go on, at most LONGEST_PAUSE."""
        now = self._services.now()
        soonest = min(self._again.values(), default=now + LONGEST_PAUSE)
        return max(0.01, min(soonest - now, LONGEST_PAUSE).total_seconds())


def _due_lanes(tx: Transaction, now: datetime, limit: int, *, holder: str) -> list[str]:
    return tx.outbox.list_due_lanes(now, limit, holder=holder)
