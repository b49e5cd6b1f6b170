"""App Home: a person's own page in Slack."""

from __future__ import annotations

from typing import Any

from cards.slack.blocks import VIEW_BLOCKS, ActionIds, Block, actions, context, divider, header
from cards.slack.lists import list_blocks
from cards.slack.messages import number_fields
from cards.views import HomeView

_MOST_LISTS = 12
_FIXED = 5
"""Blocks beside the lists: greeting, figures, buttons, the count of lists left out, and a spare one."""


def home(view: HomeView) -> dict[str, Any]:
    """The view for `views.publish`."""
    ids = ActionIds()
    blocks: list[Block] = [
        header(view.greeting),
        *number_fields(view.figures),
        *actions(view.buttons, ids),
    ]
    shown = view.lists[:_MOST_LISTS]
    room = (VIEW_BLOCKS - _FIXED) // max(1, len(shown)) - 1
    for one in shown:
        blocks += [divider(), *list_blocks(one, ids, room, is_small=True)]
    if len(view.lists) > len(shown):
        blocks.append(context(f"… and {len(view.lists) - len(shown):,} more lists"))
    return {"type": "home", "blocks": blocks}
