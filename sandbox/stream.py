"""Event stream: what changed, as server-sent events to every open page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson


class Stream:
    """A listener that stops reading is dropped after 10,000 events; its page reconnects and loads again."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[bytes | None]] = set()

    def publish(self, kind: str, **data: Any) -> None:
        line = b"data: " + orjson.dumps({"type": kind, **data}) + b"\n\n"
        for listener in list(self._listeners):
            try:
                listener.put_nowait(line)
            except asyncio.QueueFull:
                self._listeners.discard(listener)

    async def listen(self) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(10_000)
        self._listeners.add(queue)
        try:
            while True:
                try:
                    line = await asyncio.wait_for(queue.get(), 15)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if line is None:
                    return
                yield line
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        """End every listener's stream, so that the server can stop."""
        for listener in list(self._listeners):
            listener.put_nowait(None)
