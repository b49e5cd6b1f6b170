"""Dialogs in Teams that aren't forms: one sentence, a card, and the message that opens a dialog."""

from __future__ import annotations

from cards import words
from cards.actions import Action
from cards.sanitize import clean_line
from cards.teams.buttons import actions
from cards.teams.elements import text
from cards.teams.home import home_content
from cards.teams.layout import CardContent, Element, fit_card
from cards.teams.messages import as_message, attachment, card_content
from cards.teams.text import escape
from cards.views import Button, Card, CaseView, FullCaseView, HomeView

_SENTENCE = 3000


def dialog(card: Card) -> Element:
    """A card that only one person sees; its buttons work as they do in a message."""
    return dialog_value(
        _title(card), fit_card(lambda layout: card_content(card, layout), is_dialog=True), "large"
    )


def home_dialog(view: HomeView) -> Element:
    return dialog_value(
        "Disputes", fit_card(lambda layout: home_content(view, layout), is_dialog=True), "large"
    )


def notice(said: str) -> Element:
    """A dialog with one sentence."""
    return dialog_value(
        "Ombud", fit_card(lambda _: CardContent(said, [_sentence(said)]), is_dialog=True), "small"
    )


def prompt(said: str, label: str, action: Action, value: str) -> Element:
    """A message with one sentence and a button, which opens a dialog for the person who presses it."""
    shown = (Button(action, label, value),)
    return as_message(fit_card(lambda layout: CardContent(said, [_sentence(said), *actions(shown, layout)])))


def dialog_value(title: str, adaptive: Element, size: str) -> Element:
    """The `value` of a `task/fetch` or `task/submit` answer that opens a dialog."""
    shown = words.cut(clean_line(title), 60) or "Ombud"
    return {"title": shown, "width": "medium", "height": size, "card": attachment(adaptive)}


def _sentence(said: str) -> Element:
    return text(escape(said, _SENTENCE))


def _title(card: Card) -> str:
    match card:
        case CaseView(case_id=case_id) | FullCaseView(card=CaseView(case_id=case_id)):
            return case_id
        case _:
            return "Disputes"
