"""Lists of cases in Slack: two lines and one button a row; rows that don't fit are counted."""

from __future__ import annotations

from cards import words
from cards.slack.blocks import LATE, ActionIds, Block, actions, button, context, header, section
from cards.slack.text import bold, date, escape, escape_label, mrkdwn
from cards.views import ListView, RowView

_FIXED = 4
"""Blocks of a list beside its rows: title, note, the count of rows left out, page buttons."""


def list_blocks(view: ListView, ids: ActionIds, room: int, *, is_small: bool = False) -> list[Block]:
    """The list in at most `room` blocks (five or more). `is_small`: one of several, so a quieter title."""
    title = section(bold(view.title, 300)) if is_small else header(view.title)
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


def row_block(row: RowView, ids: ActionIds) -> Block:
    """Headline, details and status, with the row's button beside them."""
    headline = bold(words.name(row.headline, 400), 600)
    said = "\n".join([headline, mrkdwn(row.details, 1000), *_row_status(row)])
    if row.button is None:
        return section(said)
    return section(said, button(row.button, ids.of(row.button.action, row.button.value)))


def _row_status(row: RowView) -> list[str]:
    """Deadline, state, and the resolver by name: a mention would ping everybody on the list."""
    status = []
    if row.clock is not None:
        late = f"{LATE} " if row.clock.is_late else ""
        status.append(f"{late}{escape_label(row.clock.label)} {date(row.clock.at)}")
    if row.state:
        status.append(mrkdwn(row.state, 600))
    if row.resolver is not None:
        status.append(escape_label(row.resolver.name, 200))
    return [" · ".join(status)] if status else []


def list_headline(view: ListView) -> str:
    return (
        f"{view.title}: {words.count(len(view.rows), 'case')}" if view.rows else f"{view.title}. {view.empty}"
    )
