"""What does an activity of Teams say: where it happened, who did it, when, and what came or went?

Nothing here raises, whatever an activity holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from store.conversations import CHANNEL, GROUP, PERSONAL

Activity = Mapping[str, Any]

UPDATES = ("conversationUpdate", "installationUpdate")
_KINDS = {"personal": PERSONAL, "channel": CHANNEL, "groupChat": GROUP}
_KEPT_OF_CHANNEL_DATA = ("tenant", "team", "channel")
_TEAM_IS_GONE = ("teamDeleted", "teamHardDeleted")


def conversation_ref(activity: Activity) -> str:
    """Teams' id of the conversation, without the thread's root (`;messageid=…`)."""
    return text_at(activity, "conversation", "id").partition(";")[0]


def kind_of(activity: Activity, ref: str) -> str:
    """A chat of two people is personal to Teams too, but it isn't the bot's: it is `19:…`, as groups are."""
    named = _KINDS.get(text_at(activity, "conversation", "conversationType"))
    if named is None:
        named = CHANNEL if text_at(activity, "channelData", "team", "id") else PERSONAL
    return GROUP if named == PERSONAL and ref.startswith("19:") else named


def reference_of(activity: Activity, ref: str, *, is_personal: bool) -> dict[str, Any]:
    """What Teams told of the conversation, as it came: without what differs from message to message."""
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
    return {name: value for name, value in reference.items() if value is not None}


def sender_of(activity: Activity) -> tuple[str, str | None, str | None]:
    """Their Entra id, empty for bots and people without one, their name and their MRI."""
    mri = text_at(activity, "from", "id")
    ref = text_at(activity, "from", "aadObjectId")
    return ref, text_at(activity, "from", "name") or None, mri if mri.startswith("29:") else None


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
    found: Any = activity
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""
