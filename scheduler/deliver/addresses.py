"""Outbox addresses, resolved to conversations.

`slack:#name`, `slack:C0…` and `teams:19:…` are channels; `person:…` is a person's chat with the bot, by our
id or by the policy's name for them (e-mail address, Slack or Entra id). What was found is saved.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import structlog

from connectors.errors import GiveUp
from core.person import Person
from core.platforms import SLACK, TEAMS
from scheduler.deliver.platforms import connected_platforms, known_person, not_connected_error, platforms_of
from scheduler.rate_limits import NEW_CHATS, RateLimiter
from scheduler.services import Services
from store.people.teams_conversations import PERSONAL, Conversation
from store.transaction import Transaction

if TYPE_CHECKING:  # loaded where Slack is set up
    from connectors.slack.people import SlackPeople, SlackPerson

log = structlog.get_logger()

_CHANNEL_REF = re.compile(r"[CG][A-Z0-9]{2,}")
_MEMBER_REF = re.compile(r"[UW][A-Z0-9]{2,}")


async def find_channel(services: Services, address: str) -> str:
    """The id of the conversation. Raises TryAgain or GiveUp."""
    kind, _, name = address.partition(":")
    if kind == "person":
        return await _find_preferred_chat(services, name)
    if kind == TEAMS or _CHANNEL_REF.fullmatch(name):
        return name
    known = await services.store.read(_known_channel, name)
    if known is not None:
        return known
    return await _look_for_channel(services, _require_slack(services), name)


async def find_personal_chat(services: Services, handle: str, platform: str) -> str:
    """A person's chat on this platform. Raises TryAgain; GiveUp, also when they aren't known there."""
    if platform == TEAMS:
        return await _find_teams_chat(services, handle)
    return await _find_dm(services, _require_slack(services), handle)


async def find_person(services: Services, people: SlackPeople, handle: str) -> Person:
    """The person of the address, who must be known to Slack. Raises TryAgain or GiveUp."""
    known = await services.store.read(known_person, handle)
    if known is not None and known.slack_ref is not None:
        return known
    name = known.email if known is not None and known.email else handle.removeprefix("slack:")
    found = await _look_up_person(services.rate_limiter, people, name)
    if found is None:
        raise GiveUp(
            f"Nobody in Slack has the address {handle}.",
            "Correct it in policy.yaml, or put the person's Slack id there.",
            is_whole_lane=True,
        )
    return await services.store.run(save_person, found)


def save_person(tx: Transaction, found: SlackPerson) -> Person:
    """Update what we know of a person; our id for them stays."""
    return tx.people.link_account(
        SLACK, found.ref, name=found.name, email=found.email, zone=found.zone, is_active=found.is_active
    )


async def _find_preferred_chat(services: Services, handle: str) -> str:
    """The chat on the platform where they last acted, else where they are known; else a search in Slack.

    When no chat can be opened there, because they removed the app, the other platform is tried.
    """
    platforms = connected_platforms(services)
    places = await services.store.read(_preferred_platforms, handle, platforms)
    *first, last = places or platforms[:1] or (SLACK,)
    for platform in first:
        try:
            return await find_personal_chat(services, handle, platform)
        except GiveUp as refusal:
            log.info("no chat there", person=handle, platform=platform, why=refusal.message)
    return await find_personal_chat(services, handle, last)


def _preferred_platforms(tx: Transaction, handle: str, platforms: tuple[str, ...]) -> tuple[str, ...]:
    """Teams comes last for people who removed the bot from their chat and haven't come back."""
    known = known_person(tx, handle)
    if known is None:
        return ()
    places = platforms_of(known, platforms)
    if known.teams_ref is not None and tx.conversations.has_closed(known.teams_ref):
        return tuple(sorted(places, key=lambda platform: platform == TEAMS))
    return places


def _require_slack(services: Services) -> SlackPeople:
    if services.people is None:
        raise not_connected_error(SLACK)
    return services.people


