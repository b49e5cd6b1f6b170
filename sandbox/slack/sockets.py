"""Open Socket Mode connections, and the envelopes sent on them that await an acknowledgement."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(slots=True)
class Sockets:
    tickets: set[str] = field(default_factory=set)
    open: list[web.WebSocketResponse] = field(default_factory=list)
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    def new_ticket(self) -> str:
        ticket = secrets.token_urlsafe(16)
        self.tickets.add(ticket)
        return ticket

    async def send(self, kind: str, payload: dict[str, Any], retry: tuple[int, str] | None) -> Any:
        """Send an envelope over the newest connection; returns the acknowledgement's payload.

        Raises TimeoutError when no acknowledgement comes within 3 s, ConnectionError when it breaks.
        """
        envelope_id = secrets.token_hex(16)
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            attempt, reason = retry or (0, "")
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting[envelope_id] = future
        try:
            await self.open[-1].send_json(envelope)
            return await asyncio.wait_for(future, 3)
        finally:
            self.waiting.pop(envelope_id, None)

    def acknowledge(self, message: dict[str, Any]) -> None:
        future = self.waiting.get(str(message.get("envelope_id")))
        if future is not None and not future.done():
            future.set_result(message.get("payload"))

    async def disconnect_all(self, reason: str) -> None:
        """Ask every client to reconnect, as Slack does every few hours, and close its connection."""
        for socket in list(self.open):
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            )
            await socket.close()
