"""Teams' activities as Clicks. Nothing here touches the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.teams.activity import (
    Activity,
    conversation_ref,
    id_at,
    object_at,
    objects_at,
    scoped_key,
    sender_of,
    text_at,
    thread_root_of,
)
from bot.teams.text import plain_text
from cards.actions import Action
from cards.message_forms import PREVIEWED
from cards.teams import values_of
from core.ids import find_case_id
from core.platforms import TEAMS
from handlers.actions import CHANGES, QUERIES
from handlers.types import Click

NONCE, BACK = "form", "back"
"""Names under which a form carries which opening of it this is, and the case whose dialog it came from."""
ActionData = Mapping[str, Any]
_BY_NAME = {action.value: action for action in (*CHANGES, *QUERIES)}


class UnknownAction(Exception):
    """A button or form that this version doesn't know, such as one of a newer version's cards."""


class UnknownSender(Exception):
    """The sender has no Entra id: a bot, or a person from outside who isn't signed in."""


@dataclass(frozen=True, slots=True)
class FormState:
    """What a form carries besides its fields. People don't see it."""

    case_id: str | None
    nonce: str
    """Which opening of the form this is."""
    back: str | None
    """The case whose dialog the form was opened from."""
    previewed: str
    """Digest of the mail that it showed."""


def card_data_of(activity: Activity) -> ActionData:
    """What a pressed `Action.Execute` carries; its verb is the action's name as well."""
    action = object_at(activity, "value", "action")
    return {"action": text_at(action, "verb"), **object_at(action, "data")}


def dialog_data_of(activity: Activity) -> ActionData:
    """What a button or a form of a dialog carries, or the one that opens it."""
    return object_at(activity, "value", "data")


def is_form(data: ActionData) -> bool:
    """Whether it is a submitted form: only those carry a state."""
    return isinstance(data.get("keep"), Mapping)


def click_of_button(activity: Activity, data: ActionData, now: datetime) -> Click:
    """A pressed button.

    Raises:
        UnknownAction, UnknownSender
    """
    value = text_at(data, "value")
    return _click(
        activity,
        _action(text_at(data, "action")),
        now,
        case_id=find_case_id(value.partition(" ")[0]),
        value=value,
        key=_idempotency_key(activity, "activity", id_at(activity, "id")),
    )


def click_of_form(activity: Activity, data: ActionData, now: datetime) -> Click:
    """A submitted form. Its key is its opening by this person: what was accepted is not accepted again.

    Raises:
        UnknownAction, UnknownSender
    """
    state = form_state_of(data)
    return _click(
        activity,
        _action(text_at(data, "action")),
        now,
        case_id=state.case_id,
        values=values_of(data),
        previewed=state.previewed,
        key=_idempotency_key(activity, "form", state.nonce)
        or _idempotency_key(activity, "activity", id_at(activity, "id")),
    )


def click_of_text(activity: Activity, action: Action, value: str, now: datetime) -> Click:
    """What isn't a button: a command, a search, a shared link. Raises UnknownSender."""
    return _click(activity, action, now, value=value)


def click_of_message_action(activity: Activity, now: datetime) -> Click:
    """“Raise a dispute” or “Send to customer” in a message's menu; the form starts with the message's text.

    Raises:
        UnknownAction, UnknownSender
    """
    message = object_at(activity, "value", "messagePayload")
    is_plain = text_at(message, "body", "contentType") == "text"
    content = text_at(message, "body", "content")
    return _click(
        activity,
        _action(text_at(activity, "value", "commandId")),
        now,
        value=content.replace("\0", "") if is_plain else plain_text(content),
        thread=id_at(message, "replyToId") or id_at(message, "id") or thread_root_of(activity),
    )


def query_of(activity: Activity) -> tuple[str, bool]:
    """What is searched for, and whether it is a page after the first."""
    given = objects_at(activity, "value", "parameters")
    words = (text_at(one, "value").strip() for one in given if text_at(one, "name") != "initialRun")
    skip = object_at(activity, "value", "queryOptions").get("skip")
    return " ".join(word for word in words if word), isinstance(skip, int) and skip > 0


def form_state_of(data: ActionData) -> FormState:
    """What the form carried; empty for a form that isn't ours."""
    state = object_at(data, "keep")
    case_id, back = find_case_id(text_at(state, "case_id")), find_case_id(text_at(state, BACK))
    return FormState(case_id, id_at(state, NONCE), back, text_at(state, PREVIEWED))


def _click(activity: Activity, action: Action, now: datetime, **more: Any) -> Click:
    sender = sender_of(activity)
    if sender is None:
        raise UnknownSender
    where = {"channel": conversation_ref(activity) or None, "thread": thread_root_of(activity), **more}
    return Click(action=action, platform=TEAMS, actor_ref=sender.ref, actor_name=sender.name, at=now, **where)


def _action(name: str) -> Action:
    """An action with a handler. Slack's overflow menu is an action too, but only its entries have."""
    action = _BY_NAME.get(name)
    if action is None:
        raise UnknownAction(name)
    return action


def _idempotency_key(activity: Activity, kind: str, ref: str) -> str | None:
    return f"{kind}:{scoped_key(activity, ref)}" if ref else None
