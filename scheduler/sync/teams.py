"""Who is on Teams as the policy means them: its channels, their members, and whom else it names?

Teams finds nobody by an address. Who is there is read from the rosters of the policy's channels, of the other
teams that have the bot, and from the chats that people have with it.
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
"""People in chats of their own, who stand in no roster."""
RETRY_MODERATED_EVERY = timedelta(days=1)
BATCH = 100
"""People; a large roster shares the database with those who click meanwhile."""


async def sync_teams_people(tools: Services) -> None:
    """Bring channels, members and persons up to date; every 15 minutes and at the start.

    What Teams doesn't tell now stays as it was, and who is in no roster any more is only no member: they may
    still be in the company. A channel that can be posted to again gets what was parked.
    """
    if tools.teams is None:
        return
    people, met = tools.teams.people, set[str]()
    try:
        tried = [await _was_read(_sync_channel(tools, people, one, met)) for one in _channels(tools.policy)]
        teams = await tools.store.read(_other_teams)
        tried += [await _was_read(_sync_team(tools, people, one, met)) for one in teams]
        tried.append(await _was_read(_sync_chats(tools, people, met)))
    except TryAgain as trouble:
        log.warning("Teams' people can't be read", why=trouble.message, remedy=trouble.remedy)
        return
    if all(tried):
        await _warn_of_unknown_people(tools)


async def _was_read(reading: Awaitable[None]) -> bool:
    """Whether it was read. One roster that fails holds up no other; what a person must mend ends it all."""
    try:
        await reading
    except TryAgain as trouble:
        if trouble.remedy is not None:
            raise
        log.warning("Teams' people can't be read for now", why=trouble.message)
        return False
    return True


async def _sync_channel(tools: Services, people: TeamsPeople, channel: str, met: set[str]) -> None:
    try:
        roster = await people.list_members(
            channel, partial(tools.rate_limiter.wait_for_lookup, "teams members")
        )
    except GiveUp as refusal:
        problem = f"{refusal.message} {refusal.remedy}"
        log.warning("channel can't be posted to", channel=channel, why=problem)
        await tools.store.run(_save_channel, channel, problem, tools.now())
        return
    await _save_all(tools, roster, met)
    await tools.store.run(_save_members, channel, roster)
    await tools.store.run(_save_channel, channel, None, tools.now())


async def _sync_team(tools: Services, people: TeamsPeople, team: str, met: set[str]) -> None:
    """Of a team where no cases hang, only those count whom we know or the policy names."""
    try:
        roster = await people.list_members(team, partial(tools.rate_limiter.wait_for_lookup, "teams members"))
    except GiveUp as refusal:
        log.info("team can't be read", team=team, why=refusal.message)
        return
    await _save_all(tools, await tools.store.read(_relevant_people, roster), met)


async def _sync_chats(tools: Services, people: TeamsPeople, met: set[str]) -> None:
    """Who is in no team that has the bot, but has it for themselves."""
    found = []
    for chat in await tools.store.read(_chats_outside_rosters, met):
        try:
            roster = await people.list_members(
                chat.ref, partial(tools.rate_limiter.wait_for_lookup, "teams members")
            )
        except GiveUp as refusal:
            log.info("chat can't be read", chat=chat.ref, why=refusal.message)
            continue
        found += [one for one in roster if one.ref == chat.person_ref]
    await _save_all(tools, found, met)


async def _save_all(tools: Services, persons: Iterable[TeamsPerson], met: set[str]) -> None:
    """Each person once a round, in an order that two processes share."""
    new = sorted((one for one in persons if one.ref not in met), key=lambda one: one.ref)
    for begin in range(0, len(new), BATCH):
        await tools.store.run(_save_persons, new[begin : begin + BATCH], tools.now())
    met |= {one.ref for one in new}


async def _warn_of_unknown_people(tools: Services) -> None:
    """Those whom no platform knows can't act, nor be told anything."""
    where = "in a team of Teams" if tools.people is None else "in Slack or in a team of Teams"
    for handle in await tools.store.read(_unknown_people):
        log.warning(
            "person of the policy",
            person=handle,
            why=f"Nobody {where} that has Ombud is known by this name.",
            remedy="Correct it in policy.yaml, or add them to such a team; guests have no role.",
        )


def _channels(policy: Policy) -> list[str]:
    return list(dict.fromkeys(queue.teams_channel for queue in policy.queues.values() if queue.teams_channel))


def _other_teams(tx: Transaction) -> list[str]:
    """One of a team's rosters is enough: its first channel has everybody."""
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


def _chats_outside_rosters(tx: Transaction, met: set[str]) -> list[Conversation]:
    """First those whose owner has no address yet, by which they may turn out to be a manager."""
    chats = [one for one in tx.conversations.list(PERSONAL) if one.person_ref and one.person_ref not in met]
    return sorted(chats, key=lambda chat: _has_address(tx, chat))[:MOST_READ_SINGLY]


def _has_address(tx: Transaction, chat: Conversation) -> bool:
    person = tx.people.find_by_ref("teams", str(chat.person_ref))
    return person is not None and (person.email is not None or not person.is_active)


def _save_persons(tx: Transaction, persons: list[TeamsPerson], now: datetime) -> None:
    """Guests are somebody whose words can be shown, and nothing more. Whoever turns out to be somebody of the
    policy gets what was parked for want of them."""
    for one in persons:
        before = tx.people.find_by_ref("teams", one.ref)
        person = tx.people.link_account(
            "teams", one.ref, name=one.name, email=one.email, is_active=not one.is_guest, mri=one.mri or None
        )
        if person.is_active and (before is None or before.email is None) and person.email is not None:
            unpark_person(tx, person, now)


def _save_members(tx: Transaction, channel: str, roster: list[TeamsPerson]) -> None:
    """A channel that is empty was not read: somebody always owns it."""
    if roster:
        tx.people.set_members(channel, {one.ref for one in roster if not one.is_guest})


def _save_channel(tx: Transaction, channel: str, problem: str | None, now: datetime) -> None:
    """Once a channel is mended, everything that was parked for it is sent.

    Where it can be read and yet not be posted to, only trying tells: once a day, or managers would hear of it
    all day long.
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
