"""Sync of Slack: the policy's channels, their members, and whether we can post there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog

from connectors.errors import GiveUp, TryAgain
from connectors.slack.errors import error_for
from core.platforms import SLACK
from core.policy import Policy
from scheduler.deliver.addresses import find_person, save_person
from scheduler.services import Services
from scheduler.sync.policy_people import people_named_in
from store.people.channels import Channel
from store.transaction import Transaction

if TYPE_CHECKING:  # loaded where Slack is set up
    from connectors.slack.people import SlackChannel, SlackPeople, SlackPerson

log = structlog.get_logger()

MOST_READ_SINGLY = 40
"""People; for more the whole workspace is listed, 200 a call."""
NO_ROLE = "They are deactivated in Slack, a guest there, or of another company: none of these has a role."
NAME_ANOTHER = "Name somebody else in policy.yaml, or make them a full member of the workspace."


@dataclass(frozen=True, slots=True)
class ChannelCheck:
    """A channel name of the policy, resolved. `problem` is a sentence when we can't post there."""

    name: str
    ref: str | None
    problem: str | None


async def sync_slack_people(services: Services) -> None:
    """Update channels, members and people; every 15 minutes and at the start.

    What can't be read now stays as it was. The parked rows of a channel that works again are unparked.
    """
    if services.people is None:
        return
    try:
        members_by_channel = await _sync_channels(services, services.people)
        await _find_policy_people(services, services.people)
        read_refs = await _sync_persons(
            services, services.people, await services.store.read(_relevant_people, members_by_channel)
        )
        for channel, members in members_by_channel.items():
            await services.store.run(_save_members, channel, members, read_refs)
    except (TryAgain, GiveUp) as trouble:
        log.warning("Slack's people can't be read", why=trouble.message, remedy=trouble.remedy)


async def _sync_channels(services: Services, people: SlackPeople) -> dict[str, set[str]]:
    """Returns the members of each channel that can be posted to, by their Slack ids.

    They are saved later, once it is known which of them belong to our own company.
    """
    names = _channel_names(services.policy)
    known = await services.store.read(_known_channels)
    members_by_channel: dict[str, set[str]] = {}
    for one in await _find_channels(services, people, names, known):
        await services.store.run(_save_channel, one, services.now())
        if one.problem is not None:
            log.warning("channel can't be posted to", channel=one.name, why=one.problem)
        elif one.ref is not None:
            place = partial(services.rate_limiter.wait_for_lookup, "conversations.members")
            with services.rate_limiter.shared_rest("conversations.members"):
                members_by_channel[one.ref] = set(await people.list_members(one.ref, place))
    return members_by_channel


async def _find_channels(
    services: Services, people: SlackPeople, names: Iterable[str], known: dict[str, Channel]
) -> list[ChannelCheck]:
    """By id when it is known, which survives a renaming; else all channels are listed once."""
    found: list[ChannelCheck] = []
    unknown: set[str] = set()
    for name in names:
        ref = _ref_of(name, known)
        if ref is None:
            unknown.add(name)
            continue
        await services.rate_limiter.wait_for_lookup("conversations.info")
        try:
            with services.rate_limiter.shared_rest("conversations.info"):
                found.append(_check_channel(name, await people.get_channel(ref)))
        except GiveUp:
            unknown.add(name)
    if unknown:
        place = partial(services.rate_limiter.wait_for_lookup, "conversations.list")
        with services.rate_limiter.shared_rest("conversations.list"):
            by_name = {f"#{channel.name}": channel async for channel in people.list_channels(place)}
        found += [_check_channel(name, by_name.get(name)) for name in sorted(unknown)]
    return found


def _check_channel(name: str, channel: SlackChannel | None) -> ChannelCheck:
    """Whether the bot can post there, with the same sentence as a refusal would have."""
    if channel is None:
        return ChannelCheck(name, None, _sentence("channel_not_found"))
    if channel.is_archived:
        return ChannelCheck(name, channel.ref, _sentence("is_archived"))
    if not channel.has_bot:
        return ChannelCheck(name, channel.ref, _sentence("not_in_channel"))
    return ChannelCheck(name, channel.ref, None)


