"""How does a list of cases look in Slack? Two lines and one button a row; what doesn't fit is counted."""

from __future__ import annotations

from cards import words
from cards.slack.blocks import Block, Ids, actions, button, context, header, section
from cards.slack.text import date, escape, escape_label, mention, mrkdwn
from cards.views import ListView, RowView

_FIXED = 4
"""Blocks of a list beside its rows: title, note, what was left out, page buttons."""


def list_blocks(view: ListView, ids: Ids, room: int, *, is_small: bool = False) -> list[Block]:
    """The list in at most `room` blocks (five or more). `is_small`: one of several, so a quieter title."""
    title = section(f"*{escape(view.title, 300).strip() or '–'}*") if is_small else header(view.title)
    shown = view.rows[: room - _FIXED]
    left_out = len(view.rows) - len(shown)
    blocks = [title, *(row_block(row, ids) for row in shown)]
    if not view.rows:
        blocks.append(section(escape(view.empty, 1000)))
    if left_out:
        blocks.append(context(f"… and {left_out:,} more"))
    if view.note:
        blocks.append(context(escape(view.note, 1000)))
    return blocks + actions(view.pages, ids)


def row_block(row: RowView, ids: Ids) -> Block:
    """Headline, details and clock, with the row's button beside them."""
    second = mrkdwn(row.details, 1000)
    if row.resolver is not None:
        second += f" · {mention(row.resolver, 200)}"
    if row.clock is not None:
        late = "🔴 " if row.clock.is_late else ""
        second += f"\n{late}{escape_label(row.clock.label, 100)} {date(row.clock.at)}"
    said = f"*{escape(words.name(row.headline, 400), 600).strip()}*\n{second}"
    if row.button is None:
        return section(said)
    return section(said, button(row.button, ids.of(row.button.action.value, row.button.value)))


def list_headline(view: ListView) -> str:
    return (
        f"{view.title}: {words.count(len(view.rows), 'case')}" if view.rows else f"{view.title}. {view.empty}"
    )
