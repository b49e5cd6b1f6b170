"""How does a Reply get back to the person in Teams? In the body of the invoke's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.teams.activity import Activity, part, text
from cards.actions import Action
from cards.teams import content, dialog, notice
from cards.teams import search_results as found
from cards.teams.layout import as_typed
from cards.views import Button, Card, CaseView, StoryView
from handlers.types import Reply

Body = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"
SENTENCE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
CLOSED: Body | None = None
"""A dialog closes at an answer without a body; `{}` would lack its task."""
CARD_ACTION = "adaptiveCard/action"
TASK_FETCH, TASK_SUBMIT = "task/fetch", "task/submit"
QUERY, QUERY_LINK = "composeExtension/query", "composeExtension/queryLink"
FETCH_TASK, SUBMIT_ACTION = "composeExtension/fetchTask", "composeExtension/submitAction"
DIALOGS = frozenset({TASK_FETCH, TASK_SUBMIT, FETCH_TASK, SUBMIT_ACTION})
_NOT_HERE = "I don't know this. Nothing was done."
_NOT_SAID = "This opens in a dialog. Open the case, and press there."
_YOUR_WORDS = "This is what you wrote, for you to copy:"


def card_answer(reply: Reply) -> Body:
    """A card in the place of the pressed one, for whoever pressed; or a sentence under it."""
    if reply.card is not None:
        return in_place(content(reply.card))
    if reply.whisper is not None:
        return under_the_card(reply.whisper)
    return under_the_card(_NOT_SAID)


def in_place(card: Body) -> Body:
    return {"statusCode": 200, "type": CARD, "value": card}


def under_the_card(said: str) -> Body:
    """The card stays. Teams takes an empty sentence for no answer at all, and asks again."""
    return {"statusCode": 200, "type": SENTENCE, "value": as_typed(said) or "Done."}


def card_error(code: int, said: str) -> Body:
    """The card stays, and nobody reads the sentence: for what no person pressed."""
    return {"statusCode": code, "type": ERROR, "value": {"code": str(code), "message": said}}


def continued(task_info: Body) -> Body:
    """A dialog opens, or shows something else."""
    return {"task": {"type": "continue", "value": task_info}}


def dialog_answer(reply: Reply, back: str | None = None) -> Body | None:
    """A card or a sentence in the dialog. Beside what wasn't done stands the way `back` to the case."""
    if reply.card is not None:
        return continued(dialog(reply.card))
    if reply.whisper is not None and back is not None:
        return continued(dialog(_with_way_back(reply.whisper, back)))
    if reply.whisper is not None:
        return continued(notice(reply.whisper))
    return CLOSED


def words_to_copy(said: str, typed: Iterable[str]) -> Body:
    """Where the form can't be drawn again, what was typed is not lost."""
    quotes = tuple(text for text in typed if text)
    lines = ((said,), (_YOUR_WORDS,)) if quotes else ((said,),)
    return continued(dialog(StoryView(lines=lines, quotes=quotes)))


def found_answer(cards: Sequence[CaseView]) -> Body:
    return {"composeExtension": found(cards)}


def found_nothing(said: str) -> Body:
    """A sentence where the results would be."""
    return {"composeExtension": {"type": "message", "text": said}}


def said(activity: Activity, sentence: str) -> Body | None:
    """A sentence in the shape that this kind of invoke takes."""
    name = text(activity, "name")
    if name == CARD_ACTION:
        return card_error(503, sentence) if is_unasked(activity) else under_the_card(sentence)
    if name in DIALOGS:
        return continued(notice(sentence))
    if name == QUERY:
        return found_nothing(sentence)
    return None


def is_unasked(activity: Activity) -> bool:
    """Whether Teams draws a card anew by itself: nobody pressed anything, so nobody is told anything."""
    return text(part(activity, "value"), "trigger") == "automatic"


NOT_HERE = card_error(501, _NOT_HERE)
"""The answer to an invoke of another kind than ours. The request itself is answered with 501 too."""


def story(sentence: str, *buttons: Button) -> Card:
    """One sentence as a card."""
    return StoryView(lines=((sentence,),), buttons=buttons)


def _with_way_back(sentence: str, case_id: str) -> Card:
    return story(sentence, Button(Action.OPEN_CASE, f"Back to {case_id}", case_id))


def marked(message: Body, mark: Mapping[str, str]) -> Body:
    """The message, whose buttons carry `mark` as well: where they stand."""
    found: Body = _marked(message, mark)
    return found


def _marked(thing: Any, mark: Mapping[str, str]) -> Any:
    if isinstance(thing, list):
        return [_marked(one, mark) for one in thing]
    if not isinstance(thing, dict):
        return thing
    more = mark if isinstance(thing.get("action"), str) and "value" in thing else {}
    return {**{name: _marked(one, mark) for name, one in thing.items()}, **more}
