"""Modals in Slack that aren't forms: one sentence, or a card where no message can be posted."""

from __future__ import annotations

from typing import Any

from cards.slack.blocks import SECTION, VIEW_BLOCKS, section, text
from cards.slack.forms import TITLE
from cards.slack.messages import message
from cards.slack.text import escape
from cards.views import Card, CaseView, FullCaseView


def notice(said: str) -> dict[str, Any]:
    """A modal with one sentence."""
    return _view("Ombud", [section(escape(said, SECTION))])


def home_notice(said: str) -> dict[str, Any]:
    """A sentence instead of the person's own page."""
    return {"type": "home", "blocks": [section(escape(said, SECTION))]}


def dialog(card: Card) -> dict[str, Any]:
    """A card opened from the person's own page; its buttons work as they do in a message."""
    return _view(_title(card), message(card)["blocks"][:VIEW_BLOCKS])


def _title(card: Card) -> str:
    match card:
        case CaseView(case_id=case_id) | FullCaseView(card=CaseView(case_id=case_id)):
            return case_id
        case _:
            return "Disputes"


def _view(title: str, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": text(title, TITLE),
        "close": text("Close", TITLE),
        "blocks": blocks,
    }
