"""Response URLs: each answers one interaction, five times within 30 minutes."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field

USES = 5
SECONDS = 30 * 60


@dataclass(slots=True)
class ResponseTarget:
    """What a response_url points at: a channel, the person who acted and the message they acted on."""

    channel: str
    user: str
    message_ts: str | None
    is_whisper: bool
    thread_ts: str | None = None
    uses_left: int = USES
    made_at: float = field(default_factory=time.monotonic)

    def use(self) -> bool:
        """Count one use; False after five uses or 30 minutes of real time."""
        self.uses_left -= 1
        return self.uses_left >= 0 and time.monotonic() - self.made_at < SECONDS


@dataclass(slots=True)
class ResponseUrls:
    base: str
    targets: dict[str, ResponseTarget] = field(default_factory=dict)

    def create(self, place: ResponseTarget) -> str:
        key = secrets.token_urlsafe(18)
        self.targets[key] = place
        return f"{self.base}/actions/{key}"
