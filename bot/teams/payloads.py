"""What did somebody do in Teams? Activities become Clicks; nothing here touches the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.teams.activity import Activity, name_of, own_name, part, parts, person_ref_of, ref, root_of, text
from bot.teams.text import plain_text
from cards.actions import Action
from cards.message_forms import PREVIEWED
from cards.teams import values_of
from core.ids import find_case_id
from core.platforms import TEAMS
from handlers.actions import CHANGES, LOOKS
from handlers.teams_activity import conversation_ref
from handlers.types import Click

NONCE, BACK = "form", "back"
"""Under these names a form carries which opening of it this is, and the case whose dialog it came from."""
Data = Mapping[str, Any]
_BY_NAME = {action.value: action for action in (*CHANGES, *LOOKS)}


class UnknownAction(Exception):
    """A button or form that this version doesn't know, such as one of a newer version's cards."""


class Nobody(Exception):
    """Whoever did it has no Entra id: a bot, or somebody from outside who isn't signed in."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a form carries unseen."""

    case_id: str | None
    nonce: str
    back: str | None
    previewed: str


def card_data_of(activity: Activity) -> Data:
    """What a pressed `Action.Execute` carries; its verb is the action's name as well."""
    action = part(part(activity, "value"), "action")
    return {"action": text(action, "verb"), **part(action, "data")}


def dialog_data_of(activity: Activity) -> Data:
    """What a button or a form of a dialog carries, or the one that opens it."""
    return part(part(activity, "value"), "data")


def is_form(data: Data) -> bool:
    """Whether it is a sent form: those alone carry something."""
    return isinstance(data.get("keep"), Mapping)


def click_of_button(activity: Activity, data: Data, now: datetime) -> Click:
    """A pressed button.

    Raises:
        UnknownAction, Nobody
    """
    value = text(data, "value")
    return _click(
        activity,
        _action(text(data, "action")),
        now,
        case_id=find_case_id(value.partition(" ")[0]),
        value=value,
        key=_key(activity, "activity", ref(activity, "id")),
    )


def click_of_form(activity: Activity, data: Data, now: datetime) -> Click:
    """A sent form. Its key is its opening by this person: what was accepted is not accepted again.

    Raises:
        UnknownAction, Nobody
    """
    kept = kept_in(data)
    return _click(
        activity,
        _action(text(data, "action")),
        now,
        case_id=kept.case_id,
        values=values_of(data),
        previewed=kept.previewed,
        key=_key(activity, "form", kept.nonce) or _key(activity, "activity", ref(activity, "id")),
    )


def click_of(activity: Activity, action: Action, value: str, now: datetime) -> Click:
    """What isn't a button: a command, a search, a shared link. Raises Nobody."""
    return _click(activity, action, now, value=value)


def click_of_message_action(activity: Activity, now: datetime) -> Click:
    """“Raise a dispute” or “Send to customer” in a message's menu; its words are what the form starts with.

    Raises:
        UnknownAction, Nobody
    """
    value = part(activity, "value")
    message = part(value, "messagePayload")
    body = part(message, "body")
    said = text(body, "content")
    return _click(
        activity,
        _action(text(value, "commandId")),
        now,
        value=said.replace("\0", "") if text(body, "contentType") == "text" else plain_text(said),
        thread=ref(message, "replyToId") or ref(message, "id") or root_of(activity),
    )


def query_of(activity: Activity) -> tuple[str, bool]:
    """What is searched for, and whether it is a page after the first."""
    value = part(activity, "value")
    given = parts(value, "parameters")
    words = (text(one, "value").strip() for one in given if text(one, "name") != "initialRun")
    skip = part(value, "queryOptions").get("skip")
    return " ".join(word for word in words if word), isinstance(skip, int) and skip > 0


def kept_in(data: Data) -> Kept:
    """What the form carried; one that isn't ours carried nothing."""
    keep = part(data, "keep")
    case_id, back = find_case_id(text(keep, "case_id")), find_case_id(text(keep, BACK))
    return Kept(case_id, ref(keep, NONCE), back, text(keep, PREVIEWED))


def _click(activity: Activity, action: Action, now: datetime, **more: Any) -> Click:
    person_ref = person_ref_of(activity)
    if person_ref is None:
        raise Nobody
    where = {"channel": conversation_ref(activity) or None, "thread": root_of(activity), **more}
    return Click(
        action=action, platform=TEAMS, actor_ref=person_ref, actor_name=name_of(activity), at=now, **where
    )


def _action(name: str) -> Action:
    """Something that can be done: Slack's menu is an action as well, but only its entries do anything."""
    action = _BY_NAME.get(name)
    if action is None:
        raise UnknownAction(name)
    return action


def _key(activity: Activity, kind: str, ref: str) -> str | None:
    return f"{kind}:{own_name(activity, ref)}" if ref else None
