"""Sync of Teams: the policy's channels, their members, and the other people whom it names.

Teams can't look people up by e-mail address. They are read from the rosters of the policy's channels, of the
other teams that have the bot, and from the chats that people have with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog

from connectors.errors import GiveUp, TryAgain
from connectors.teams.errors import shows_in_rosters
from connectors.teams.people import TeamsPeople, TeamsPerson
from core.platforms import TEAMS
from core.policy import Policy
from scheduler.services import Services
from scheduler.sync.policy_people import people_named_in
from store.people.teams_conversations import CHANNEL, PERSONAL, Conversation
from store.transaction import Transaction
from store.unpark import unpark_person

log = structlog.get_logger()

MOST_READ_SINGLY = 40
"""People with a personal chat who are in no roster."""
RETRY_MODERATED_EVERY = timedelta(days=1)
BATCH = 100
"""People in one transaction; a large roster must not block the clicks that come meanwhile."""


async def sync_teams_people(services: Services) -> None:
    """Update channels, members and people; every 15 minutes and at the start.

    What can't be read now stays as it was. A person who is in no roster any more stops being a member only:
    they may still be in the company. The parked rows of a channel that works again are unparked.
    """
    if services.teams is None:
        return
    people, seen = services.teams.people, set[str]()
    try:
        results = [
            await _was_read(_sync_channel(services, people, one, seen)) for one in _channels(services.policy)
        ]
        teams = await services.store.read(_other_teams)
        results += [await _was_read(_sync_team(services, people, one, seen)) for one in teams]
        results.append(await _was_read(_sync_chats(services, people, seen)))
    except TryAgain as trouble:
        log.warning("Teams' people can't be read", why=trouble.message, remedy=trouble.remedy)
        return
    if all(results):
        await _warn_of_unknown_people(services)


async def _was_read(reading: Awaitable[None]) -> bool:
    """Whether it was read. A failing roster doesn't stop the others; an error that a person must fix does."""
    try:
        await reading
    except TryAgain as trouble:
        if trouble.remedy is not None:
            raise
        log.warning("Teams' people can't be read for now", why=trouble.message)
        return False
    return True


async def _sync_channel(services: Services, people: TeamsPeople, channel: str, seen: set[str]) -> None:
    try:
        roster = await people.list_members(
            channel, partial(services.rate_limiter.wait_for_lookup, "teams members")
        )
    except GiveUp as refusal:
        problem = f"{refusal.message} {refusal.remedy}"
        log.warning("channel can't be posted to", channel=channel, why=problem)
        await services.store.run(_save_channel, channel, problem, services.now())
        return
    await _save_all(services, roster, seen)
    await services.store.run(_save_members, channel, roster)
    await services.store.run(_save_channel, channel, None, services.now())


async def _sync_team(services: Services, people: TeamsPeople, team: str, seen: set[str]) -> None:
    """From a team without cases, only people count whom we know or the policy names."""
    try:
        roster = await people.list_members(
            team, partial(services.rate_limiter.wait_for_lookup, "teams members")
        )
    except GiveUp as refusal:
        log.info("team can't be read", team=team, why=refusal.message)
        return
    await _save_all(services, await services.store.read(_relevant_people, roster), seen)


async def _sync_chats(services: Services, people: TeamsPeople, seen: set[str]) -> None:
    """Read people who are in no team that has the bot, but have a personal chat with it."""
    found = []
    for chat in await services.store.read(_chats_outside_rosters, seen):
        try:
            roster = await people.list_members(
                chat.ref, partial(services.rate_limiter.wait_for_lookup, "teams members")
            )
        except GiveUp as refusal:
            log.info("chat can't be read", chat=chat.ref, why=refusal.message)
            continue
        found += [one for one in roster if one.ref == chat.person_ref]
    await _save_all(services, found, seen)


async def _save_all(services: Services, persons: Iterable[TeamsPerson], seen: set[str]) -> None:
    """Each person once a run, in the same order in every process, so that two can't deadlock."""
    new = sorted((one for one in persons if one.ref not in seen), key=lambda one: one.ref)
    for begin in range(0, len(new), BATCH):
        await services.store.run(_save_persons, new[begin : begin + BATCH], services.now())
    seen |= {one.ref for one in new}


