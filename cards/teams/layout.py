"""What must be known while a card is drawn: where it will stand, how much room it has, whom it calls?"""

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
"""Bytes of a card as UTF-8 JSON: Teams takes about 28 KB of a message, and something stands around it."""
SIZES = (1.0, 0.7, 0.45, 0.25, 0.12, 0.05)
_COMMAND = re.compile(r"/disputes (?=(?:mine|queue|overdue|show|search|new|stats|help)\b)").sub
_HEADLINE, _NO_WIDTH = 300, "\u200b"


@dataclass(slots=True)
class Layout:
    """`size` is how much of the usual room there is; it falls until the card is within its budget."""

    is_dialog: bool = False
    is_quiet: bool = False
    """Nobody is called: everybody is named only."""
    size: float = 1.0
    mentioned: dict[str, str] = field(default_factory=dict)
    """What stands between `<at>` and `</at>`, by Entra id."""

    def scaled(self, usually: int) -> int:
        """How many of something, or how many characters."""
        return max(1, int(usually * self.size))

    def max_chars(self, usually: int) -> int:
        return max(24, int(usually * self.size))

    def max_buttons(self, usually: int) -> int:
        """How many buttons: all of them, until nothing else is left to leave out."""
        return usually if self.size > SIZES[-1] else 2

    def add_mention(self, entra_id: str, name: str) -> str:
        """Calls a person. Teams finds them by what stands there, so namesakes differ by something unseen."""
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
    """A card's contents, before they are held within the budget."""

    headline: str
    """One plain line: the notification, what is spoken, and what a client too old to draw it shows."""
    body: list[Element]
    actions: list[Element] = field(default_factory=list)
    refresh: Element | None = None


def fit_card(
    draw: Callable[[Layout], CardContent], *, is_dialog: bool = False, is_quiet: bool = False
) -> Element:
    """The Adaptive Card within its budget: drawn with less and less room until it fits. A dialog is quiet."""

    def drawn(size: float) -> Element:
        layout = Layout(is_dialog=is_dialog, is_quiet=is_dialog or is_quiet, size=size)
        return _card(draw(layout), layout)

    return next((card for card in map(drawn, SIZES) if _fits(card)), None) or drawn(SIZES[-1])


def byte_size(card: Element) -> int:
    return len(json.dumps(card, ensure_ascii=False).encode(errors="replace"))


def _fits(card: Element) -> bool:
    """Each of the spaces that `octets` counts follows a comma or a colon, so they never double a card: most
    are far below the budget, and orjson measures them ten times as fast."""
    try:
        if 2 * len(orjson.dumps(card)) <= BUDGET:
            return True
    except TypeError:  # half of a character
        pass
    return byte_size(card) <= BUDGET


def without_surrogates(said: str) -> str:
    """Without halves of characters, which no JSON can carry."""
    return said.encode(errors="ignore").decode()


def with_teams_commands(said: str) -> str:
    """Our sentences name commands as Slack's people type them; in Teams one speaks to Ombud."""
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
