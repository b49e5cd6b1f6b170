"""What does an activity of Teams say: where it happened, who did it, when, and what came or went?

Nothing here raises, whatever an activity holds, and whatever comes out can be stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.people.teams_conversations import CHANNEL, GROUP, PERSONAL

Activity = Mapping[str, Any]

UPDATES = ("conversationUpdate", "installationUpdate")
_KINDS = {"personal": PERSONAL, "channel": CHANNEL, "groupChat": GROUP}
_KEPT_OF_CHANNEL_DATA = ("tenant", "team", "channel")
_TEAM_IS_GONE = ("teamDeleted", "teamHardDeleted")
_REF = re.compile(r"[\x21-\x7e]{1,300}")
_LONGEST_NAME, _LONGEST_TEXT = 200, 1000


def conversation_ref(activity: Activity) -> str:
    """Teams' id of the conversation, without the thread's root (`;messageid=…`)."""
    return ref_at(activity, "conversation", "id").partition(";")[0]


def kind_of(activity: Activity, ref: str) -> str:
    """A chat of two people is personal to Teams too, but it isn't the bot's: it is `19:…`, as groups are.
    Where Teams gives no kind, a team shows that it is a channel; a kind we don't know is read by several."""
    named = text_at(activity, "conversation", "conversationType")
    unnamed = CHANNEL if text_at(activity, "channelData", "team", "id") else PERSONAL
    kind = _KINDS.get(named, GROUP) if named else unnamed
    return GROUP if kind == PERSONAL and ref.startswith("19:") else kind


def is_personal(activity: Activity) -> bool:
    """Whether it is somebody's chat with the bot, where nobody else reads."""
    return kind_of(activity, conversation_ref(activity)) == PERSONAL


def reference_of(activity: Activity, ref: str, *, is_personal: bool) -> dict[str, Any]:
    """What Teams told of the conversation, as it came: without what differs from message to message, and
    without U+0000, which PostgreSQL keeps nowhere."""
    channel_data = _mapping(activity, "channelData")
    reference: dict[str, Any] = {
        "channelId": activity.get("channelId"),
        "serviceUrl": activity.get("serviceUrl"),
        "conversation": {**_mapping(activity, "conversation"), "id": ref},
        "bot": activity.get("recipient"),
        "channelData": {
            name: channel_data[name] for name in _KEPT_OF_CHANNEL_DATA if channel_data.get(name) is not None
        },
    }
    if is_personal:
        reference["user"] = activity.get("from")
    return {name: _storable(value) for name, value in reference.items() if value is not None}


def sender_of(activity: Activity) -> tuple[str, str | None, str | None]:
    """Their Entra id, empty for bots and people without one, their name and their MRI."""
    if is_from_bot(activity):
        return "", None, None
    mri = ref_at(activity, "from", "id")
    name = text_at(activity, "from", "name").strip()[:_LONGEST_NAME]
    return ref_at(activity, "from", "aadObjectId"), name or None, mri if mri.startswith("29:") else None


def is_from_bot(activity: Activity) -> bool:
    is_bot = text_at(activity, "from", "role") in ("bot", "skill")
    return is_bot or text_at(activity, "from", "id").startswith("28:")


def is_bot_gone(activity: Activity) -> bool:
    if activity.get("type") == "installationUpdate":
        return text_at(activity, "action").startswith("remove")
    if activity.get("type") != "conversationUpdate":
        return False
    bot = text_at(activity, "recipient", "id")
    removed = {text_at(member, "id") for member in members_of(activity, "membersRemoved")}
    return event_of(activity) in _TEAM_IS_GONE or (bool(bot) and bot in removed)


def is_install(activity: Activity) -> bool:
    bot = text_at(activity, "recipient", "id")
    added = {text_at(member, "id") for member in members_of(activity, "membersAdded")}
    return text_at(activity, "action").startswith("add") or (bool(bot) and bot in added)


def event_of(activity: Activity) -> str:
    return text_at(activity, "channelData", "eventType")


def members_of(activity: Activity, name: str) -> list[Activity]:
    found = activity.get(name)
    return [member for member in found if isinstance(member, Mapping)] if isinstance(found, list) else []


def sent_at(activity: Activity, now: datetime) -> datetime:
    """When Teams sent it, which tells the order even when it comes late."""
    try:
        at = datetime.fromisoformat(text_at(activity, "timestamp"))
    except ValueError:
        return now
    return at if at.tzinfo is not None else now


def _mapping(activity: Activity, name: str) -> Mapping[str, Any]:
    found = activity.get(name)
    return found if isinstance(found, Mapping) else {}


def text_at(activity: Activity, *path: str) -> str:
    """What stands there, if it is a text."""
    return _said(activity, path).replace("\0", "")[:_LONGEST_TEXT]


def ref_at(activity: Activity, *path: str) -> str:
    """An id or an address that stands there: one word of plain characters, or nothing."""
    found = _said(activity, path)
    return found if _REF.fullmatch(found) else ""


def _said(activity: Activity, path: tuple[str, ...]) -> str:
    found: Any = activity
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def _storable(thing: Any) -> Any:
    if isinstance(thing, str):
        return thing.replace("\0", "")
    if isinstance(thing, Mapping):
        return {_storable(name): _storable(value) for name, value in thing.items()}
    return [_storable(one) for one in thing] if isinstance(thing, list) else thing