async def _warn_of_unknown_people(services: Services) -> None:
    """Warn about people of the policy whom no platform knows: they can neither act nor be told anything."""
    where = "in a team of Teams" if services.people is None else "in Slack or in a team of Teams"
    for handle in await services.store.read(_unknown_people):
        log.warning(
            "person of the policy",
            person=handle,
            why=f"Nobody {where} that has Ombud is known by this name.",
            remedy="Correct it in policy.yaml, or add them to such a team; guests have no role.",
        )


def _channels(policy: Policy) -> list[str]:
    return list(dict.fromkeys(queue.teams_channel for queue in policy.queues.values() if queue.teams_channel))


def _other_teams(tx: Transaction) -> list[str]:
    """One roster of a team is enough: its first channel has all members."""
    teams = {one.team_ref for one in tx.conversations.list(CHANNEL) if one.team_ref}
    return sorted(teams - set(_channels(tx.policy)))


def _relevant_people(tx: Transaction, roster: list[TeamsPerson]) -> list[TeamsPerson]:
    named = {handle.casefold() for handle in people_named_in(tx.policy)}
    return [
        one
        for one in roster
        if one.ref in named
        or (one.email is not None and one.email.casefold() in named)
        or tx.people.find_by_ref("teams", one.ref) is not None
    ]


def _chats_outside_rosters(tx: Transaction, seen: set[str]) -> list[Conversation]:
    """First those whose owner has no e-mail address yet: by it they may turn out to be a manager."""
    chats = [one for one in tx.conversations.list(PERSONAL) if one.person_ref and one.person_ref not in seen]
    return sorted(chats, key=lambda chat: _has_address(tx, chat))[:MOST_READ_SINGLY]


def _has_address(tx: Transaction, chat: Conversation) -> bool:
    person = tx.people.find_by_ref("teams", str(chat.person_ref))
    return person is not None and (person.email is not None or not person.is_active)


def _save_persons(tx: Transaction, persons: list[TeamsPerson], now: datetime) -> None:
    """Save people; guests as inactive, only so that their messages can be shown with a name.

    A person whose e-mail address is new gets the rows that were parked because the address was unknown.
    """
    for one in persons:
        before = tx.people.find_by_ref("teams", one.ref)
        person = tx.people.link_account(
            "teams", one.ref, name=one.name, email=one.email, is_active=not one.is_guest, mri=one.mri or None
        )
        if person.is_active and (before is None or before.email is None) and person.email is not None:
            unpark_person(tx, person, now)


def _save_members(tx: Transaction, channel: str, roster: list[TeamsPerson]) -> None:
    """An empty roster means that it wasn't read: a channel always has an owner."""
    if roster:
        tx.people.set_members(channel, {one.ref for one in roster if not one.is_guest})


def _save_channel(tx: Transaction, channel: str, problem: str | None, now: datetime) -> None:
    """Save the channel; once its problem is gone, unpark its rows.

    A channel may be readable and yet refuse posts, which only an attempt shows: it is retried once a day, or
    managers would be alerted all day long.
    """
    before, address = tx.channels.find(channel), f"{TEAMS}:{channel}"
    known = before.problem if before is not None else None
    if known is not None and problem is None and not shows_in_rosters(known):
        since = tx.outbox.find_parked_since(address)
        if since is not None and now - since < RETRY_MODERATED_EVERY:
            return
    tx.channels.save(channel, channel, problem)
    if known is not None and problem is None:
        unparked = tx.outbox.unpark(address, now)
        log.info("channel can be posted to again", channel=channel, unparked=unparked)


def _unknown_people(tx: Transaction) -> list[str]:
    found = ((handle, tx.people.find_by_handle(handle)) for handle in sorted(people_named_in(tx.policy)))
    return [
        handle for handle, person in found if person is None or not (person.slack_ref or person.teams_ref)
    ]
