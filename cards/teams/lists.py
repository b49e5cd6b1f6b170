"""Lists of cases in Teams: three short lines and a button a row; rows that don't fit are counted."""

from __future__ import annotations

from cards import words
from cards.teams.buttons import actions, button
from cards.teams.elements import LATE, small, text, title
from cards.teams.layout import CardContent, Element, Layout
from cards.teams.text import bold, date, escape, escape_label, markdown
from cards.views import ListView, RowView

MOST_ROWS = 46


def list_content(view: ListView, layout: Layout) -> CardContent:
    return CardContent(list_headline(view), list_body(view, layout, MOST_ROWS))


def list_headline(view: ListView) -> str:
    return (
        f"{view.title}: {words.count(len(view.rows), 'case')}" if view.rows else f"{view.title}. {view.empty}"
    )


def list_body(view: ListView, layout: Layout, most: int, *, is_small: bool = False) -> list[Element]:
    """The list with at most `most` rows. `is_small`: one of several, so a quieter title."""
    looks = {"size": "Medium", "spacing": "Large"} if is_small else {}
    shown = view.rows[: layout.scaled(most)]
    left_out = len(view.rows) - len(shown)
    body = [title(view.title, **looks), *(_row(one, layout) for one in shown)]
    if not view.rows:
        body.append(text(escape(view.empty, layout.max_chars(1000))))
    if left_out:
        body.append(small(f"… and {left_out:,} more"))
    if view.note:
        body.append(small(escape(view.note, layout.max_chars(1000))))
    return body + actions(view.pages, layout)


def _row(view: RowView, layout: Layout) -> Element:
    """Headline, details and status, with the row's button beside them."""
    said = [
        text(bold(words.name(view.headline, layout.max_chars(400)), layout.max_chars(600))),
        text(markdown(view.details, layout, layout.max_chars(1000)), spacing="None"),
        *_row_status(view, layout),
    ]
    pair = [{"type": "Column", "width": "stretch", "items": said}]
    if view.button is not None:
        pair.append(
            {
                "type": "Column",
                "width": "auto",
                "verticalContentAlignment": "Center",
                "items": [{"type": "ActionSet", "actions": [button(view.button, layout)]}],
            }
        )
    return {"type": "ColumnSet", "columns": pair, "separator": True}


def _row_status(view: RowView, layout: Layout) -> list[Element]:
    """Deadline, state, and the resolver by name: a mention would ping everybody on the list."""
    status = []
    is_late = view.clock is not None and view.clock.is_late
    if view.clock is not None:
        status.append(f"{LATE if is_late else ''} {escape_label(view.clock.label)} {date(view.clock.at)}")
    if view.state:
        status.append(markdown(view.state, layout, layout.max_chars(600)))
    if view.resolver is not None:
        status.append(escape_label(view.resolver.name, 200))
    looks = {"color": "Attention"} if is_late else {"isSubtle": True}
    return [text(" · ".join(status), spacing="None", **looks)] if status else []
