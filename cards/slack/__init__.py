"""How does a view look in Slack? One function a surface; each takes a view and gives Block Kit as dicts.

Every control's `action_id` is `action:something`: the part before the first colon is the action
(`cards.actions.Action`), the rest makes the id unique. In forms it is the field's name, or the action that
redraws the form.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cards.slack.forms import modal, values_of
from cards.slack.home import home
from cards.slack.messages import message
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
    FormView: modal,
    HomeView: home,
}
"""The renderer of each view; `cards.teams.RENDERERS` has the same keys."""

__all__ = ["RENDERERS", "home", "message", "modal", "values_of"]
