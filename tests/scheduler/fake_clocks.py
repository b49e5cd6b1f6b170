"""Clocks for tests that pass time without waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.clock import Clock

_LONG = 120
"""Seconds; long, for a very busy machine."""


async def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait until another task has made it true, however long that takes."""
    async with asyncio.timeout(_LONG):
        while not is_so():
            await asyncio.sleep(0.01)


class FakeTime:
    """A clock that only moves when a test adds time or a task sleeps by it."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._at

    def add(self, amount: timedelta) -> None:
        self._at += amount

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class RunningTime:
    """A clock that runs in real time from a given instant."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._began)


class SlackTime(Clock):
    """The sandbox's clock, set by the test's."""

    def __init__(self, time: FakeTime) -> None:
        super().__init__()
        self._time = time

    def now(self) -> float:
        return self._time.now().timestamp()
