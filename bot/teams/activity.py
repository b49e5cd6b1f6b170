"""What does an activity of Teams say? Nothing here trusts its shape: a wrong one says nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from handlers.teams_activity import conversation_ref, sender_of

Activity = Mapping[str, Any]
EMPTY_OBJECT: Mapping[str, Any] = {}
UTC_ZONE = "UTC"
_REF = re.compile(r"[\x21-\x7e]{1,300}")


def object_at(thing: object, name: str) -> Mapping[str, Any]:
    """The object under this name; an empty one when there is none."""
    found = thing.get(name) if isinstance(thing, Mapping) else None
    return found if isinstance(found, Mapping) else EMPTY_OBJECT


def objects_at(thing: object, name: str) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    found = thing.get(name) if isinstance(thing, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def text_at(thing: object, name: str) -> str:
    found = thing.get(name) if isinstance(thing, Mapping) else None
    return found if isinstance(found, str) else ""


def id_at(thing: object, name: str) -> str:
    """An id: one word of plain characters, or nothing."""
    found = text_at(thing, name)
    return found if _REF.fullmatch(found) else ""


def person_ref_of(activity: Activity) -> str | None:
    """Whose doing it is, by Entra id. Bots and whoever has none are nobody."""
    return sender_of(activity)[0] or None


def name_of(activity: Activity) -> str | None:
    return sender_of(activity)[1]


def thread_root_of(activity: Activity) -> str | None:
    """The message on top of the thread where it happened; a message on its own is on top of its own. Only
    channels have threads."""
    conversation = object_at(activity, "conversation")
    _, _, marked = id_at(conversation, "id").partition(";messageid=")
    if not marked and text_at(conversation, "conversationType") != "channel":
        return None
    own = id_at(activity, "id") if text_at(activity, "type") == "message" else ""
    return marked or id_at(activity, "replyToId") or own or None


def scoped_key(activity: Activity, name: str) -> str:
    """`name` told apart by who did it and where: an activity's id is one of its conversation only, and
    anybody can send the nonce of another's form."""
    doer = f"{conversation_ref(activity)} {person_ref_of(activity) or ''}"
    return f"{sha256(doer.encode()).hexdigest()[:16]}:{name}"


def bot_mentions(activity: Activity) -> list[str]:
    """How the message mentions us, by id: anybody may bear our name."""
    own = text_at(object_at(activity, "recipient"), "id")
    mentions = (one for one in objects_at(activity, "entities") if text_at(one, "type") == "mention")
    return [
        text_at(one, "text") for one in mentions if own and text_at(object_at(one, "mentioned"), "id") == own
    ]


def includes_bot(activity: Activity, members: str) -> bool:
    """Whether we are among `membersAdded`."""
    own = text_at(object_at(activity, "recipient"), "id")
    return bool(own) and any(text_at(one, "id") == own for one in objects_at(activity, members))


def time_zone_of(activity: Activity) -> str:
    """The person's time zone, as their client tells it; UTC when it doesn't."""
    infos = (one for one in objects_at(activity, "entities") if text_at(one, "type") == "clientInfo")
    told = text_at(next(infos, EMPTY_OBJECT), "timezone"), text_at(activity, "localTimezone")
    return next((zone for zone in told if _is_zone(zone)), UTC_ZONE)


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):
        return False
