"""Fault injection: errors, rate limits and lost answers that a test orders for the next calls."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

LOSE_ANSWER = "lose_answer"
"""The call is carried out, and its answer is lost."""
FINISH_LATE = "finish_late"
"""The call isn't answered, and carried out after `seconds`, or when `finish_late` is ordered."""


@dataclass(slots=True)
class Fault:
    """`error` is a Slack error, or `ratelimited`, `http_500`, `hang`, `lose_answer`, `finish_late`."""

    error: str
    method: str | None = None
    channel: str | None = None
    times: int = 1
    retry_after: int = 1
    seconds: float = 60.0

    def matches(self, method: str, args: dict[str, Any]) -> bool:
        return self.method in (None, method) and self.channel in (None, args.get("channel"))


@dataclass(slots=True)
class Faults:
    pending: list[Fault] = field(default_factory=list)
    finish: asyncio.Event = field(default_factory=asyncio.Event)
    """Set: the calls that are to finish late do so now."""
    late: set[asyncio.Task[None]] = field(default_factory=set)

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Raises TypeError for an unknown field or a missing `error`."""
        fault = Fault(**wanted)
        self.pending.append(fault)
        return fault

    def take(self, method: str, args: dict[str, Any]) -> Fault | None:
        """The first fault that matches this call; counts it as used once."""
        for fault in self.pending:
            if fault.matches(method, args):
                fault.times -= 1
                if fault.times <= 0:
                    self.pending.remove(fault)
                return fault
        return None
