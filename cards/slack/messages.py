"""Cards as messages in Slack."""

from __future__ import annotations

from typing import Any, assert_never

from cards.plain_text import plain
from cards.slack.blocks import (
    MESSAGE_BLOCKS,
    ActionIds,
    Block,
    actions,
    context,
    divider,
    fallback,
    header,
    markup,
    quote,
    section,
    sections,
)
from cards.slack.case import case_blocks, case_headline
from cards.slack.lists import list_blocks, list_headline
from cards.slack.text import escape
from cards.views import Card, CaseView, DigestView, FiguresView, FullCaseView, Line, ListView, MessageView

_MOST_QUOTES = 10
_MOST_LISTS = 9
_LEAST_LIST = 5


def message(card: Card) -> dict[str, Any]:
    """`blocks`, and `text` for notifications, as `chat.postMessage` takes them."""
    ids = ActionIds()
    match card:
        case CaseView():
            return {"text": fallback(case_headline(card)), "blocks": case_blocks(card, ids)}
        case FullCaseView():
            return {"text": fallback(case_headline(card.card)), "blocks": _full_case(card, ids)}
        case MessageView():
            return {"text": fallback(_story_headline(card)), "blocks": _story(card, ids)}
        case ListView():
            return {"text": fallback(list_headline(card)), "blocks": list_blocks(card, ids, MESSAGE_BLOCKS)}
        case DigestView():
            return {"text": fallback(card.greeting), "blocks": _digest(card, ids)}
        case FiguresView():
            return {"text": fallback(card.title), "blocks": figures_blocks(card)}
        case _:
            assert_never(card)


def _full_case(view: FullCaseView, ids: ActionIds) -> list[Block]:
    """Card, invoice, the customer's other disputes, timeline: at most 7 + 8 + 14 + 10 blocks."""
    blocks = case_blocks(view.card, ids)
    if view.lines:
        blocks += [divider(), *sections(view.lines, 6)]
    blocks += [divider(), *list_blocks(view.history, ids, 14, is_small=True)]
    if view.timeline:
        blocks += [divider(), *sections(view.timeline, 10)]
    return blocks[:MESSAGE_BLOCKS]


def _story(view: MessageView, ids: ActionIds) -> list[Block]:
    pings = _pings(view)
    first, *others = view.lines or ((),)
    said = sections([(*pings, *first), *others], 20)
    quotes = [quote(words) for words in view.quotes[:_MOST_QUOTES]]
    after = sections(view.after, 5)
    return (said + quotes + after + actions(view.buttons, ids)) or [section("")]


def _pings(view: MessageView) -> Line:
    """Mentions of people to ping whom the lines don't mention; they come before the first line."""
    named = {part for line in view.lines for part in line}
    missing = [one for one in dict.fromkeys(view.mentions) if one not in named]
    return tuple(part for one in missing[:20] for part in (one, " "))


def _story_headline(view: MessageView) -> str:
    return " ".join([plain(line) for line in view.lines[:5]])


def _digest(view: DigestView, ids: ActionIds) -> list[Block]:
    shown = view.lists[:_MOST_LISTS]
    blocks = [section(escape(view.greeting, 1000))]
    room = (MESSAGE_BLOCKS - 2) // max(1, len(shown))
    for one in shown:
        blocks += list_blocks(one, ids, max(_LEAST_LIST, room), is_small=True)
    if len(view.lists) > len(shown):
        blocks.append(context(f"… and {len(view.lists) - len(shown):,} more lists"))
    return blocks


def figures_blocks(view: FiguresView) -> list[Block]:
    """Two columns of bold numbers, then their breakdown."""
    return [header(view.title), *number_fields(view.figures), *sections(view.lines, 20)]


def number_fields(figures: tuple[tuple[str, str], ...]) -> list[Block]:
    """At most ten labels with their numbers, two beside each other."""
    fields = [
        markup(f"{escape(label, 200)}\n*{escape(number, 200).strip() or '–'}*")
        for label, number in figures[:10]
    ]
    return [{"type": "section", "fields": fields}] if fields else []
