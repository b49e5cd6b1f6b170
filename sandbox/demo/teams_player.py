"""How do people of the story do their part in Teams?"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from sandbox.demo.steps import PATIENCE_SECONDS, Stuck, demand
from sandbox.teams import actions as teams_acts
from sandbox.teams import messages as teams_chatter
from sandbox.teams.cards.controls import Node, nodes
from sandbox.teams.workspace import Conversation, Message
from sandbox.world import World

PRESSABLE = ("Action.Execute", "Action.Submit")


class TeamsPlayer:
    """As `Player`: each method is one thing that somebody does, and waits until the bot has followed."""

    def __init__(self, world: World, quiet: Callable[[], Awaitable[None]]) -> None:
        self.world = world
        self.quiet = quiet

    async def press(self, person: str, action: str, number: str) -> None:
        """Press `action` on the card of case `number`, as soon as it shows it to this person."""
        self.world.tell_progress(f"{number}: {action.replace('_', ' ')} in Teams")
        conversation, message, pressed = await self._button(person, action, number)
        wanted = {"person": person, "conversation": conversation.id, "message": message["id"]}
        wanted |= {"data": pressed.get("data"), "verb": pressed.get("verb")}
        demand(await teams_acts.press(self.world, wanted), f"{action} on {number} in Teams")
        await self.quiet()

    async def submit(self, person: str, values: Mapping[str, Any], *, goes_on: bool = False) -> None:
        """Fill in and send the form that is open for `person`. It is open afterwards only where it
        `goes_on`: with the fields that a choice asks for, or a mail to look at first."""
        form = await self._form(person)
        sends = next((one for one in nodes(form) if "keep" in (one.get("data") or {})), None)
        if sends is None:
            raise Stuck(f"nothing to send in the dialog of {person}: {_words(form)}")
        wanted = {"person": person, "data": sends["data"], "inputs": dict(values)}
        demand(await teams_acts.submit(self.world, wanted), f"the dialog of {person}")
        if (person in self.world.teams.dialogs) != goes_on:
            raise Stuck(f"the dialog of {person} should {'be' if goes_on else 'not be'} open: {_words(form)}")
        await self.quiet()

    async def say(self, person: str, conversation: str, text: str) -> None:
        demand(
            await teams_chatter.say(
                self.world, {"person": person, "conversation": conversation, "text": text}
            ),
            f"what {person} says in Teams",
        )
        await self.quiet()

    async def _button(self, person: str, action: str, number: str) -> tuple[Conversation, Message, Node]:
        for _ in range(round(PATIENCE_SECONDS / 0.1)):
            for conversation in self.world.teams.workspace.conversations.values():
                found = await self._button_in(conversation, person, action, number)
                if found is not None:
                    return conversation, *found
            await asyncio.sleep(0.1)
        raise Stuck(f"no card of {number} with {action} for {person} in Teams")

    async def _button_in(
        self, conversation: Conversation, person: str, action: str, number: str
    ) -> tuple[Message, Node] | None:
        workspace = self.world.teams.workspace
        if not conversation.is_installed or person not in workspace.members_of(conversation):
            return None
        for message in reversed(list(conversation.messages.values())):
            if not _names(message["cards"], number):
                continue
            wanted = {"person": person, "conversation": conversation.id, "message": message["id"]}
            await teams_acts.view(self.world, wanted)
            for one in nodes(teams_acts.shown_to(message, person)):
                if one["type"] in PRESSABLE and (one.get("data") or {}).get("action") == action:
                    return message, one
        return None

    async def _form(self, person: str) -> Node:
        for _ in range(round(PATIENCE_SECONDS / 0.1)):
            dialog = self.world.teams.dialogs.get(person)
            if dialog is not None:
                return dict(dialog.task["card"]["content"])
            await asyncio.sleep(0.1)
        raise Stuck(f"no dialog opened for {person}")


def _names(cards: list[Node], number: str) -> bool:
    return re.search(rf"\b{re.escape(number)}\b", orjson.dumps(cards).decode()) is not None


def _words(card: Node) -> str:
    return " · ".join(str(one["text"]) for one in nodes(card) if isinstance(one.get("text"), str))[:400]
