"""Which chat platforms are connected, and with what does one speak on each of them?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cards import slack, teams
from cards.views import Card
from connectors.errors import GiveUp
from connectors.posts import Message, Posts
from core.effects import channels_of
from core.person import Person
from core.platforms import SLACK, TEAMS, platform_of
from scheduler.services import Services
from store.transaction import Transaction

PLATFORM_NAMES = {SLACK: "Slack", TEAMS: "Teams"}
"""As people call them; where nothing else decides, the first goes first."""


@dataclass(frozen=True, slots=True)
class ChatClient:
    """How something is said on one platform."""

    posts: Posts
    render: Callable[[Card], Message]


def chat_client_for(tools: Services, conversation_ref: str) -> ChatClient:
    """Of the platform that the conversation is on. Raises GiveUp when it isn't connected."""
    platform = platform_of(conversation_ref)
    if platform == SLACK and tools.posts is not None:
        return ChatClient(tools.posts, slack.message)
    if platform == TEAMS and tools.teams is not None:
        return ChatClient(tools.teams.posts, teams.message)
    raise not_connected_error(platform)


def connected_platforms(tools: Services) -> tuple[str, ...]:
    has = {SLACK: tools.posts is not None and tools.people is not None, TEAMS: tools.teams is not None}
    return tuple(platform for platform in PLATFORM_NAMES if has[platform])


def not_connected_error(platform: str) -> GiveUp:
    name = PLATFORM_NAMES[platform]
    return GiveUp(
        f"{name} isn't connected.",
        f"Connect {name}, or take its channels out of policy.yaml.",
        is_whole_lane=True,
    )


def require_connected(tools: Services, address: str) -> None:
    """Raises GiveUp when nothing can get to the address; a person's may be on any platform."""
    kind, there = address.partition(":")[0], connected_platforms(tools)
    if kind in PLATFORM_NAMES and kind not in there:
        raise not_connected_error(kind)
    if not there:
        raise GiveUp(
            "Neither Slack nor Teams is connected.",
            "Connect one of them: without it nobody can be told anything.",
            is_whole_lane=True,
        )


def is_on_abandoned_platform(tools: Services, address: str) -> bool:
    """Whether it is on a platform that was disconnected and that no queue of the policy talks on any more."""
    kind = address.partition(":")[0]
    if kind not in PLATFORM_NAMES or kind in connected_platforms(tools):
        return False
    channels = (one for queue in tools.policy.queues.values() for one in channels_of(queue))
    return not any(one.startswith(f"{kind}:") for one in channels)


def platforms_of(person: Person, there: tuple[str, ...]) -> tuple[str, ...]:
    """On which of these platforms the person is known: first where they last did something."""
    refs = {SLACK: person.slack_ref, TEAMS: person.teams_ref}
    known = [platform for platform in there if refs[platform] is not None]
    return tuple(sorted(known, key=lambda platform: platform != person.chats_on))


def known_person(tx: Transaction, handle: str) -> Person | None:
    """Whom an address means, by our id or by a name of the policy.

    Who turned out to be one person on both platforms may be written to under an id that was given up.
    """
    known = tx.people.find(handle) or tx.people.find_by_handle(handle)
    platform, _, ref = handle.partition(":")
    if known is None or known.slack_ref or known.teams_ref or platform not in PLATFORM_NAMES:
        return known
    return tx.people.find_by_ref(platform, ref) or known
