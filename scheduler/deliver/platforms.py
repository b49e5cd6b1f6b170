"""Connected chat platforms, and the client and renderer of each."""

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
"""Display names; without another preference the first platform is tried first."""


@dataclass(frozen=True, slots=True)
class ChatClient:
    """One platform's client and renderer."""

    posts: Posts
    render: Callable[[Card], Message]


def chat_client_for(services: Services, conversation_ref: str) -> ChatClient:
    """The client for the conversation's platform. Raises GiveUp when it isn't connected."""
    platform = platform_of(conversation_ref)
    if platform == SLACK and services.posts is not None:
        return ChatClient(services.posts, slack.message)
    if platform == TEAMS and services.teams is not None:
        return ChatClient(services.teams.posts, teams.message)
    raise not_connected_error(platform)


def connected_platforms(services: Services) -> tuple[str, ...]:
    has = {
        SLACK: services.posts is not None and services.people is not None,
        TEAMS: services.teams is not None,
    }
    return tuple(platform for platform in PLATFORM_NAMES if has[platform])


def not_connected_error(platform: str) -> GiveUp:
    name = PLATFORM_NAMES[platform]
    return GiveUp(
        f"{name} isn't connected.",
        f"Connect {name}, or take its channels out of policy.yaml.",
        is_whole_lane=True,
    )


def require_connected(services: Services, address: str) -> None:
    """Raises GiveUp when no connected platform serves the address; a person may be on any of them."""
    kind, platforms = address.partition(":")[0], connected_platforms(services)
    if kind in PLATFORM_NAMES and kind not in platforms:
        raise not_connected_error(kind)
    if not platforms:
        raise GiveUp(
            "Neither Slack nor Teams is connected.",
            "Connect one of them: without it nobody can be told anything.",
            is_whole_lane=True,
        )


def is_on_abandoned_platform(services: Services, address: str) -> bool:
    """Whether it is on a platform that is disconnected and that no queue of the policy uses any more."""
    kind = address.partition(":")[0]
    if kind not in PLATFORM_NAMES or kind in connected_platforms(services):
        return False
    channels = (one for queue in services.policy.queues.values() for one in channels_of(queue))
    return not any(one.startswith(f"{kind}:") for one in channels)


def platforms_of(person: Person, platforms: tuple[str, ...]) -> tuple[str, ...]:
    """Those of these platforms where the person is known, first where they last acted."""
    refs = {SLACK: person.slack_ref, TEAMS: person.teams_ref}
    known = [platform for platform in platforms if refs[platform] is not None]
    return tuple(sorted(known, key=lambda platform: platform != person.chats_on))


def known_person(tx: Transaction, handle: str) -> Person | None:
    """The person of an address, by our id or by the policy's name for them.

    When two accounts were linked, rows may still have the id that was given up.
    """
    known = tx.people.find(handle) or tx.people.find_by_handle(handle)
    platform, _, ref = handle.partition(":")
    if known is None or known.slack_ref or known.teams_ref or platform not in PLATFORM_NAMES:
        return known
    return tx.people.find_by_ref(platform, ref) or known