def _sentence(code: str) -> str:
    refusal = error_for(code)
    return f"{refusal.message} {refusal.remedy}"


async def _find_policy_people(services: Services, people: SlackPeople) -> None:
    """Find the people whom the policy names: they can act only once they are known by their address.

    With Teams connected they may be there only: the sync of Teams warns of people whom neither platform
    knows.
    """
    for handle in sorted(people_named_in(services.policy)):
        try:
            person = await find_person(services, people, handle)
        except GiveUp as refusal:
            say = log.warning if services.teams is None else log.debug
            say("person of the policy", person=handle, why=refusal.message, remedy=refusal.remedy)
        else:
            if not person.is_active:
                log.warning("person of the policy", person=handle, why=NO_ROLE, remedy=NAME_ANOTHER)


async def _sync_persons(services: Services, people: SlackPeople, refs: set[str]) -> set[str]:
    """Save names, addresses, time zones and deactivations. Returns the people who were read, without bots."""
    persons = [person for person in await _read_persons(services, people, refs) if not person.is_bot]
    for person in persons:
        await services.store.run(save_person, person)
    return {person.ref for person in persons}


async def _read_persons(services: Services, people: SlackPeople, refs: set[str]) -> list[SlackPerson]:
    """The workspace's list may omit people of other companies who share a channel with us."""
    if len(refs) <= MOST_READ_SINGLY:
        return await _read_each(services, people, sorted(refs))
    place = partial(services.rate_limiter.wait_for_lookup, "users.list")
    with services.rate_limiter.shared_rest("users.list"):
        found = [person async for person in people.list_people(place) if person.ref in refs]
    missing = await services.store.read(_unknown_first, refs - {person.ref for person in found})
    return found + await _read_each(services, people, missing[:MOST_READ_SINGLY])


async def _read_each(services: Services, people: SlackPeople, refs: Iterable[str]) -> list[SlackPerson]:
    found = []
    for ref in refs:
        await services.rate_limiter.wait_for_lookup("users.info")
        try:
            with services.rate_limiter.shared_rest("users.info"):
                found.append(await people.get_person(ref))
        except GiveUp as refusal:
            log.warning("person can't be read", person=ref, why=refusal.message, remedy=refusal.remedy)
    return found


def _channel_names(policy: Policy) -> list[str]:
    return list(dict.fromkeys(queue.slack_channel for queue in policy.queues.values() if queue.slack_channel))


def _ref_of(name: str, known: dict[str, Channel]) -> str | None:
    if not name.startswith("#"):
        return name
    return known[name].ref if name in known else None


def _known_channels(tx: Transaction) -> dict[str, Channel]:
    return {channel.name: channel for channel in tx.channels.list()}


def _relevant_people(tx: Transaction, members_by_channel: dict[str, set[str]]) -> set[str]:
    """People who are or were in a channel of the policy, and those whom it names."""
    met = (tx.people.find_by_handle(handle) for handle in people_named_in(tx.policy))
    named = {person.slack_ref for person in met if person is not None and person.slack_ref is not None}
    return named.union(
        *members_by_channel.values(), *(tx.people.list_members(channel) for channel in members_by_channel)
    )


def _unknown_first(tx: Transaction, refs: set[str]) -> list[str]:
    return sorted(refs, key=lambda ref: (tx.people.find_by_ref(SLACK, ref) is not None, ref))


def _save_channel(tx: Transaction, found: ChannelCheck, now: datetime) -> None:
    """Save the channel; once its problem is gone, unpark its rows."""
    before = tx.channels.find(found.name)
    tx.channels.save(found.name, found.ref, found.problem)
    if before is not None and before.problem is not None and found.problem is None:
        unparked = tx.outbox.unpark(f"slack:{found.name}", now)
        log.info("channel can be posted to again", channel=found.name, unparked=unparked)


def _save_members(tx: Transaction, ref: str, members: set[str], read_refs: set[str]) -> None:
    """A new member counts only once their profile was read, so that a guest is known as one."""
    tx.people.set_members(ref, members & read_refs.union(tx.people.list_members(ref)))
