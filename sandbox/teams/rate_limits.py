"""Teams' rate limits as sliding windows.

Microsoft's limits of a bot in one conversation (a chat, or a channel with its threads): 7 operations in 1 s,
8 in 2 s, 60 in 30 s, 1,800 in an hour; and of an app in one tenant: 50 in a second.
"""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field

PER_CONVERSATION = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
PER_TENANT = ((50, 1.0),)
_TENANT = ""

Windows = tuple[tuple[int, float], ...]


@dataclass(slots=True)
class TeamsRateLimiter:
    is_strict: bool = False
    taken: dict[str, deque[float]] = field(default_factory=dict)

    def retry_after(self, conversation: str, now: float | None = None) -> int:
        """Whole seconds for `Retry-After`, or 0 when the call is allowed and counted."""
        if not self.is_strict:
            return 0
        instant = time.monotonic() if now is None else now
        limits = ((conversation, PER_CONVERSATION), (_TENANT, PER_TENANT))
        wait = max(self._wait(key, windows, instant) for key, windows in limits)
        if wait <= 0:
            for key, _ in limits:
                self.taken[key].append(instant)
        return math.ceil(wait)

    def _wait(self, key: str, windows: Windows, now: float) -> float:
        taken = self.taken.setdefault(key, deque())
        while taken and now - taken[0] >= windows[-1][1]:
            taken.popleft()
        waits = [taken[-most] + seconds - now for most, seconds in windows if len(taken) >= most]
        return max(waits, default=0.0)
