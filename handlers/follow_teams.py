"""Teams tells where the bot is, who has come or gone and what channels are called: what do we keep of it?

Every activity tells something: the conversation it comes from can be written to, by the address it names.
Activities may come twice or late; each changes nothing the second time, and what is older than what is known
changes nothing at all where their own time shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.platforms import TEAMS
from handlers.teams_activity import (
    UPDATES,
    Activity,
    conversation_ref,
    event_of,
    is_bot_gone,
    is_install,
    kind_of,
    members_of,
    ref_at,
    reference_of,
    sender_of,
    sent_at,
    text_at,
)
from store.people.teams_conversations import PERSONAL, Conversation
from store.transaction import Transaction
from store.unpark import unpark_person

_CHANNEL_IS_GONE = "channelDeleted"
_NOT_WHERE_THE_BOT_IS = "composeExtension/"
"""A search or a message's menu works wherever its user is; that says nothing of the bot."""


def follow_activity(tx: Transaction, activity: Activity, now: datetime) -> bool:
    """Keep up with what the activity tells. Returns whether a team's members should be read anew.

    Nobody is made a channel's member by this: only a roster says who is a guest. Whoever has left a team is
    taken out of its channels at once.
    """
    _update_sender(tx, activity)
    at = sent_at(activity, now)
    is_gone = is_bot_gone(activity)
    told = None if is_gone else _conversation_to_save(tx, activity, at)
    if told is not None:
        tx.conversations.save(told)
        _unpark_messages(tx, told, activity, now)
    if activity.get("type") not in UPDATES:
        return False
    if is_gone:
        _remove_bot(tx, activity, at)
    if event_of(activity) == _CHANNEL_IS_GONE:
        channel = ref_at(activity, "channelData", "channel", "id")
        tx.conversations.remove(channel, at)
        tx.people.set_members(channel, ())
    _remove_leavers(tx, activity)
    return not is_gone


def would_change(tx: Transaction, activity: Activity, now: datetime) -> bool:
    """Whether `follow_activity` would write anything: to be asked in a read, before a write is begun."""
    if activity.get("type") in UPDATES:
        return True
    ref, name, mri = sender_of(activity)
    known = tx.people.find_by_ref(TEAMS, ref) if ref else None
    if known is not None and tx.people.is_profile_change(known, TEAMS, name=name, mri=mri):
        return True
    return _conversation_to_save(tx, activity, sent_at(activity, now)) is not None


def _conversation_to_save(tx: Transaction, activity: Activity, at: datetime) -> Conversation | None:
    """The conversation as it must be kept now; None where nothing is new."""
    told = _conversation_in(activity, at)
    if told is None:
        return None
    known = tx.conversations.find(told.ref)
    if known is None:
        return None if text_at(activity, "name").startswith(_NOT_WHERE_THE_BOT_IS) else told
    if known.is_removed and at <= known.changed_at:
        return None
    told = replace(
        told,
        kind=told.kind if text_at(activity, "conversation", "conversationType") else known.kind,
        reference=_merged(known.reference, told.reference),
        team_ref=told.team_ref or known.team_ref,
        person_ref=told.person_ref or known.person_ref,
    )
    is_later_install = is_install(activity) and at > known.changed_at
    return told if told != known or is_later_install else None


def _conversation_in(activity: Activity, at: datetime) -> Conversation | None:
    ref, service_url = conversation_ref(activity), ref_at(activity, "serviceUrl")
    if not ref or not service_url:
        return None
    kind = kind_of(activity, ref)
    is_personal = kind == PERSONAL
    return Conversation(
        ref=ref,
        kind=kind,
        service_url=service_url,
        reference=reference_of(activity, ref, is_personal=is_personal),
        team_ref=ref_at(activity, "channelData", "team", "id") or None,
        person_ref=sender_of(activity)[0].casefold() or None if is_personal else None,
        changed_at=at,
    )


def _unpark_messages(tx: Transaction, chat: Conversation, activity: Activity, now: datetime) -> None:
    """Who installs the app again for themselves gets what couldn't be sent meanwhile."""
    if chat.kind == PERSONAL and chat.person_ref and is_install(activity):
        person = tx.people.find_by_ref(TEAMS, chat.person_ref)
        if person is not None:
            unpark_person(tx, person, now)


def _merged(known: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """A message names a team by its id alone: what was told of it before stays."""
    merged = dict(known)
    for name, value in told.items():
        former: Any = merged.get(name)
        is_deep = isinstance(former, dict) and isinstance(value, Mapping)
        merged[name] = _merged(former, value) if is_deep else value
    return merged


def _remove_bot(tx: Transaction, activity: Activity, at: datetime) -> None:
    """The bot is in this conversation no longer, nor in any channel of its team."""
    team = ref_at(activity, "channelData", "team", "id")
    if team:
        tx.conversations.remove_team(team, at)
    told = _conversation_in(activity, at)
    if told is None:
        return
    if tx.conversations.find(told.ref) is None:
        tx.conversations.save(replace(told, is_removed=True))
    tx.conversations.remove(told.ref, at)


def _remove_leavers(tx: Transaction, activity: Activity) -> None:
    gone = [ref_at(member, "aadObjectId") for member in members_of(activity, "membersRemoved")]
    channels = list(_channels_left(tx, activity)) if any(gone) else []
    for ref in filter(None, gone):
        for channel in channels:
            tx.people.remove_member(channel, ref.casefold())


def _channels_left(tx: Transaction, activity: Activity) -> Iterator[str]:
    """The channels that somebody is no longer in: those of the team, and those whose team isn't known yet,
    which the next look at their rosters puts right."""
    team = ref_at(activity, "channelData", "team", "id")
    channel = ref_at(activity, "channelData", "channel", "id")
    if event_of(activity).startswith("channelMember") and channel:
        yield channel
    elif not team:
        yield conversation_ref(activity)
    else:
        for queue in tx.policy.queues.values():
            known = tx.conversations.find(queue.teams_channel) if queue.teams_channel else None
            if queue.teams_channel and (known is None or known.team_ref in (None, team)):
                yield queue.teams_channel


def _update_sender(tx: Transaction, activity: Activity) -> None:
    ref, name, mri = sender_of(activity)
    if ref:
        tx.people.update_profile(TEAMS, ref, name=name, mri=mri)
