"""How does a list of cases look in Slack? Two lines and one button a row; what doesn't fit is counted."""

from __future__ import annotations

from cards import words
from cards.slack.blocks import LATE, ActionIds, Block, actions, button, context, header, section
from cards.slack.text import bold, date, escape, escape_label, mrkdwn
from cards.views import ListView, RowView

_FIXED = 4
"""Blocks of a list beside its rows: title, note, what was left out, page buttons."""


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
    """What it is, whose it is, and until when; with the row's button beside it."""
    headline = bold(words.name(row.headline, 400), 600)
    said = "\n".join([headline, mrkdwn(row.details, 1000), *_row_status(row)])
    if row.button is None:
        return section(said)
    return section(said, button(row.button, ids.of(row.button.action, row.button.value)))


def _row_status(row: RowView) -> list[str]:
    """Until when, what it waits for, and the resolver by name: a list must not ping everybody on it."""
    standing = []
    if row.clock is not None:
        late = f"{LATE} " if row.clock.is_late else ""
        standing.append(f"{late}{escape_label(row.clock.label)} {date(row.clock.at)}")
    if row.state:
        standing.append(mrkdwn(row.state, 600))
    if row.resolver is not None:
        standing.append(escape_label(row.resolver.name, 200))
    return [" · ".join(standing)] if standing else []


def list_headline(view: ListView) -> str:
    return (
        f"{view.title}: {words.count(len(view.rows), 'case')}" if view.rows else f"{view.title}. {view.empty}"
    )
