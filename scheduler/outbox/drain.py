"""How do all lanes get emptied, side by side, for as long as the process runs?

Woken by a commit that added something, by the job that ticks, and when a lane that rests may go on.
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
"""Emptied at the same time. One that waits for its rate takes a place, so this is far more than are busy."""
LONGEST_PAUSE = timedelta(seconds=5)
"""Between two looks when nobody wakes us; the store is asked even so, as another process may have added."""
PAUSE_BETWEEN_READS = 0.02
"""Seconds; every commit rings the bell, and a look a commit would cost more than the sending."""
PAUSE_AFTER_ERROR = 1.0
"""Seconds of rest when the database doesn't answer."""


class OutboxDrain:
    """One process's part in delivering. `holder` names the process and must be its own."""

    def __init__(self, tools: Services, *, holder: str) -> None:
        self._tools = tools
        self._holder = holder
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._again: dict[str, datetime] = {}
        self._is_stopping = False
        self._running: asyncio.Task[None] | None = None
        self.last_round_at: datetime | None = None
        """When the outbox was last looked at; readiness asks."""
        self.failing_since: datetime | None = None
        """When a lane first failed that no other, and no look that found nothing due, has made up for since:
        the outbox may be readable and yet take nothing, as on a full disk. Readiness asks."""

    @property
    def busy_lanes(self) -> int:
        return len(self._lanes)

    def wake(self) -> None:
        """Look at once. May be called from any thread, also after the loop has ended."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._bell.set)

    def start(self) -> None:
        self._tools.store.on_outbox.append(self.wake)
        self._running = asyncio.create_task(self._run(), name="drain the outbox")

    async def stop(self, *, grace: float = 5.0) -> None:
        """Take nothing new, and let what is being sent end within `grace` seconds.

        What takes longer is cut off; its end is unknown, and the next start finds it out before sending.
        """
        self._is_stopping = True
        self.wake()
        with suppress(ValueError):
            self._tools.store.on_outbox.remove(self.wake)
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=grace)
        tasks = [*self._lanes.values(), *([self._running] if self._running else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def start_due_lanes(self) -> int:
        """Begin with every lane that is due and not being emptied yet. Returns how many were begun."""
        now = self._tools.now()
        self._again = {address: at for address, at in self._again.items() if at > now}
        room = MOST_LANES - len(self._lanes)
        addresses = await self._tools.store.read(_due_lanes, now, MOST_LANES) if room > 0 else []
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
                await self._tools.sleep(PAUSE_AFTER_ERROR)
                continue
            await asyncio.sleep(PAUSE_BETWEEN_READS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), self._seconds_to_wait())

    async def _drain_one(self, address: str) -> None:
        try:
            again_at = await drain_lane(
                self._tools, address, holder=self._holder, is_stopping=lambda: self._is_stopping
            )
            if again_at is not None:
                self._again[address] = again_at
            self.failing_since = None
        except Exception:
            log.exception("lane failed", address=address)
            self.failing_since = self.failing_since or self._tools.now()
            await self._tools.sleep(PAUSE_AFTER_ERROR)
        finally:
            del self._lanes[address]
            self._bell.set()

    def _seconds_to_wait(self) -> float:
        """Seconds until a lane may go on, or the longest rest."""
        now = self._tools.now()
        soonest = min(self._again.values(), default=now + LONGEST_PAUSE)
        return max(0.01, min(soonest - now, LONGEST_PAUSE).total_seconds())


def _due_lanes(tx: Transaction, now: datetime, limit: int) -> list[str]:
    return tx.outbox.list_due_lanes(now, limit)
