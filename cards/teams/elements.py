"""Adaptive Card elements as plain dicts; all text wraps, and colours are names, never numbers.

A style's name lets Teams choose colours for light, dark and high contrast. A colour is never alone: the
words beside it say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cards import words
from cards.sanitize import clean_text
from cards.teams.layout import Element, Layout
from cards.teams.text import block_text, escape, markdown, run_text
from cards.views import Line

LATE, PAUSED, DONE = "🔴", "⏸️", "✅"
"""The three marks that cards wear, always with the word beside them."""
MOST_QUOTED_LINES = 40


def text(said: str, **looks: Any) -> Element:
    """`said` is Markdown already: made by `markdown`, `bold` or `escape`."""
    return {"type": "TextBlock", "text": block_text(said), "wrap": True, **looks}


def title(said: str, **looks: Any) -> Element:
    return text(escape(said, 300), **{"size": "Large", "weight": "Bolder", "style": "heading", **looks})


def small(said: str, **looks: Any) -> Element:
    """Small grey text."""
    return text(said, size="Small", isSubtle=True, **looks)


def container(items: Sequence[Element], **looks: Any) -> Element:
    return {"type": "Container", "items": list(items), **looks}


def columns(*contents: Sequence[Element], **looks: Any) -> Element:
    """Columns that share the width."""
    each = [{"type": "Column", "width": "stretch", "items": list(items)} for items in contents]
    return {"type": "ColumnSet", "columns": each, **looks}


def lines(said: Sequence[Line], layout: Layout, most: int, **looks: Any) -> list[Element]:
    """One text a line, at most `most`; what doesn't fit is counted."""
    shown = said[: layout.scaled(most)]
    blocks = [
        text(markdown(line, layout, layout.max_chars(1000)), spacing="Small", **looks) for line in shown
    ]
    if blocks:
        blocks[0].pop("spacing")
    left_out = len(said) - len(shown)
    return [*blocks, small(f"… and {left_out:,} more", spacing="Small")] if left_out else blocks


def quote(said: str, layout: Layout, most: int = 2800, *, by: str | None = None, **looks: Any) -> Element:
    """People's own words on a background of their own. High contrast hides that, so `by` says whose they are.
    Text runs have no Markdown, so nothing in them takes effect."""
    whose = [small(by)] if by else []
    return container([*whose, *paragraphs(said, layout, most)], style="emphasis", **looks)


def paragraphs(said: str, layout: Layout, most: int, most_lines: int = MOST_QUOTED_LINES) -> list[Element]:
    """Text as it was written, line by line; an empty line becomes a gap."""
    shown = words.cut(clean_text(said, most_lines=layout.scaled(most_lines)), layout.max_chars(most))
    blocks: list[Element] = []
    spacing = "None"
    for line in (shown or "(no words)").split("\n"):
        if line.strip():
            blocks.append(plain_text(line, spacing=spacing))
        spacing = "None" if line.strip() else "Medium"
    return blocks


def plain_text(said: str, **looks: Any) -> Element:
    return {
        "type": "RichTextBlock",
        "inlines": [{"type": "TextRun", "text": run_text(said)}],
        **looks,
    }
