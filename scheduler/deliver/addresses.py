"""Which conversation does an address mean?

`slack:#name`, `slack:C0…` and `teams:19:…` are channels; `person:…` is somebody's own chat with the bot, by
our id or by a name of the policy (e-mail address, Slack or Entra id). What was found out once is kept.
"""

from __future__ import annotations

import re
from functools import partial

import structlog

from connectors.errors import GiveUp
from connectors.slack.people import SlackPeople, SlackPerson
from core.person import Person
from core.platforms import SLACK, TEAMS
from scheduler.deliver.platforms import connected_platforms, known_person, not_connected_error, platforms_of
from scheduler.rate_limits import RateLimiter
from scheduler.services import Services
from scheduler.teams_chats import find_teams_chat
from store.transaction import Transaction

log = structlog.get_logger()

_CHANNEL_REF = re.compile(r"[CG][A-Z0-9]{2,}")
_MEMBER_REF = re.compile(r"[UW][A-Z0-9]{2,}")


async def find_channel(tools: Services, address: str) -> str:
    """The id of the conversation. Raises TryAgain or GiveUp."""
    kind, _, name = address.partition(":")
    if kind == "person":
        return await _find_preferred_chat(tools, name)
    if kind == TEAMS or _CHANNEL_REF.fullmatch(name):
        return name
    known = await tools.store.read(_known_channel, name)
    if known is not None:
        return known
    return await _look_for_channel(tools, _require_slack(tools), name)


async def find_personal_chat(tools: Services, handle: str, platform: str) -> str:
    """Somebody's own chat on this platform. Raises TryAgain, or GiveUp, also when they aren't known there."""
    if platform == TEAMS:
        return await find_teams_chat(tools, handle)
    return await _find_dm(tools, _require_slack(tools), handle)


async def find_person(tools: Services, people: SlackPeople, handle: str) -> Person:
    """Whom the address means, who must be known to Slack. Raises TryAgain or GiveUp."""
    known = await tools.store.read(known_person, handle)
    if known is not None and known.slack_ref is not None:
        return known
    name = known.email if known is not None and known.email else handle.removeprefix("slack:")
    found = await _look_up_person(tools.rate_limiter, people, name)
    if found is None:
        raise GiveUp(
            f"Nobody in Slack has the address {handle}.",
            "Correct it in policy.yaml, or put the person's Slack id there.",
            is_whole_lane=True,
        )
    return await tools.store.run(save_person, found)


def save_person(tx: Transaction, found: SlackPerson) -> Person:
    """Bring what we know of a person up to date; our id for them stays."""
    return tx.people.link_account(
        SLACK, found.ref, name=found.name, email=found.email, zone=found.zone, is_active=found.is_active
    )


async def _find_preferred_chat(tools: Services, handle: str) -> str:
    """Where they last did something, else where they are known; strangers are looked for in Slack.

    Where no chat with them can be had any more, because they removed the app, it is the other platform.
    """
    there = connected_platforms(tools)
    places = await tools.store.read(_preferred_platforms, handle, there)
    *first, last = places or there[:1] or (SLACK,)
    for platform in first:
        try:
            return await find_personal_chat(tools, handle, platform)
        except GiveUp as refusal:
            log.info("no chat there", person=handle, platform=platform, why=refusal.message)
    return await find_personal_chat(tools, handle, last)


def _preferred_platforms(tx: Transaction, handle: str, there: tuple[str, ...]) -> tuple[str, ...]:
    """Teams comes last for those who took the bot out of their chat and have not come back."""
    known = known_person(tx, handle)
    if known is None:
        return ()
    places = platforms_of(known, there)
    if known.teams_ref is not None and tx.conversations.has_closed(known.teams_ref):
        return tuple(sorted(places, key=lambda platform: platform == TEAMS))
    return places


def _require_slack(tools: Services) -> SlackPeople:
    if tools.people is None:
        raise not_connected_error(SLACK)
    return tools.people


async def _find_dm(tools: Services, people: SlackPeople, handle: str) -> str:
    person = await find_person(tools, people, handle)
    known = await tools.store.read(_known_dm, person.id)
    if known is not None:
        return known
    await tools.rate_limiter.wait_for_lookup("conversations.open")
    opened = await people.open_dm(str(person.slack_ref))
    await tools.store.run(_save_dm, person.id, opened)
    return opened


async def _look_up_person(gate: RateLimiter, people: SlackPeople, handle: str) -> SlackPerson | None:
    if _MEMBER_REF.fullmatch(handle):
        await gate.wait_for_lookup("users.info")
        return await people.get_person(handle)
    await gate.wait_for_lookup("users.lookupByEmail")
    return await people.find_by_email(handle)


async def _look_for_channel(tools: Services, people: SlackPeople, name: str) -> str:
    async for channel in people.list_channels(
        partial(tools.rate_limiter.wait_for_lookup, "conversations.list")
    ):
        if channel.name == name.removeprefix("#"):
            await tools.store.run(_save_channel, name, channel.ref)
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
