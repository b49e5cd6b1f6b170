"""Layout of a card while it is drawn: dialog or message, room, mentions; and fitting it into the budget."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

from cards import words
from cards.sanitize import clean_line

Element = dict[str, Any]
"""One element, action or card, ready to be sent."""

BUDGET = 26_500
"""Bytes of a card as UTF-8 JSON: Teams accepts messages of about 28 KB, and the card is a part of one."""
SIZES = (1.0, 0.7, 0.45, 0.25, 0.12, 0.05)
_COMMAND = re.compile(r"/disputes (?=(?:mine|queue|overdue|show|search|new|stats|help)\b)").sub
_HEADLINE, _NO_WIDTH = 300, "\u200b"


@dataclass(slots=True)
class Layout:
    """`size` is the share of the usual room; it is reduced until the card is within its budget."""

    is_dialog: bool = False
    is_quiet: bool = False
    """People are named, not mentioned."""
    size: float = 1.0
    mentioned: dict[str, str] = field(default_factory=dict)
    """The text between `<at>` and `</at>`, by Entra id."""

    def scaled(self, usually: int) -> int:
        """A number of elements or characters, reduced to the size."""
        return max(1, int(usually * self.size))

    def max_chars(self, usually: int) -> int:
        return max(24, int(usually * self.size))

    def max_buttons(self, usually: int) -> int:
        """How many buttons: all of them, until the smallest size."""
        return usually if self.size > SIZES[-1] else 2

    def add_mention(self, entra_id: str, name: str) -> str:
        """The text that mentions a person. Teams matches by text, so namesakes get a zero-width space."""
        wanted = name
        while self.mentioned.get(entra_id) is None and wanted in self.mentioned.values():
            wanted += _NO_WIDTH
        return self.mentioned.setdefault(entra_id, wanted)

    def entities(self) -> list[Element]:
        return [
            {
                "type": "mention",
                "text": f"<at>{name}</at>",
                "mentioned": {"id": entra_id, "name": name.strip(_NO_WIDTH)},
            }
            for entra_id, name in self.mentioned.items()
        ]


@dataclass(frozen=True, slots=True)
class CardContent:
    """A card's content, before it is fitted into the budget."""

    headline: str
    """One plain line for the notification, for screen readers, and for clients too old to draw the card."""
    body: list[Element]
    actions: list[Element] = field(default_factory=list)
    refresh: Element | None = None


def fit_card(
    draw: Callable[[Layout], CardContent], *, is_dialog: bool = False, is_quiet: bool = False
) -> Element:
    """The Adaptive Card within its budget, drawn with less and less room until it fits. A dialog is quiet."""

    def drawn(size: float) -> Element:
        layout = Layout(is_dialog=is_dialog, is_quiet=is_dialog or is_quiet, size=size)
        return _card(draw(layout), layout)

    return next((card for card in map(drawn, SIZES) if _fits(card)), None) or drawn(SIZES[-1])


def byte_size(card: Element) -> int:
    return len(json.dumps(card, ensure_ascii=False).encode(errors="replace"))


def _fits(card: Element) -> bool:
    """Whether the card is within the budget. orjson counts ten times as fast as `byte_size`, but without the
    spaces after commas and colons, which at most double a card: that is enough for most cards."""
    try:
        if 2 * len(orjson.dumps(card)) <= BUDGET:
            return True
    except TypeError:  # a lone surrogate
        pass
    return byte_size(card) <= BUDGET


def without_surrogates(said: str) -> str:
    """`said` without lone surrogates, which JSON can't hold."""
    return said.encode(errors="ignore").decode()


def with_teams_commands(said: str) -> str:
    """Replace Slack's commands in our sentences by Teams': there one writes to @Ombud."""
    return _COMMAND("@Ombud ", said) if "/disputes " in said else said


def headline(said: str) -> str:
    return words.cut(with_teams_commands(clean_line(said)), _HEADLINE) or "Ombud"


def _card(drawing: CardContent, layout: Layout) -> Element:
    said = headline(drawing.headline)
    card: Element = {
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": said,
        "speak": said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "msteams": {"width": "Full"},
        "body": drawing.body,
    }
    if drawing.actions:
        card["actions"] = drawing.actions
    if drawing.refresh is not None:
        card["refresh"] = drawing.refresh
    if layout.mentioned:
        card["msteams"]["entities"] = layout.entities()
    return card
