"""Slack's payloads as Clicks. Nothing here touches the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from cards.actions import Action
from cards.message_forms import PREVIEWED
from cards.slack import values_of
from core.ids import find_case_id
from handlers.types import Click

SLACK = "slack"
RESPONSE_URL = "response_url"
"""Name under which a modal carries the address of the private message that it was opened from."""
Payload = Mapping[str, Any]


class UnknownAction(Exception):
    """A button or form that this version doesn't know, such as one of a newer version's cards."""


@dataclass(frozen=True, slots=True)
class ModalState:
    """What a modal carries in its `private_metadata`, which people don't see."""

    case_id: str | None
    response_url: str | None
    """Of the private message that the modal was opened from, to update that afterwards."""
    previewed: str
    """Digest of the mail that it showed."""


def click_of_action(body: Payload, now: datetime) -> Click:
    """A pressed button or a changed choice. Its key is the press: Slack may send it again, much later too.

    Raises:
        UnknownAction: the name isn't one of ours.
    """
    pressed = body["actions"][0]
    name = str(pressed["action_id"]).partition(":")[0]
    value = str(pressed.get("value") or "")
    if name == Action.MORE:
        name, _, value = str(pressed["selected_option"]["value"]).partition(":")
    view = body.get("view") or {}
    state = modal_state_of(view)
    return Click(
        action=_action(name),
        platform=SLACK,
        actor_ref=body["user"]["id"],
        actor_name=_user_name(body["user"]),
        at=now,
        case_id=find_case_id(value.partition(" ")[0]) or state.case_id,
        value=value,
        values=values_of(view.get("state") or {}),
        channel=(body.get("channel") or {}).get("id"),
        key=_press_key(body, pressed),
    )


def _press_key(body: Payload, pressed: Payload) -> str | None:
    """`trigger_id` is new with each press; `action_ts` is its instant, told of the person and the element."""
    if body.get("trigger_id"):
        return f"press:{body['trigger_id']}"
    if pressed.get("action_ts"):
        return f"press:{body['user']['id']}:{pressed['action_id']}:{pressed['action_ts']}"
    return None


def click_of_form(body: Payload, now: datetime) -> Click:
    """A sent form. Its key is the view's id: a form that was accepted is not accepted again."""
    view = body["view"]
    state = modal_state_of(view)
    return Click(
        action=_action(view["callback_id"]),
        platform=SLACK,
        actor_ref=body["user"]["id"],
        actor_name=_user_name(body["user"]),
        at=now,
        case_id=state.case_id,
        values=values_of(view.get("state") or {}),
        previewed=state.previewed,
        key=f"view:{view['id']}",
    )


def click_of_command(body: Payload, now: datetime) -> Click:
    return Click(
        action=Action.COMMAND,
        platform=SLACK,
        actor_ref=body["user_id"],
        actor_name=body.get("user_name"),
        at=now,
        value=body.get("text") or "",
        channel=body.get("channel_id"),
    )


def click_of_shortcut(body: Payload, now: datetime) -> Click:
    """A message's shortcut; the form starts with the message's text."""
    message = body.get("message") or {}
    return Click(
        action=_action(body["callback_id"]),
        platform=SLACK,
        actor_ref=body["user"]["id"],
        actor_name=_user_name(body["user"]),
        at=now,
        value=str(message.get("text") or ""),
        channel=(body.get("channel") or {}).get("id"),
        thread=message.get("thread_ts") or message.get("ts"),
    )


def click_of_event(event: Payload, action: Action, value: str, now: datetime) -> Click:
    return Click(
        action=action,
        platform=SLACK,
        actor_ref=event["user"],
        at=now,
        value=value,
        channel=event.get("channel"),
    )


def modal_state_of(view: Payload) -> ModalState:
    """What the modal carried; empty for a modal that isn't ours."""
    try:
        state = orjson.loads(view.get("private_metadata") or "{}")
    except orjson.JSONDecodeError:
        state = {}
    if not isinstance(state, dict):
        state = {}
    return ModalState(state.get("case_id"), state.get(RESPONSE_URL), str(state.get(PREVIEWED) or ""))


def _action(name: str) -> Action:
    try:
        return Action(name)
    except ValueError:
        raise UnknownAction(name) from None


def _user_name(user: Payload) -> str | None:
    return user.get("name") or user.get("username")
