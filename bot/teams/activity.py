"""Reader of Teams activities: the one place that knows their JSON.

No shape is trusted: a field of another type than documented counts as missing, and nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from handlers.teams_update import TeamsSender, TeamsUpdate
from store.people.teams_conversations import CHANNEL, GROUP, PERSONAL, Conversation

Activity = Mapping[str, Any]
EMPTY_OBJECT: Mapping[str, Any] = {}
UTC_ZONE = "UTC"
_CHANGES = ("conversationUpdate", "installationUpdate")
_KINDS = {"personal": PERSONAL, "channel": CHANNEL, "groupChat": GROUP}
_STORED_CHANNEL_DATA = ("tenant", "team", "channel")
_TEAM_DELETED = ("teamDeleted", "teamHardDeleted")
_ID = re.compile(r"[\x21-\x7e]{1,300}")
_LONGEST_NAME = 200


def object_at(thing: object, *path: str) -> Mapping[str, Any]:
    """The object at this path; an empty one when there is none."""
    found = _value_at(thing, path)
    return found if isinstance(found, Mapping) else EMPTY_OBJECT


def objects_at(thing: object, *path: str) -> list[Mapping[str, Any]]:
    """The objects of the list at this path."""
    found = _value_at(thing, path)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def text_at(thing: object, *path: str) -> str:
    """The text at this path; an empty one when there is none."""
    found = _value_at(thing, path)
    return found if isinstance(found, str) else ""


def id_at(thing: object, *path: str) -> str:
    """The id or address at this path: one word of plain characters, or nothing."""
    found = text_at(thing, *path)
    return found if _ID.fullmatch(found) else ""


def is_change(activity: Activity) -> bool:
    """Whether it is sent because somebody or something came, went or was renamed."""
    return activity.get("type") in _CHANGES


def is_from_bot(activity: Activity) -> bool:
    is_bot = text_at(activity, "from", "role") in ("bot", "skill")
    return is_bot or text_at(activity, "from", "id").startswith("28:")


def is_bot_in(activity: Activity, members: str) -> bool:
    """Whether the bot is among `members`: `membersAdded` or `membersRemoved`."""
    bot = text_at(activity, "recipient", "id")
    return bool(bot) and any(text_at(one, "id") == bot for one in objects_at(activity, members))


def is_personal(activity: Activity) -> bool:
    """Whether it happened in a person's chat with the bot, which only they read."""
    return _kind_of(activity, conversation_ref(activity)) == PERSONAL


def conversation_ref(activity: Activity) -> str:
    """Teams' id of the conversation, without the thread's root (`;messageid=…`)."""
    return id_at(activity, "conversation", "id").partition(";")[0]


def thread_root_of(activity: Activity) -> str | None:
    """The message on top of the thread where it happened; a message on its own is on top of its own. Only
    channels have threads."""
    _, _, root = id_at(activity, "conversation", "id").partition(";messageid=")
    if not root and text_at(activity, "conversation", "conversationType") != "channel":
        return None
    own = id_at(activity, "id") if text_at(activity, "type") == "message" else ""
    return root or id_at(activity, "replyToId") or own or None


def sender_of(activity: Activity) -> TeamsSender | None:
    """The person who did it; None for bots and for people without an Entra id."""
    ref = id_at(activity, "from", "aadObjectId")
    if not ref or is_from_bot(activity):
        return None
    mri = id_at(activity, "from", "id")
    name = text_at(activity, "from", "name").replace("\0", "").strip()[:_LONGEST_NAME]
    return TeamsSender(ref, name or None, mri if mri.startswith("29:") else None)


def person_ref_of(activity: Activity) -> str | None:
    """The Entra id of the person who did it; None for bots and for people without one."""
    sender = sender_of(activity)
    return sender.ref if sender else None


def scoped_key(activity: Activity, name: str) -> str:
    """`name` made unique by person and conversation: an activity's id is unique in its conversation only,
    and anybody can send the nonce of another person's form."""
    scope = f"{conversation_ref(activity)} {person_ref_of(activity) or ''}"
    return f"{sha256(scope.encode()).hexdigest()[:16]}:{name}"


def bot_mentions(activity: Activity) -> list[str]:
    """The texts that mention the bot, told by its id: anybody may bear its name."""
    bot = text_at(activity, "recipient", "id")
    mentions = (one for one in objects_at(activity, "entities") if text_at(one, "type") == "mention")
    return [text_at(one, "text") for one in mentions if bot and text_at(one, "mentioned", "id") == bot]


