"""Checks of the policy against Slack: its channels and people exist, and the bot can work with them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.check.report import CheckGroup, CheckResult
from core.policy import CHANNEL, MANAGER, MANAGERS, MEMBERS_OF_THE_CHANNEL, Policy, Queue

_CHANNELS = CheckGroup("Slack channels")
_PEOPLE = CheckGroup("People")
_PAGE_SIZE = 200
_MAX_PAGES = 50
_UNKNOWN_USER_ERRORS = frozenset({"users_not_found", "user_not_found", "user_not_visible"})
_ROLE_WORDS = frozenset({MEMBERS_OF_THE_CHANNEL, MANAGER, MANAGERS, CHANNEL})

Channel = dict[str, Any]


async def check_channels(
    client: AsyncWebClient, policy: Policy, *, bot_name: str
) -> AsyncIterator[CheckResult]:
    """Check each queue's channel. Raises SlackApiError when Slack refuses the lookup."""
    known = await _channels(client)
    for queue in policy.queues.values():
        if queue.slack_channel is None:
            continue
        channel = known.get(queue.slack_channel)
        result = _channel_problem(queue, channel, bot_name)
        if result is None and channel is not None and queue.resolvers == (MEMBERS_OF_THE_CHANNEL,):
            result = await _check_members(client, queue, channel)
        yield result or _CHANNELS.ok(f"{queue.slack_channel} is there for {queue.name}.")


async def check_people(
    client: AsyncWebClient, policy: Policy, teams_handles: Collection[str] = ()
) -> AsyncIterator[CheckResult]:
    """Check everybody whom the policy names; people of `teams_handles` needn't be in Slack.

    Raises SlackApiError when Slack refuses the lookup.
    """
    found = absent = 0
    roles = _roles_by_handle(policy)
    for handle, named_as in roles.items():
        user = await _find_user(client, handle)
        if user is None and handle in teams_handles:
            absent += 1
            continue
        trouble = _person_problem(user, handle, ", ".join(named_as))
        if trouble is None:
            found += 1
        else:
            yield trouble
    if found + absent == len(roles):
        rest = f", but for {absent} whom Teams knows" if absent else ""
        yield _PEOPLE.ok(f"All {len(roles)} people whom the policy names are in Slack{rest}.")


async def _channels(client: AsyncWebClient) -> dict[str, Channel]:
    """Channels by `#name` and by id: public ones, and private ones that the bot is in."""
    known: dict[str, Channel] = {}
    cursor: str | None = None
    for _ in range(_MAX_PAGES):
        answer = await client.conversations_list(
            types="public_channel,private_channel", exclude_archived=False, limit=_PAGE_SIZE, cursor=cursor
        )
        for channel in answer.get("channels") or ():
            known[str(channel["id"])] = channel
            known[f"#{channel.get('name')}"] = channel
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return known


def _channel_problem(queue: Queue, channel: Channel | None, bot_name: str) -> CheckResult | None:
    """Why cards of the queue can't be posted in its channel; None: they can."""
    name, invite = queue.slack_channel, f"/invite @{bot_name}"
    if channel is None:
        return _CHANNELS.failed(
            f"{name} of {queue.name} doesn't exist, or it is private and Ombud isn't in it.",
            f"Correct its name in policy.yaml, or type {invite} in the channel.",
        )
    if channel.get("is_archived"):
        return _CHANNELS.failed(
            f"{name} of {queue.name} is archived.", "Unarchive it, or name another one in policy.yaml."
        )
    if not channel.get("is_member"):
        return _CHANNELS.failed(f"Ombud isn't in {name} of {queue.name}.", f"Type {invite} in the channel.")
    return None


async def _check_members(client: AsyncWebClient, queue: Queue, channel: Channel) -> CheckResult | None:
    """Where members of the channel may claim, the channel needs a member besides the bot."""
    answer = await client.conversations_members(channel=channel["id"], limit=2)
    if len(answer.get("members") or ()) > 1:
        return None
    return _CHANNELS.warning(
        f"Nobody but Ombud is in {queue.slack_channel}, so nobody can claim a case of {queue.name}.",
        "Invite its resolvers to the channel, or name them in policy.yaml.",
    )


def _roles_by_handle(policy: Policy) -> dict[str, list[str]]:
    """The roles of each named person, by their handle."""
    roles: dict[str, list[str]] = {}
    for handle, role in _handles_with_roles(policy):
        if handle not in _ROLE_WORDS and role not in roles.setdefault(handle, []):
            roles[handle].append(role)
    return roles


def _handles_with_roles(policy: Policy) -> Iterator[tuple[str, str]]:
    for queue in policy.queues.values():
        yield from ((handle, f"manager of {queue.name}") for handle in queue.managers)
        yield from ((handle, f"resolver of {queue.name}") for handle in queue.resolvers)
    for rung in policy.ladder:
        yield from ((handle, "escalation") for handle in rung.tell)
    for digest in policy.digests:
        yield from ((handle, f"digest {digest.id}") for handle in digest.to)


async def _find_user(client: AsyncWebClient, handle: str) -> dict[str, Any] | None:
    """The person's Slack account, or None. By id, deactivated accounts are found too; by address, only
    active ones."""
    try:
        if "@" in handle:
            answer = await client.users_lookupByEmail(email=handle)
        else:
            answer = await client.users_info(user=handle)
    except SlackApiError as refusal:
        if refusal.response.get("error") in _UNKNOWN_USER_ERRORS:
            return None
        raise
    user: dict[str, Any] = answer["user"]
    return user


def _person_problem(user: dict[str, Any] | None, handle: str, role: str) -> CheckResult | None:
    if user is None and "@" in handle:
        return _PEOPLE.failed(
            f"Nobody active in Slack has the address {handle} ({role}).",
            "Correct it in policy.yaml; if the account was deactivated, name somebody else.",
        )
    if user is None:
        return _PEOPLE.failed(
            f"Slack knows nobody with the id {handle} ({role}).", "Correct it in policy.yaml."
        )
    if user.get("deleted"):
        return _PEOPLE.failed(
            f"The Slack account of {handle} is deactivated ({role}).",
            "Name somebody else in policy.yaml, and reassign their cases.",
        )
    if user.get("is_bot"):
        return _PEOPLE.failed(f"{handle} is a bot ({role}).", "Name a person in policy.yaml.")
    return None
