"""Block Kit elements as plain dicts, always within Slack's limits.

The limits are those of the Block Kit reference: message 50 blocks, view 100, header 150 characters,
section 3,000, context 10 elements, actions 25, button text 75 and value 2,000, overflow 5 options.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, takewhile
from typing import Any

from cards import words
from cards.actions import Action
from cards.sanitize import clean_line, clean_text
from cards.slack.text import escape, mrkdwn
from cards.views import Button, Confirm, Line, MenuItem

Block = dict[str, Any]
"""One block or element, ready to be sent."""

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
SECTION, HEADER, LABEL, VALUE, ACTION_ID = 3000, 150, 75, 2000, 255
ACTIONS, OPTIONS_IN_MENU = 25, 5
_QUOTED, _MOST_LINES = 1900, 10_000
LATE, PAUSED, DONE = "🔴", "⏸️", "✅"
"""The three marks that cards wear, always with the word beside them."""


class ActionIds:
    """Gives every control of a message its own `action_id`, such as `open_case:D-1042`.

    The part before the first colon is the action; the rest only makes the id unique.
    """

    __slots__ = ("_given",)

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, action: str, value: str) -> str:
        wanted = action + ":" + value[:80]
        unique, number = wanted, 1
        while unique in self._given:
            number += 1
            unique = f"{wanted}:{number}"
        self._given.add(unique)
        return unique


def text(said: str, most: int) -> Block:
    """Plain text without markup; `:name:` stays as it is typed."""
    return {"type": "plain_text", "text": words.cut(clean_line(said), most) or "–", "emoji": False}


def header(said: str) -> Block:
    return {"type": "header", "text": text(said, HEADER)}


def section(said: str, accessory: Block | None = None) -> Block:
    """`said` is markup already, within the section's limit: made by `mrkdwn`, `paragraphs` or `escape`."""
    block = {"type": "section", "text": markup(said)}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def context(*said: str) -> Block:
    """Small grey text, in at most ten pieces."""
    return {"type": "context", "elements": [markup(one) for one in said]}


def markup(said: str) -> Block:
    """`verbatim` leaves addresses, #channels and @names unlinked; Slack refuses blank text."""
    shown = said if said and not said.isspace() else "–"
    return {"type": "mrkdwn", "text": shown, "verbatim": True}


def quote(said: str, most: int = 2800) -> Block:
    """People's own words. Rich text has no markup, so nothing in them takes effect."""
    shown = words.cut(clean_text(said), most) or "(no words)"
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": shown}]}],
    }


def quotes(said: str) -> list[Block]:
    """All of `said`, in as many quotes as needed, for text that must be read whole."""
    blocks, rest = [], clean_text(said, most_lines=_MOST_LINES)
    while rest:
        end = _break_position(rest)
        blocks.append(quote(rest[:end], _QUOTED))
        rest = rest[end:].lstrip()
    return blocks


def _break_position(said: str) -> int:
    """The position of the last line end or blank before the limit; only that character is lost."""
    if len(said) <= _QUOTED:
        return len(said)
    ends = (said.rfind(blank, _QUOTED // 2, _QUOTED) for blank in ("\n", " "))
    return next((end for end in ends if end > 0), _QUOTED)


def divider() -> Block:
    return {"type": "divider"}


def sections(lines: Sequence[Line], room: int) -> list[Block]:
    """As many sections as the lines need, at most `room`; what doesn't fit is counted."""
    waiting = [mrkdwn(line, 1000) for line in lines]
    blocks: list[Block] = []
    while waiting and len(blocks) < room:
        fitting = _how_many_fit(waiting, SECTION - _AND_MORE)
        said, waiting = waiting[:fitting], waiting[fitting:]
        if waiting and len(blocks) + 1 == room:
            said.append(f"… and {len(waiting):,} more")
        blocks.append(section("\n".join(said)))
    return blocks


def paragraphs(lines: Sequence[Line]) -> str:
    """The first lines that fit into one section; the rest is counted."""
    blocks = sections(lines, 1)
    return str(blocks[0]["text"]["text"]) if blocks else ""


def _how_many_fit(said: Sequence[str], most: int) -> int:
    """How many lines, with a line end each, stay within `most` characters."""
    ends = accumulate(len(one) + 1 for one in said)
    return sum(1 for _ in takewhile(lambda end: end <= most, ends))


_AND_MORE = 40
"""Characters reserved for “… and 12 more”."""


def button(shown: Button, action_id: str) -> Block:
    block: Block = {"type": "button", "action_id": action_id, "text": _label(shown.label)}
    if shown.value:
        block["value"] = shown.value[:VALUE]
    if shown.style is not None:
        block["style"] = shown.style
    if shown.confirm is not None:
        block["confirm"] = _confirm(shown.confirm)
    return block


def menu(items: Sequence[MenuItem], case_id: str, action_id: str) -> Block:
    """The overflow menu: an option's value is `action:case_id`."""
    whose = ":" + case_id[:80]
    options = [{"text": _label(item.label), "value": item.action + whose} for item in items[:OPTIONS_IN_MENU]]
    return {"type": "overflow", "action_id": action_id, "options": options}


def actions(
    buttons: Sequence[Button], ids: ActionIds, items: Sequence[MenuItem] = (), case_id: str = ""
) -> list[Block]:
    """The row of buttons, the menu last; no block if there are neither."""
    elements = [button(one, ids.of(one.action, one.value)) for one in buttons[: ACTIONS - 1]]
    if items:
        elements.append(menu(items, case_id, ids.of(Action.MORE, case_id)))
    return [{"type": "actions", "elements": elements}] if elements else []


@lru_cache(maxsize=1024)
def _label(said: str) -> Block:
    """A button's label, cached: there are few, and all cards share the same objects."""
    return text(said, LABEL)


def _confirm(asked: Confirm) -> Block:
    return {
        "title": text(asked.title, 100),
        "text": text(asked.text, 300),
        "confirm": text(asked.yes, 30),
        "deny": text(asked.no, 30),
    }


def fallback(said: str) -> str:
    """The `text` beside the blocks, for notifications; Slack reads markup there too, so it is escaped."""
    return escape(said, SECTION).strip() or "Ombud"
