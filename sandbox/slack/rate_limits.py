"""Slack's rate limits as token buckets.

Limits from Slack's rate-limit page: about one message a second a channel with short bursts; tier 2 about 20 a
minute, tier 3 about 50, tier 4 about 100.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

TIER_2 = ("conversations.list", "users.list")
TIER_3 = (
    "chat.update",
    "chat.delete",
    "chat.unfurl",
    "conversations.info",
    "conversations.history",
    "conversations.replies",
    "conversations.open",
    "conversations.join",
    "users.lookupByEmail",
)
POSTS = ("chat.postMessage", "chat.postEphemeral")


@dataclass(slots=True)
class Bucket:
    rate: float
    """Calls a second."""
    burst: float
    level: float
    seen_at: float

    def take(self, now: float) -> float:
        """Take one token: 0, or the seconds to wait when there is none."""
        self.level = min(self.burst, self.level + (now - self.seen_at) * self.rate)
        self.seen_at = now
        if self.level >= 1:
            self.level -= 1
            return 0.0
        return (1 - self.level) / self.rate


@dataclass(slots=True)
class RateLimiter:
    is_strict: bool = False
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def retry_after(self, method: str, channel: str) -> int:
        """Whole seconds for `Retry-After`, or 0 when the call is allowed."""
        if not self.is_strict:
            return 0
        key, rate, burst = _limit(method, channel)
        now = time.monotonic()
        bucket = self.buckets.setdefault(key, Bucket(rate, burst, burst, now))
        return math.ceil(bucket.take(now))


def _limit(method: str, channel: str) -> tuple[str, float, float]:
    if method in POSTS:
        return f"{method} {channel}", 1.0, 3.0
    if method in TIER_2:
        return method, 20 / 60, 5.0
    if method in TIER_3:
        return method, 50 / 60, 10.0
    return method, 100 / 60, 20.0
