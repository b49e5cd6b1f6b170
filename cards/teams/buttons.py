"""Buttons in Teams; each has its action and its object in its data.

A button that changes something is an `Action.Execute`, with an `Action.Submit` of the same data for clients
that don't know it; one that opens a dialog must say `task/fetch`; in a dialog everything is a Submit.
"""

from __future__ import annotations

from collections.abc import Sequence

from cards import words
from cards.actions import OPENS_DIALOG, Action
from cards.sanitize import clean_line
from cards.teams.elements import text
from cards.teams.layout import Element, Layout, without_surrogates
from cards.teams.text import escape
from cards.views import Button, Confirm, MenuItem
from core.platforms import MOST_READERS

MOST_IN_FRONT, MOST_BEHIND = 6, 10
"""Teams shows six actions and puts those marked `secondary` behind three dots, but not everywhere: a dialog
on Android doesn't show them (github.com/microsoft/AdaptiveCards/issues/9119), and a ShowCard doesn't unfold
from there (8652)."""
LABEL, VALUE = 75, 512
_ROW, _AROUND, _LETTER, _DOTS = 306, 34, 8, 50
"""Pixels: width of a card on a narrow phone, a button's padding, a letter, the three dots."""
_STYLES = {"primary": "positive", "danger": "destructive"}


def actions(
    buttons: Sequence[Button], layout: Layout, items: Sequence[MenuItem] = (), case_id: str = ""
) -> list[Element]:
    """Rows of buttons; those needed less often are behind the last row's three dots, or in rows below.

    Some clients squeeze a row until no label can be read, so each row fits on a phone.
    """
    most = layout.max_buttons(MOST_IN_FRONT)
    later = [*buttons[most:], *(Button(item.action, item.label, case_id) for item in items)]
    later = sorted(later, key=lambda one: one.confirm is None)[: layout.max_buttons(MOST_BEHIND)]
    below = [one for one in later if layout.is_dialog or one.confirm is not None]
    behind = later[len(below) :]
    dots = _DOTS if behind else 0
    lines = [*_rows(buttons[:most], 0 if below else dots), *_rows(below, dots)]
    rows = [[button(one, layout) for one in line] for line in lines]
    if behind:
        rows = rows or [[]]
        rows[-1] += [{**button(one, layout), "mode": "secondary"} for one in behind]
    spacings = ["Medium", *["Small"] * len(rows)]
    return [
        {"type": "ActionSet", "actions": row, "spacing": spacing}
        for row, spacing in zip(rows, spacings, strict=False)
    ]


def _rows(buttons: Sequence[Button], at_the_end: int) -> list[list[Button]]:
    """Rows that fit a phone's width; the last one leaves `at_the_end` pixels free."""
    rows: list[list[Button]] = []
    room = 0
    for index, one in enumerate(buttons):
        width = _AROUND + _LETTER * len(label(one.label))
        needed = width + (at_the_end if index == len(buttons) - 1 else 0)
        if needed > room or len(rows[-1]) == MOST_IN_FRONT:
            rows.append([])
            room = _ROW
        rows[-1].append(one)
        room -= width
    return rows


def button(shown: Button, layout: Layout) -> Element:
    if shown.confirm is not None:
        asked = _question(shown, shown.confirm, layout)
        return {"type": "Action.ShowCard", **_titled(shown.label), "card": asked}
    return _press(shown, layout)


def _press(shown: Button, layout: Layout) -> Element:
    data = {"action": shown.action.value, "value": without_surrogates(shown.value[:VALUE])}
    looks = _titled(shown.label)
    if shown.style in _STYLES:
        looks["style"] = _STYLES[shown.style]
    if layout.is_dialog:
        return {"type": "Action.Submit", **looks, "data": data}
    if shown.action in OPENS_DIALOG and not shown.is_refresh:
        return {"type": "Action.Submit", **looks, "data": {**data, "msteams": {"type": "task/fetch"}}}
    return {
        "type": "Action.Execute",
        **looks,
        "verb": shown.action.value,
        "data": data,
        "fallback": {"type": "Action.Submit", **looks, "data": data},
    }


def _question(shown: Button, asked: Confirm, layout: Layout) -> Element:
    """The confirmation that unfolds under the button; folding it again means no."""
    yes = Button(shown.action, asked.yes, shown.value, shown.style)
    return {
        "type": "AdaptiveCard",
        "body": [
            text(escape(asked.title, 100), weight="Bolder"),
            text(escape(asked.text, 300), spacing="Small"),
        ],
        "actions": [_press(yes, layout)],
    }


def refresh(case_id: str, readers: Sequence[str]) -> Element | None:
    """Teams asks for the card again when it shows it to one of `readers`, who so gets their own buttons."""
    if not readers:
        return None
    data = {"action": Action.SHOW_CARD.value, "value": without_surrogates(case_id[:VALUE])}
    action = {"type": "Action.Execute", "verb": Action.SHOW_CARD.value, "data": data}
    return {"action": action, "userIds": list(readers[:MOST_READERS])}


def label(said: str) -> str:
    return words.cut(clean_line(said), LABEL) or "–"


def _titled(said: str) -> Element:
    return {"title": label(said)}
