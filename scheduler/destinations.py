"""Which conversation on the platform does an address mean?

`slack:#name` and `slack:C0…` are channels; `person:…` is somebody's own chat with the bot, by our id or by a
name of the policy (e-mail address, Slack id). What was found out once is kept.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from connectors.errors import GiveUp
from connectors.slack_people import SlackPeople, SlackPerson
from connectors.slack_posts import SlackPosts
from core.person import Person
from scheduler.lanes import Gate
from scheduler.tools import Tools
from store.transaction import Transaction

_CHANNEL_REF = re.compile(r"[CG][A-Z0-9]{2,}")
_MEMBER_REF = re.compile(r"[UW][A-Z0-9]{2,}")


def slack_of(tools: Tools, address: str) -> tuple[SlackPosts, SlackPeople]:
    """Raises GiveUp when the platform of the address isn't connected."""
    platform = address.partition(":")[0]
    if platform in ("slack", "person") and tools.posts is not None and tools.people is not None:
        return tools.posts, tools.people
    name = "Teams" if platform == "teams" else "Slack"
    raise GiveUp(
        f"{name} isn't connected.",
        f"Connect {name}, or take its channels out of policy.yaml.",
        is_whole_lane=True,
    )


async def find_channel(tools: Tools, address: str) -> str:
    """The id of the conversation. Raises TryAgain or GiveUp."""
    _, people = slack_of(tools, address)
    kind, _, name = address.partition(":")
    if kind == "person":
        return await _find_dm(tools, people, name)
    if _CHANNEL_REF.fullmatch(name):
        return name
    known = await tools.store.read(_known_channel, name)
    if known is not None:
        return known
    return await _look_for_channel(tools, people, name)


async def find_person(tools: Tools, people: SlackPeople, handle: str) -> Person:
    """Whom the address means, who must be known to Slack. Raises TryAgain or GiveUp."""
    known = await tools.store.read(_known_person, handle)
    if known is not None and known.slack_ref is not None:
        return known
    found = await _ask_for_person(tools.gate, people, handle.removeprefix("slack:"))
    if found is None:
        raise GiveUp(
            f"Nobody in Slack has the address {handle}.",
            "Correct it in policy.yaml, or put the person's Slack id there.",
            is_whole_lane=True,
        )
    return await tools.store.run(keep_person, found)


def keep_person(tx: Transaction, found: SlackPerson) -> Person:
    """Bring what we know of a person up to date; our id for them stays."""
    person = replace(
        tx.people.meet("slack", found.ref, found.name),
        name=found.name,
        email=found.email,
        zone=found.zone,
        is_active=found.is_active,
    )
    tx.people.save(person)
    return person


async def _find_dm(tools: Tools, people: SlackPeople, handle: str) -> str:
    person = await find_person(tools, people, handle)
    known = await tools.store.read(_known_dm, person.id)
    if known is not None:
        return known
    await tools.gate.look_up("conversations.open")
    opened = await people.open_dm(str(person.slack_ref))
    await tools.store.run(_keep_dm, person.id, opened)
    return opened


async def _ask_for_person(gate: Gate, people: SlackPeople, handle: str) -> SlackPerson | None:
    if _MEMBER_REF.fullmatch(handle):
        await gate.look_up("users.info")
        return await people.get_person(handle)
    await gate.look_up("users.lookupByEmail")
    return await people.find_by_email(handle)


async def _look_for_channel(tools: Tools, people: SlackPeople, name: str) -> str:
    async for channel in people.list_channels(partial(tools.gate.look_up, "conversations.list")):
        if channel.name == name.removeprefix("#"):
            await tools.store.run(_keep_channel, name, channel.ref)
            return channel.ref
    raise GiveUp(
        f"There is no channel {name}, or it is private and the bot isn't in it.",
        "Check its name in policy.yaml, and invite the bot there with /invite @Ombud.",
        is_whole_lane=True,
    )


def _known_channel(tx: Transaction, name: str) -> str | None:
    return tx.channels.channel_id(name)


def _keep_channel(tx: Transaction, name: str, ref: str) -> None:
    tx.channels.set_channel(name, ref)


def _known_person(tx: Transaction, handle: str) -> Person | None:
    return tx.people.find(handle) or tx.people.find_by_handle(handle)


def _known_dm(tx: Transaction, person_id: str) -> str | None:
    return tx.people.dm_ref(person_id)


def _keep_dm(tx: Transaction, person_id: str, ref: str) -> None:
    tx.people.set_dm_ref(person_id, ref)