def time_zone_of(activity: Activity) -> str:
    """The person's time zone, as their client tells it; UTC when it tells none that exists."""
    infos = (one for one in objects_at(activity, "entities") if text_at(one, "type") == "clientInfo")
    zones = text_at(next(infos, EMPTY_OBJECT), "timezone"), text_at(activity, "localTimezone")
    return next((zone for zone in zones if _is_zone(zone)), UTC_ZONE)


def update_of(activity: Activity, now: datetime) -> TeamsUpdate:
    """What the activity tells of places and people, for handlers. `now` stands for a time that isn't told."""
    event = text_at(activity, "channelData", "eventType")
    sent_at, ref = _sent_at(activity, now), conversation_ref(activity)
    removed = (id_at(one, "aadObjectId") for one in objects_at(activity, "membersRemoved"))
    return TeamsUpdate(
        sent_at=sent_at,
        sender=sender_of(activity),
        conversation_ref=ref,
        conversation=_conversation_of(activity, ref, sent_at),
        is_kind_guessed=not text_at(activity, "conversation", "conversationType"),
        is_from_extension=text_at(activity, "name").startswith("composeExtension/"),
        is_change=is_change(activity),
        is_bot_added=text_at(activity, "action").startswith("add") or is_bot_in(activity, "membersAdded"),
        is_bot_removed=_is_bot_removed(activity, event),
        is_channel_deleted=event == "channelDeleted",
        is_channel_membership=event.startswith("channelMember"),
        team_ref=id_at(activity, "channelData", "team", "id") or None,
        channel_ref=id_at(activity, "channelData", "channel", "id") or None,
        removed_members=tuple(filter(None, removed)),
    )


def _conversation_of(activity: Activity, ref: str, sent_at: datetime) -> Conversation | None:
    service_url, kind, sender = id_at(activity, "serviceUrl"), _kind_of(activity, ref), sender_of(activity)
    if not ref or not service_url:
        return None
    return Conversation(
        ref=ref,
        kind=kind,
        service_url=service_url,
        reference=_reference_of(activity, ref, is_personal=kind == PERSONAL),
        team_ref=id_at(activity, "channelData", "team", "id") or None,
        person_ref=sender.ref.casefold() if sender and kind == PERSONAL else None,
        changed_at=sent_at,
    )


def _kind_of(activity: Activity, ref: str) -> str:
    """Teams calls a chat of two people personal too, but its id begins with `19:`, as groups' ids do: it
    isn't the bot's. Without a kind, a team shows that it is a channel; an unknown kind counts as a group."""
    named = text_at(activity, "conversation", "conversationType")
    guessed = CHANNEL if text_at(activity, "channelData", "team", "id") else PERSONAL
    kind = _KINDS.get(named, GROUP) if named else guessed
    return GROUP if kind == PERSONAL and ref.startswith("19:") else kind


def _reference_of(activity: Activity, ref: str, *, is_personal: bool) -> dict[str, Any]:
    """What Teams told of the conversation, as it came: without what differs from message to message, and
    without U+0000, which PostgreSQL can't store."""
    channel_data = object_at(activity, "channelData")
    reference: dict[str, Any] = {
        "channelId": activity.get("channelId"),
        "serviceUrl": activity.get("serviceUrl"),
        "conversation": {**object_at(activity, "conversation"), "id": ref},
        "bot": activity.get("recipient"),
        "channelData": {
            name: channel_data[name] for name in _STORED_CHANNEL_DATA if channel_data.get(name) is not None
        },
    }
    if is_personal:
        reference["user"] = activity.get("from")
    return {name: _storable(value) for name, value in reference.items() if value is not None}


def _is_bot_removed(activity: Activity, event: str) -> bool:
    if activity.get("type") == "installationUpdate":
        return text_at(activity, "action").startswith("remove")
    is_gone = event in _TEAM_DELETED or is_bot_in(activity, "membersRemoved")
    return activity.get("type") == "conversationUpdate" and is_gone


def _sent_at(activity: Activity, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(text_at(activity, "timestamp"))
    except ValueError:
        return now
    return at if at.tzinfo is not None else now


def _value_at(thing: object, path: tuple[str, ...]) -> object:
    for name in path:
        thing = thing.get(name) if isinstance(thing, Mapping) else None
    return thing


def _storable(thing: Any) -> Any:
    if isinstance(thing, str):
        return thing.replace("\0", "")
    if isinstance(thing, Mapping):
        return {_storable(name): _storable(value) for name, value in thing.items()}
    return [_storable(one) for one in thing] if isinstance(thing, list) else thing


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):
        return False
