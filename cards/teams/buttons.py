"""How is something pressed in Teams? Each button says what it does and to what, in its data.

A button that changes something is an `Action.Execute`, with an `Action.Submit` of the same data for clients
that don't know it; one that opens a dialog must say `task/fetch`; in a dialog everything is a Submit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cards import words
from cards.actions import OPENS_DIALOG, Action
from cards.clean import clean_line
from cards.teams.elements import text
from cards.teams.sheet import Element, Sheet
from cards.teams.text import escape
from cards.views import Button, Confirm, MenuItem

MOST_IN_FRONT, MOST_BEHIND = 6, 10
"""Teams shows six actions; those marked `secondary` stand behind the three dots."""
LABEL, VALUE = 75, 512
_STYLES = {"primary": "positive", "danger": "destructive"}


def actions(
    buttons: Sequence[Button], sheet: Sheet, items: Sequence[MenuItem] = (), case_id: str = ""
) -> list[Element]:
    """The row of buttons, what is needed less often behind its three dots."""
    front, behind = buttons[:MOST_IN_FRONT], buttons[MOST_IN_FRONT:]
    later = [*behind, *(Button(item.action, item.label, case_id) for item in items)]
    shown = [button(one, sheet) for one in front]
    return shown + [{**button(one, sheet), "mode": "secondary"} for one in later[:MOST_BEHIND]]


def row(buttons: Sequence[Button], sheet: Sheet, **looks: Any) -> list[Element]:
    """Buttons inside the card's body; no element at all when there is nothing to press."""
    pressed = [button(one, sheet) for one in buttons[:MOST_IN_FRONT]]
    return [{"type": "ActionSet", "actions": pressed, **looks}] if pressed else []


def button(shown: Button, sheet: Sheet) -> Element:
    if shown.confirm is not None:
        asked = _question(shown, shown.confirm, sheet)
        return {"type": "Action.ShowCard", **_titled(shown.label), "card": asked}
    return _press(shown, sheet)


def _press(shown: Button, sheet: Sheet) -> Element:
    data = {"action": shown.action.value, "value": shown.value[:VALUE]}
    looks = _titled(shown.label)
    if shown.style in _STYLES:
        looks["style"] = _STYLES[shown.style]
    if sheet.is_dialog:
        return {"type": "Action.Submit", **looks, "data": data}
    if shown.action in OPENS_DIALOG:
        return {"type": "Action.Submit", **looks, "data": {**data, "msteams": {"type": "task/fetch"}}}
    return {
        "type": "Action.Execute",
        **looks,
        "verb": shown.action.value,
        "data": data,
        "fallback": {"type": "Action.Submit", **looks, "data": data},
    }


def _question(shown: Button, asked: Confirm, sheet: Sheet) -> Element:
    """Unfolds under the button; folding it again is the no."""
    yes = Button(shown.action, asked.yes, shown.value, shown.style)
    return {
        "type": "AdaptiveCard",
        "body": [
            text(escape(asked.title, 100), weight="Bolder"),
            text(escape(asked.text, 300), spacing="Small"),
        ],
        "actions": [_press(yes, sheet)],
    }


def refresh(case_id: str, readers: Sequence[str]) -> Element | None:
    """Whoever is named here gets the card anew when it is shown to them, with their own buttons."""
    if not readers:
        return None
    data = {"action": Action.SHOW_CARD.value, "value": case_id[:VALUE]}
    action = {"type": "Action.Execute", "verb": Action.SHOW_CARD.value, "data": data}
    return {"action": action, "userIds": list(readers[:MOST_READERS])}


def label(said: str) -> str:
    return words.cut(clean_line(said), LABEL) or "–"


def _titled(said: str) -> Element:
    return {"title": label(said)}


MOST_READERS = 60
"""Teams' own limit for `userIds`."""
