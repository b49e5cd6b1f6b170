"""Screens of people in the pretend Teams, updated by its event stream as their clients are."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from sandbox.teams.cards.controls import Node, nodes

_CARD = re.compile(r"(D-\d+) · ")
_FORM, _BUTTON = "keep", "action"
MOST_LOOKED_AT = 25
LONGEST_LINE = 2**22
DIALOG_SECONDS = 3.0
Place = tuple[str, str]
"""The ids of a conversation and a message."""


@dataclass(slots=True)
class Screen:
    cards: dict[Place, str] = field(default_factory=dict)
    """The case of each card in a channel; oldest first."""
    messages: dict[Place, dict[str, Any]] = field(default_factory=dict)
    dialogs: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    _dialog_versions: Counter[str] = field(default_factory=Counter)

    def choose(self, chance: random.Random, channel: str | None = None) -> Place | None:
        """One of the newest cards of a channel, or of all channels."""
        seen = [place for place in self.cards if channel in (None, place[0])]
        return chance.choice(seen[-MOST_LOOKED_AT:]) if seen else None

    def offered(self, place: Place, person: str) -> dict[str, Node]:
        """The buttons of the card as this person sees it, by action."""
        shown = self.messages[place]
        view = shown["views"].get(person)
        found = [one for one in nodes(shown["cards"] if view is None else [view]) if "data" in one]
        return {one["data"][_BUTTON]: one for one in found if isinstance(one["data"].get(_BUTTON), str)}

    def open_form(self, person: str) -> Node | None:
        """The card of the form that is open for a person."""
        dialog = self.dialogs.get(person)
        card = ((dialog or {}).get("card") or {}).get("content") or {}
        return card if submit_button_of(card) is not None else None

    def dialog_version(self, person: str) -> int:
        return self._dialog_versions[person]

    async def wait_for_dialog_change(self, person: str, turn: int) -> bool:
        """Wait until the person's dialog has changed since `turn`, or was closed; DIALOG_SECONDS at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DIALOG_SECONDS):
                while self._dialog_versions[person] == turn:
                    await asyncio.sleep(0.01)
        return self._dialog_versions[person] != turn

    def apply_event(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "teams_message" | "teams_changed":
                self._apply_message(event["conversation"], event["message"])
            case "teams_dialog":
                self.dialogs[event["person"]] = event["dialog"]
                self._dialog_versions[event["person"]] += 1

    def _apply_message(self, conversation: str, message: dict[str, Any]) -> None:
        place = (conversation, message["id"])
        self.messages[place] = message
        case_id = case_of(message)
        if case_id is not None and conversation.startswith("19:"):
            self.cards[place] = case_id


def case_of(message: Mapping[str, Any]) -> str | None:
    """The case of a card, else None: a card is a root post whose headline begins with the case."""
    found = _CARD.match(message["summary"]) if message["root"] is None else None
    return found[1] if found else None


def submit_button_of(card: Node) -> Node | None:
    """The button that sends the form."""
    return next((one for one in nodes(card) if _FORM in (one.get("data") or {})), None)


@asynccontextmanager
async def a_screen(slack_url: str) -> AsyncIterator[Screen]:
    """Follow the event stream from now on."""
    screen, is_open = Screen(), asyncio.Event()

    async def follow() -> None:
        limit = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(timeout=limit, read_bufsize=LONGEST_LINE) as http,
            http.get(f"{slack_url}/sandbox/stream") as answer,
        ):
            async for line in answer.content:
                is_open.set()
                if line.startswith(b'data: {"type":"teams_'):
                    screen.apply_event(orjson.loads(line.removeprefix(b"data: ")))

    following = asyncio.create_task(follow())
    await asyncio.wait_for(is_open.wait(), 90)
    try:
        yield screen
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
