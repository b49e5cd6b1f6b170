"""Posts: what Slack and Teams have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

Message = dict[str, Any]
"""The payload that the platform's renderer made."""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """The platform's ids of a message: Slack's `ts`, the activity id of Teams."""

    channel_ref: str
    message_ref: str


class Posts(Protocol):
    """`SlackPosts` and `TeamsPosts`. Each call raises TryAgain, MessageGone or GiveUp."""

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        key: str,
        thread_ref: str | None = None,
        is_loud: bool = False,
    ) -> MessageRef: ...

    async def update(self, sent: MessageRef, message: Message) -> None: ...
