"""Background tasks: what goes on after a request was answered."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

import structlog

from bot.faults import describe

R = TypeVar("R")
CLOSE_TIMEOUT_SECONDS = 3
log = structlog.get_logger()


class BackgroundTasks:
    """Holds a reference to each task: asyncio holds only a weak one, and could drop a task half-way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Wait for the tasks and those that they start in turn, for three seconds at most."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                while self._tasks:
                    await asyncio.wait(set(self._tasks))
        except TimeoutError:
            pass


async def finish_all(ends: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run the ends of several parts together; one that fails is logged and hinders none of the others."""
    for fault in await asyncio.gather(*ends, return_exceptions=True):
        if isinstance(fault, BaseException):
            log.error("stop_failed", **describe(fault))
