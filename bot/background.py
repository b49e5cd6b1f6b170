"""What goes on after an activity was answered?"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

R = TypeVar("R")
CLOSE_TIMEOUT_SECONDS = 3


class BackgroundTasks:
    """Keeps the tasks, or they could vanish half-way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, doing: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Let what is on its way arrive, and what that sends in turn."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                while self._tasks:
                    await asyncio.wait(set(self._tasks))
        except TimeoutError:
            pass
