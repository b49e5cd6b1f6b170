"""Player of the story's part in Teams."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from sandbox.demo.steps import STEP_TIMEOUT_SECONDS, StoryFailed, require_ok
from sandbox.teams import actions, messages
from sandbox.teams.cards.controls import Node, nodes
from sandbox.teams.workspace import Conversation, Message
from sandbox.world import World

PRESSABLE = ("Action.Execute", "Action.Submit")


class TeamsPlayer:
    """As `Player`: each method is one thing that a person does; it then waits until the bot has finished."""

    def __init__(self, world: World, quiet: Callable[[], Awaitable[None]]) -> None:
        self.world = world
        self.wait_until_idle = quiet

    async def press(self, person: str, action: str, number: str) -> None:
        """Press `action` on the card of case `number`, once the card shows it to this person."""
        self.world.set_progress(f"{number}: {action.replace('_', ' ')} in Teams")
        conversation, message, pressed = await self._wait_for_button(person, action, number)
        wanted = {"person": person, "conversation": conversation.id, "message": message["id"]}
        wanted |= {"data": pressed.get("data"), "verb": pressed.get("verb")}
        require_ok(await actions.press(self.world, wanted), f"{action} on {number} in Teams")
        await self.wait_until_idle()

    async def submit(self, person: str, values: Mapping[str, Any], *, stays_open: bool = False) -> None:
        """Fill in and send the form that is open for `person`. With `stays_open` it must be open afterwards,
        for more fields or a mail's preview; without, it must be closed."""
        form = await self._wait_for_form(person)
        sends = next((one for one in nodes(form) if "keep" in (one.get("data") or {})), None)
        if sends is None:
            raise StoryFailed(f"nothing to send in the dialog of {person}: {_text_of(form)}")
        wanted = {"person": person, "data": sends["data"], "inputs": dict(values)}
        require_ok(await actions.submit(self.world, wanted), f"the dialog of {person}")
        if (person in self.world.teams.dialogs) != stays_open:
            raise StoryFailed(
                f"the dialog of {person} should {'be' if stays_open else 'not be'} open: {_text_of(form)}"
            )
        await self.wait_until_idle()

    async def post_message(self, person: str, conversation: str, text: str) -> None:
        require_ok(
            await messages.post_message(
                self.world, {"person": person, "conversation": conversation, "text": text}
            ),
            f"what {person} says in Teams",
        )
        await self.wait_until_idle()

    async def _wait_for_button(
        self, person: str, action: str, number: str
    ) -> tuple[Conversation, Message, Node]:
        for _ in range(round(STEP_TIMEOUT_SECONDS / 0.1)):
            for conversation in self.world.teams.workspace.conversations.values():
                found = await self._find_button(conversation, person, action, number)
                if found is not None:
                    return conversation, *found
            await asyncio.sleep(0.1)
        raise StoryFailed(f"no card of {number} with {action} for {person} in Teams")

    async def _find_button(
        self, conversation: Conversation, person: str, action: str, number: str
    ) -> tuple[Message, Node] | None:
        workspace = self.world.teams.workspace
        if not conversation.is_installed or person not in workspace.members_of(conversation):
            return None
        for message in reversed(list(conversation.messages.values())):
            if not _mentions_case(message["cards"], number):
                continue
            wanted = {"person": person, "conversation": conversation.id, "message": message["id"]}
            await actions.refresh_card(self.world, wanted)
            for one in nodes(actions.cards_for(message, person)):
                if one["type"] in PRESSABLE and (one.get("data") or {}).get("action") == action:
                    return message, one
        return None

    async def _wait_for_form(self, person: str) -> Node:
        for _ in range(round(STEP_TIMEOUT_SECONDS / 0.1)):
            dialog = self.world.teams.dialogs.get(person)
            if dialog is not None:
                return dict(dialog.task["card"]["content"])
            await asyncio.sleep(0.1)
        raise StoryFailed(f"no dialog opened for {person}")


def _mentions_case(cards: list[Node], number: str) -> bool:
    return re.search(rf"\b{re.escape(number)}\b", orjson.dumps(cards).decode()) is not None


def _text_of(card: Node) -> str:
    return " · ".join(str(one["text"]) for one in nodes(card) if isinstance(one.get("text"), str))[:400]
