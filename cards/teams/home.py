"""A person's own page in Teams: a message in their chat with us, or a dialog."""

from __future__ import annotations

from cards.teams.buttons import actions
from cards.teams.elements import container, small, title
from cards.teams.layout import CardContent, Element, Layout, fit_card
from cards.teams.lists import list_body
from cards.teams.messages import as_message, numbers
from cards.teams.text import date
from cards.views import HomeView

_MOST_LISTS, _ROWS_IN_ALL = 12, 45


def home(view: HomeView) -> Element:
    return as_message(fit_card(lambda layout: home_content(view, layout)))


def home_content(view: HomeView, layout: Layout) -> CardContent:
    body = [title(view.greeting), *_moment(view), *numbers(view.figures, layout)]
    body += actions(view.buttons, layout)
    shown = view.lists[: layout.scaled(_MOST_LISTS)]
    for one in shown:
        part = list_body(one, layout, _ROWS_IN_ALL // len(shown), is_small=True)
        body.append(container(part, separator=True, spacing="Large"))
    if len(view.lists) > len(shown):
        body.append(small(f"… and {len(view.lists) - len(shown):,} more lists"))
    return CardContent(view.greeting, body)


def _moment(view: HomeView) -> list[Element]:
    """When the page was drawn: a posted page isn't redrawn until one of its buttons is pressed."""
    return [small(f"As it was {date(view.at)}", spacing="None")] if view.at else []
