"""What was asked of the connector?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.teams.errors import bot_not_in_conversation
from sandbox.teams.workspace import Conversation
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class ConnectorRequest:
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


def find_conversation(world: World, call: ConnectorRequest) -> Conversation:
    """Where the call leads, when the bot is there."""
    found = world.teams.workspace.get_conversation(call.conversation)
    if not found.is_installed or found.id in world.teams.without_bot:
        raise bot_not_in_conversation()
    return found
