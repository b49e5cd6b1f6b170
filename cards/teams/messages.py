"""Cards as messages in Teams."""

from __future__ import annotations

from typing import assert_never

from cards.plain_text import plain
from cards.teams.buttons import actions
from cards.teams.case import case_actions, case_body, case_content, case_headline
from cards.teams.elements import columns, container, lines, quote, small, text, title
from cards.teams.layout import CardContent, Element, Layout, fit_card
from cards.teams.lists import list_body, list_content
from cards.teams.text import escape
from cards.views import (
    Card,
    CaseView,
    DigestView,
    FiguresView,
    FullCaseView,
    Line,
    ListView,
    Mention,
    MessageView,
)

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
_MOST_QUOTES, _MOST_LISTS, _MOST_PINGS = 10, 9, 20
_ROWS_IN_ALL, _IN_A_ROW = 45, 2


def message(card: Card) -> Element:
    """The part of an activity that posts the card or updates a posted one."""
    return as_message(content(card))


def content(card: Card) -> Element:
    """The Adaptive Card alone, as the response to a button."""
    return fit_card(lambda layout: card_content(card, layout))


def as_message(adaptive: Element) -> Element:
    return {"type": "message", "summary": adaptive["fallbackText"], "attachments": [attachment(adaptive)]}


def attachment(adaptive: Element) -> Element:
    return {"contentType": CONTENT_TYPE, "content": adaptive}


def card_content(card: Card, layout: Layout) -> CardContent:
    match card:
        case CaseView():
            return case_content(card, layout)
        case FullCaseView():
            return full_case_content(card, layout)
        case MessageView():
            return message_content(card, layout)
        case ListView():
            return list_content(card, layout)
        case DigestView():
            return digest_content(card, layout)
        case FiguresView():
            return figures_content(card, layout)
        case _:
            assert_never(card)


def full_case_content(view: FullCaseView, layout: Layout) -> CardContent:
    """Card with its buttons, invoice, the customer's other disputes, timeline."""
    body = [*case_body(view.card, layout), *case_actions(view.card, layout)]
    parts = (
        lines(view.lines, layout, 40),
        list_body(view.history, layout, 10, is_small=True),
        lines(view.timeline, layout, 40),
    )
    body += [container(part, separator=True, spacing="Large") for part in parts if part]
    return CardContent(case_headline(view.card), body)


def message_content(view: MessageView, layout: Layout) -> CardContent:
    pings = _pings(view)
    body = lines([line for line in (pings, *view.lines) if line], layout, 40)
    if view.is_loud and body:
        body = _highlighted(body, 2 if pings else 1)
    body += [quote(words, layout) for words in view.quotes[: layout.scaled(_MOST_QUOTES)]]
    body += lines(view.after, layout, 20)
    headline = " ".join([plain(line) for line in view.lines[:5]])
    return CardContent(headline, [*body, *actions(view.buttons, layout)] or [text("")])


def _highlighted(body: list[Element], count: int) -> list[Element]:
    """The first `count` lines on a background that stands out."""
    called, rest = body[:count], body[count:]
    if rest:
        rest[0]["spacing"] = "Medium"
    return [container(called, style="attention", bleed=True), *rest]


def _pings(view: MessageView) -> Line:
    """Mentions of people to ping whom the lines don't mention; they are the first line."""
    named = {part for line in view.lines for part in line if isinstance(part, Mention)}
    missing = [one for one in dict.fromkeys(view.mentions) if one not in named][:_MOST_PINGS]
    return tuple(part for one in missing for part in (", ", one))[1:]


def digest_content(view: DigestView, layout: Layout) -> CardContent:
    shown = view.lists[: layout.scaled(_MOST_LISTS)]
    body = [text(escape(view.greeting, layout.max_chars(1000)))]
    for one in shown:
        body += list_body(one, layout, _ROWS_IN_ALL // max(1, len(shown)), is_small=True)
    if len(view.lists) > len(shown):
        body.append(small(f"… and {len(view.lists) - len(shown):,} more lists"))
    return CardContent(view.greeting, body)


def figures_content(view: FiguresView, layout: Layout) -> CardContent:
    """Big numbers beside each other, then their breakdown."""
    body = [title(view.title), *numbers(view.figures, layout), *lines(view.lines, layout, 20)]
    return CardContent(view.title, body)


def numbers(figures: tuple[tuple[str, str], ...], layout: Layout) -> list[Element]:
    """At most ten labels with their numbers, two beside each other."""
    shown = figures[:10]
    return [
        columns(*([_number(*one, layout)] for one in shown[start : start + _IN_A_ROW]))
        for start in range(0, len(shown), _IN_A_ROW)
    ]


def _number(label: str, number: str, layout: Layout) -> Element:
    said = [
        text(escape(number, layout.max_chars(100)), size="ExtraLarge", weight="Bolder"),
        small(escape(label, layout.max_chars(200)), spacing="None"),
    ]
    return container(said)
