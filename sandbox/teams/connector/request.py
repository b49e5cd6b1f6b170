"""A request to the connector: path, query, body, and the conversation that it names."""

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
        """The id as the bot gave it, with its thread."""
        return self.path.get("conversation") or self.path.get("team") or ""

    @property
    def root(self) -> str | None:
        """The first message of the thread that the conversation's id names."""
        return self.conversation.partition(";messageid=")[2] or None


def find_conversation(world: World, call: ConnectorRequest) -> Conversation:
    """The conversation of the request. Raises TeamsError when the bot is not a member."""
    found = world.teams.workspace.get_conversation(call.conversation)
    if not found.is_installed or found.id in world.teams.without_bot:
        raise bot_not_in_conversation()
    return found
