"""Debouncer: runs work soon after a request, and once for many requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

log = structlog.get_logger()


class Debouncer:
    """Runs `work` at the first request, then at most once each `every`. Used inside the event loop."""

    def __init__(
        self,
        work: Callable[[], Awaitable[object]],
        *,
        every: timedelta,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._work, self._sleep = work, sleep
        self._every = every.total_seconds()
        self._is_wanted = self._is_stopped = False
        self._running: asyncio.Task[None] | None = None

    def request(self) -> None:
        """Any number of requests while the work runs or pauses lead to one more run afterwards."""
        self._is_wanted = not self._is_stopped
        if self._is_wanted and (self._running is None or self._running.done()):
            self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._is_stopped = True
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        while self._is_wanted:
            self._is_wanted = False
            try:
                await self._work()
            except Exception:
                log.exception("work that was asked for failed")
            await self._sleep(self._every)
