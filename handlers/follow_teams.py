"""Teams' updates about conversations and members: where the bot is, who has come or gone, channels' names.

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
from handlers.teams_update import TeamsUpdate
from store.people.teams_conversations import PERSONAL, Conversation
from store.transaction import Transaction
from store.unpark import unpark_person


def follow_update(tx: Transaction, update: TeamsUpdate, now: datetime) -> bool:
    """Store what the update tells. Returns whether a team's members should be read anew.

    It adds no member to a channel: only a roster says who is a guest. Members who have left a team are
    removed from its channels at once.
    """
    if update.sender is not None:
        tx.people.update_profile(TEAMS, update.sender.ref, name=update.sender.name, mri=update.sender.mri)
    conversation = None if update.is_bot_removed else _conversation_to_save(tx, update)
    if conversation is not None:
        tx.conversations.save(conversation)
        _unpark_messages(tx, conversation, update, now)
    if not update.is_change:
        return False
    if update.is_bot_removed:
        _remove_bot(tx, update)
    if update.is_channel_deleted and update.channel_ref is not None:
        tx.conversations.remove(update.channel_ref, update.sent_at)
        tx.people.set_members(update.channel_ref, ())
    _remove_leavers(tx, update)
    return not update.is_bot_removed


def would_change(tx: Transaction, update: TeamsUpdate) -> bool:
    """Whether `follow_update` would write anything: to be asked in a read, before a write is begun."""
    if update.is_change:
        return True
    sender = update.sender
    known = tx.people.find_by_ref(TEAMS, sender.ref) if sender else None
    if sender and known and tx.people.is_profile_change(known, TEAMS, name=sender.name, mri=sender.mri):
        return True
    return _conversation_to_save(tx, update) is not None


def _conversation_to_save(tx: Transaction, update: TeamsUpdate) -> Conversation | None:
    """The conversation with what was known of it before; None where nothing is new."""
    told = update.conversation
    if told is None:
        return None
    known = tx.conversations.find(told.ref)
    if known is None:
        return None if update.is_from_extension else told
    if known.is_removed and told.changed_at <= known.changed_at:
        return None
    told = replace(
        told,
        kind=known.kind if update.is_kind_guessed else told.kind,
        reference=_merged(known.reference, told.reference),
        team_ref=told.team_ref or known.team_ref,
        person_ref=told.person_ref or known.person_ref,
    )
    is_later_install = update.is_bot_added and told.changed_at > known.changed_at
    return told if told != known or is_later_install else None


def _unpark_messages(tx: Transaction, chat: Conversation, update: TeamsUpdate, now: datetime) -> None:
    """Send what was parked for a person while they didn't have the app, now that they install it again."""
    if chat.kind == PERSONAL and chat.person_ref and update.is_bot_added:
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


def _remove_bot(tx: Transaction, update: TeamsUpdate) -> None:
    """The bot is in this conversation no longer, nor in any channel of its team."""
    if update.team_ref is not None:
        tx.conversations.remove_team(update.team_ref, update.sent_at)
    told = update.conversation
    if told is None:
        return
    if tx.conversations.find(told.ref) is None:
        tx.conversations.save(replace(told, is_removed=True))
    tx.conversations.remove(told.ref, update.sent_at)


def _remove_leavers(tx: Transaction, update: TeamsUpdate) -> None:
    channels = list(_channels_left(tx, update)) if update.removed_members else []
    for ref in update.removed_members:
        for channel in channels:
            tx.people.remove_member(channel, ref.casefold())


def _channels_left(tx: Transaction, update: TeamsUpdate) -> Iterator[str]:
    """The channels that the removed members have left: those of the team, and those whose team isn't known
    yet, whose rosters the next sync reads anew."""
    if update.is_channel_membership and update.channel_ref:
        yield update.channel_ref
    elif not update.team_ref:
        yield update.conversation_ref
    else:
        for queue in tx.policy.queues.values():
            known = tx.conversations.find(queue.teams_channel) if queue.teams_channel else None
            if queue.teams_channel and (known is None or known.team_ref in (None, update.team_ref)):
                yield queue.teams_channel