async def _find_dm(services: Services, people: SlackPeople, handle: str) -> str:
    person = await find_person(services, people, handle)
    known = await services.store.read(_known_dm, person.id)
    if known is not None:
        return known
    await services.rate_limiter.wait_for_lookup("conversations.open")
    with services.rate_limiter.shared_rest("conversations.open"):
        opened = await people.open_dm(str(person.slack_ref))
    await services.store.run(_save_dm, person.id, opened)
    return opened


async def _find_teams_chat(services: Services, handle: str) -> str:
    """The chat that they began or that was opened before, else a new one. Raises TryAgain or GiveUp.

    Teams can't look people up by e-mail address: only people who have written to the bot, or are in a team
    that has it, are known.
    """
    if services.teams is None:
        raise not_connected_error(TEAMS)
    ref = await services.store.read(_teams_ref, handle)
    if ref is None:
        raise GiveUp(
            f"Nobody in Teams is known as {handle}.",
            "Add them to a team that has the Ombud app, or correct the name in policy.yaml.",
            is_whole_lane=True,
        )
    known = await services.store.read(_known_teams_chat, ref)
    if known is not None:
        return known
    await services.rate_limiter.wait_for_new_chat()
    with services.rate_limiter.shared_rest(NEW_CHATS):
        opened = await services.teams.people.open_chat(ref)
    await services.store.run(_save_teams_chat, opened, ref)
    return opened


async def _look_up_person(rate_limiter: RateLimiter, people: SlackPeople, handle: str) -> SlackPerson | None:
    if _MEMBER_REF.fullmatch(handle):
        await rate_limiter.wait_for_lookup("users.info")
        with rate_limiter.shared_rest("users.info"):
            return await people.get_person(handle)
    await rate_limiter.wait_for_lookup("users.lookupByEmail")
    with rate_limiter.shared_rest("users.lookupByEmail"):
        return await people.find_by_email(handle)


async def _look_for_channel(services: Services, people: SlackPeople, name: str) -> str:
    place = partial(services.rate_limiter.wait_for_lookup, "conversations.list")
    with services.rate_limiter.shared_rest("conversations.list"):
        async for channel in people.list_channels(place):
            if channel.name == name.removeprefix("#"):
                await services.store.run(_save_channel, name, channel.ref)
                return channel.ref
    raise GiveUp(
        f"There is no channel {name}, or it is private and the bot isn't in it.",
        "Check its name in policy.yaml, and invite the bot there with /invite @Ombud.",
        is_whole_lane=True,
    )


def _known_channel(tx: Transaction, name: str) -> str | None:
    return tx.channels.find_ref(name)


def _save_channel(tx: Transaction, name: str, ref: str) -> None:
    tx.channels.save(name, ref)


def _known_dm(tx: Transaction, person_id: str) -> str | None:
    return tx.people.find_dm_ref(person_id)


def _save_dm(tx: Transaction, person_id: str, ref: str) -> None:
    tx.people.set_dm_ref(person_id, ref)


def _teams_ref(tx: Transaction, handle: str) -> str | None:
    person = known_person(tx, handle)
    return None if person is None else person.teams_ref


def _known_teams_chat(tx: Transaction, ref: str) -> str | None:
    chat = tx.conversations.find_personal(ref)
    return None if chat is None else chat.ref


def _save_teams_chat(tx: Transaction, chat_ref: str, person_ref: str) -> None:
    """Save the opened chat; when the person writes in it, what Teams sends replaces this row.

    A chat that could be opened exists, whatever we knew of it before.
    """
    known = tx.conversations.find(chat_ref)
    if known is None:
        service_url = tx.conversations.find_service_url(chat_ref) or ""
        known = Conversation(
            ref=chat_ref, kind=PERSONAL, service_url=service_url, reference={}, person_ref=person_ref
        )
    tx.conversations.save(replace(known, person_ref=person_ref, is_removed=False))
