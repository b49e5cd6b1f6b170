"""How does a test pass time without waiting?"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta


class FakeTime:
    """A clock that stands still, but for those who sleep by it."""

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
