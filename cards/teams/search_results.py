"""Results of a message extension: cases found while a person writes a message."""

from __future__ import annotations

from collections.abc import Sequence

from cards.teams.case import case_content
from cards.teams.layout import Element, fit_card
from cards.teams.messages import attachment
from cards.teams.text import escape
from cards.views import CaseView

MOST_FOUND = 12
_PREVIEW = "application/vnd.microsoft.card.thumbnail"


def search_results(cards: Sequence[CaseView]) -> Element:
    """The response to a message extension's query: for each case a line to choose, and the card to insert.

    The cards mention nobody: a person who shares a case writes to the people of that conversation.
    """
    return {
        "type": "result",
        "attachmentLayout": "list",
        "attachments": [_result(one) for one in cards[:MOST_FOUND]],
    }


def _result(view: CaseView) -> Element:
    title = escape(f"{view.case_id} · {view.reason} · {view.amount}", 200)
    said = escape(f"{view.customer} · {view.status}", 200)
    preview = {"contentType": _PREVIEW, "content": {"title": title, "text": said}}
    return {
        **attachment(fit_card(lambda layout: case_content(view, layout), is_quiet=True)),
        "preview": preview,
    }
