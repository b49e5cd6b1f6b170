"""Replies as Teams' responses: the body of the response to an invoke."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.teams.activity import Activity, text_at
from cards.actions import Action
from cards.teams import content, dialog, notice, search_results
from cards.teams.layout import with_teams_commands
from cards.views import Button, Card, CaseView, MessageView
from handlers.types import Reply

Body = dict[str, Any]
CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MESSAGE_TYPE = "application/vnd.microsoft.activity.message"
ERROR_TYPE = "application/vnd.microsoft.error"
CLOSE_DIALOG: Body | None = None
"""A response without a body closes a dialog; `{}` would lack its task."""
CARD_ACTION = "adaptiveCard/action"
TASK_FETCH, TASK_SUBMIT = "task/fetch", "task/submit"
QUERY, QUERY_LINK = "composeExtension/query", "composeExtension/queryLink"
FETCH_TASK, SUBMIT_ACTION = "composeExtension/fetchTask", "composeExtension/submitAction"
DIALOGS = frozenset({TASK_FETCH, TASK_SUBMIT, FETCH_TASK, SUBMIT_ACTION})
_UNKNOWN_INVOKE = "I don't know this. Nothing was done."
_NEEDS_DIALOG = "This opens in a dialog. Open the case, and press there."
_YOUR_WORDS = "This is what you wrote, for you to copy:"


def card_response(reply: Reply) -> Body:
    """A card that replaces the pressed one, for the person who pressed; or a sentence under it."""
    if reply.card is not None:
        return replacement_card(content(reply.card))
    if reply.whisper is not None:
        return card_message(reply.whisper)
    return card_message(_NEEDS_DIALOG)


def replacement_card(card: Body) -> Body:
    return {"statusCode": 200, "type": CARD_TYPE, "value": card}


def card_message(sentence: str) -> Body:
    """A sentence under the card. Teams takes an empty one for no response at all, and asks again."""
    return {"statusCode": 200, "type": MESSAGE_TYPE, "value": with_teams_commands(sentence) or "Done."}


def card_error(code: int, sentence: str) -> Body:
    """For what no person pressed. The card stays, and the sentence isn't shown to anybody."""
    return {"statusCode": code, "type": ERROR_TYPE, "value": {"code": str(code), "message": sentence}}


def show_dialog(task_info: Body) -> Body:
    """Opens a dialog, or shows something else in the open one."""
    return {"task": {"type": "continue", "value": task_info}}


def dialog_response(reply: Reply, back: str | None = None) -> Body | None:
    """A card or a sentence in the dialog; beside a sentence, a button back to the case (`back`)."""
    if reply.card is not None:
        return show_dialog(dialog(reply.card))
    if reply.whisper is not None and back is not None:
        return show_dialog(dialog(_with_back_button(reply.whisper, back)))
    if reply.whisper is not None:
        return show_dialog(notice(reply.whisper))
    return CLOSE_DIALOG


def text_to_copy(sentence: str, typed: Iterable[str]) -> Body:
    """For a form that can't be drawn again: what was typed isn't lost."""
    quotes = tuple(text for text in typed if text)
    lines = ((sentence,), (_YOUR_WORDS,)) if quotes else ((sentence,),)
    return show_dialog(dialog(MessageView(lines=lines, quotes=quotes)))


def search_response(cards: Sequence[CaseView]) -> Body:
    return {"composeExtension": search_results(cards)}


def search_message(sentence: str) -> Body:
    """A sentence where the results would be."""
    return {"composeExtension": {"type": "message", "text": sentence}}


def sentence_response(activity: Activity, sentence: str) -> Body | None:
    """A sentence in the shape that this kind of invoke takes."""
    name = text_at(activity, "name")
    if name == CARD_ACTION:
        return card_error(503, sentence) if is_automatic(activity) else card_message(sentence)
    if name in DIALOGS:
        return show_dialog(notice(sentence))
    if name == QUERY:
        return search_message(sentence)
    return None


def is_automatic(activity: Activity) -> bool:
    """Whether Teams refreshes a card by itself: nobody pressed anything, so no sentence is shown."""
    return text_at(activity, "value", "trigger") == "automatic"


NOT_IMPLEMENTED = card_error(501, _UNKNOWN_INVOKE)
"""The response to an invoke of a kind that we don't handle. Its HTTP status is 501 too."""


def sentence_card(sentence: str, *buttons: Button) -> Card:
    """One sentence as a card."""
    return MessageView(lines=((sentence,),), buttons=buttons)


def _with_back_button(sentence: str, case_id: str) -> Card:
    return sentence_card(sentence, Button(Action.OPEN_CASE, f"Back to {case_id}", case_id))


def with_button_data(message: Body, mark: Mapping[str, str]) -> Body:
    """The message, whose buttons carry `mark` as well: what they are on."""
    marked: Body = _add_button_data(message, mark)
    return marked


def _add_button_data(thing: Any, mark: Mapping[str, str]) -> Any:
    if isinstance(thing, list):
        return [_add_button_data(one, mark) for one in thing]
    if not isinstance(thing, dict):
        return thing
    more = mark if isinstance(thing.get("action"), str) and "value" in thing else {}
    return {**{name: _add_button_data(one, mark) for name, one in thing.items()}, **more}
