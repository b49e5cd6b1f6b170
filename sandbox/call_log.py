"""Call log: what the bot asked of Slack and Teams, when, and what was answered; the last 20,000 calls."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.stream import Stream


@dataclass(slots=True)
class CallLog:
    stream: Stream
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=20_000))
    count: int = 0

    def add(
        self, *, at: float, method: str, args: dict[str, Any], status: int, answer: dict[str, Any]
    ) -> None:
        """`at` is the demo's time; `real_at` is a monotonic second for rates."""
        self.count += 1
        entry = {
            "id": self.count,
            "at": at,
            "real_at": time.monotonic(),
            "method": method,
            "args": {key: value for key, value in args.items() if key != "token"},
            "status": status,
            "ok": bool(answer.get("ok")),
            "error": answer.get("error"),
            "ts": answer.get("ts") or answer.get("message_ts"),
        }
        self.log.append(entry)
        self.stream.publish("call", call=entry)

    def since(self, id_: int, method: str | None) -> list[dict[str, Any]]:
        return [one for one in self.log if one["id"] > id_ and method in (None, one["method"])]
