"""How does a view look in Teams? One function a surface; each takes a view and gives Adaptive Cards as dicts.

A button's data has its action and its object: `{"action": "claim", "value": "D-1042"}`. A form's inputs are
named by their fields (`cards.actions.Field`); a moment is two inputs, `until_date` and `until_time`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cards.teams.dialogs import dialog, home_dialog, notice, prompt
from cards.teams.forms import form
from cards.teams.home import home
from cards.teams.messages import content, message
from cards.teams.search_results import search_results
from cards.teams.submitted import values_of
from cards.views import (
    CaseView,
    DigestView,
    FiguresView,
    FormView,
    FullCaseView,
    HomeView,
    ListView,
    MessageView,
)

RENDERERS: Mapping[type, Callable[..., dict[str, Any]]] = {
    CaseView: message,
    FullCaseView: message,
    ListView: message,
    MessageView: message,
    DigestView: message,
    FiguresView: message,
    FormView: form,
    HomeView: home,
}
"""The renderer of each view; `cards.slack.RENDERERS` has the same keys."""

__all__ = [
    "RENDERERS",
    "content",
    "dialog",
    "form",
    "home",
    "home_dialog",
    "message",
    "notice",
    "prompt",
    "search_results",
    "values_of",
]
