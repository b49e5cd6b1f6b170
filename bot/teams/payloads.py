"""What did somebody do in Teams? Activities become Clicks; nothing here touches the network."""

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
"""Under these names a form carries which opening of it this is, and the case whose dialog it came from."""
ActionData = Mapping[str, Any]
_BY_NAME = {action.value: action for action in (*CHANGES, *QUERIES)}


class UnknownAction(Exception):
    """A button or form that this version doesn't know, such as one of a newer version's cards."""


class UnknownSender(Exception):
    """Whoever did it has no Entra id: a bot, or somebody from outside who isn't signed in."""


@dataclass(frozen=True, slots=True)
class FormState:
    """What a form carries unseen."""

    case_id: str | None
    nonce: str
    back: str | None
    previewed: str


def card_data_of(activity: Activity) -> ActionData:
    """What a pressed `Action.Execute` carries; its verb is the action's name as well."""
    action = object_at(object_at(activity, "value"), "action")
    return {"action": text_at(action, "verb"), **object_at(action, "data")}


def dialog_data_of(activity: Activity) -> ActionData:
    """What a button or a form of a dialog carries, or the one that opens it."""
    return object_at(object_at(activity, "value"), "data")


def is_form(data: ActionData) -> bool:
    """Whether it is a sent form: those alone carry something."""
    return isinstance(data.get("keep"), Mapping)


def click_of_button(activity: Activity, data: ActionData, now: datetime) -> Click:
    """A pressed button.

    Raises:
        UnknownAction, Nobody
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
    """A sent form. Its key is its opening by this person: what was accepted is not accepted again.

    Raises:
        UnknownAction, Nobody
    """
    kept = form_state_of(data)
    return _click(
        activity,
        _action(text_at(data, "action")),
        now,
        case_id=kept.case_id,
        values=values_of(data),
        previewed=kept.previewed,
        key=_idempotency_key(activity, "form", kept.nonce)
        or _idempotency_key(activity, "activity", id_at(activity, "id")),
    )


def click_of_text(activity: Activity, action: Action, value: str, now: datetime) -> Click:
    """What isn't a button: a command, a search, a shared link. Raises Nobody."""
    return _click(activity, action, now, value=value)


def click_of_message_action(activity: Activity, now: datetime) -> Click:
    """“Raise a dispute” or “Send to customer” in a message's menu; its words are what the form starts with.

    Raises:
        UnknownAction, Nobody
    """
    value = object_at(activity, "value")
    message = object_at(value, "messagePayload")
    body = object_at(message, "body")
    said = text_at(body, "content")
    return _click(
        activity,
        _action(text_at(value, "commandId")),
        now,
        value=said.replace("\0", "") if text_at(body, "contentType") == "text" else plain_text(said),
        thread=id_at(message, "replyToId") or id_at(message, "id") or thread_root_of(activity),
    )


def query_of(activity: Activity) -> tuple[str, bool]:
    """What is searched for, and whether it is a page after the first."""
    value = object_at(activity, "value")
    given = objects_at(value, "parameters")
    words = (text_at(one, "value").strip() for one in given if text_at(one, "name") != "initialRun")
    skip = object_at(value, "queryOptions").get("skip")
    return " ".join(word for word in words if word), isinstance(skip, int) and skip > 0


def form_state_of(data: ActionData) -> FormState:
    """What the form carried; one that isn't ours carried nothing."""
    keep = object_at(data, "keep")
    case_id, back = find_case_id(text_at(keep, "case_id")), find_case_id(text_at(keep, BACK))
    return FormState(case_id, id_at(keep, NONCE), back, text_at(keep, PREVIEWED))


def _click(activity: Activity, action: Action, now: datetime, **more: Any) -> Click:
    sender = sender_of(activity)
    if sender is None:
        raise UnknownSender
    where = {"channel": conversation_ref(activity) or None, "thread": thread_root_of(activity), **more}
    return Click(action=action, platform=TEAMS, actor_ref=sender.ref, actor_name=sender.name, at=now, **where)


def _action(name: str) -> Action:
    """Something that can be done: Slack's menu is an action as well, but only its entries do anything."""
    action = _BY_NAME.get(name)
    if action is None:
        raise UnknownAction(name)
    return action


def _idempotency_key(activity: Activity, kind: str, ref: str) -> str | None:
    return f"{kind}:{scoped_key(activity, ref)}" if ref else None
