"""What was asked of the connector?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.teams.errors import no_bot
from sandbox.teams.workspace import Conversation
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class Call:
    path: dict[str, str]
    query: dict[str, str]
    body: dict[str, Any]

    @property
    def conversation(self) -> str:
        """As it was named, with its thread."""
        return self.path.get("conversation") or self.path.get("team") or ""

    @property
    def root(self) -> str | None:
        """The message that began the thread which the conversation's name leads to."""
        return self.conversation.partition(";messageid=")[2] or None


def conversation_of(world: World, call: Call) -> Conversation:
    """Where the call leads, when the bot is there."""
    found = world.teams.workspace.get(call.conversation)
    if not found.is_installed or found.id in world.teams.without_bot:
        raise no_bot()
    return found
