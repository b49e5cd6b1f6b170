"""Installing and uninstalling the app, and the activities that tell the bot about it."""

from __future__ import annotations

from typing import Any

from sandbox.teams import company
from sandbox.teams.activities import Activity, bot_account, event
from sandbox.teams.send_activity import send_in_background, send_with_retry
from sandbox.teams.workspace import Conversation
from sandbox.world import Args, World

READY_SECONDS = 60


async def announce_installations(world: World) -> None:
    """Once the bot is up, send it every installation that it has not received yet."""
    while not await world.supervisor.wait_ready(READY_SECONDS):
        pass
    workspace = world.teams.workspace
    for conversation in (workspace.get_conversation(company.GENERAL), *workspace.chats()):
        if conversation.is_installed and not conversation.is_told:
            activities = installation_activities(world, conversation, _installer(conversation), is_in=True)
            conversation.is_told = await send_with_retry(world, *activities)
    world.teams.installations_announced.set()


async def install(world: World, wanted: Args) -> dict[str, Any]:
    return _set_installed(world, wanted, is_in=True)


async def uninstall(world: World, wanted: Args) -> dict[str, Any]:
    return _set_installed(world, wanted, is_in=False)


def installation_activities(
    world: World, conversation: Conversation, by: str, *, is_in: bool
) -> tuple[Activity, ...]:
    """The two activities that Teams sends when an app is installed (`is_in`) or uninstalled."""
    change = "membersAdded" if is_in else "membersRemoved"
    of_team = "teamMemberAdded" if is_in else "teamMemberRemoved"
    event_type = None if conversation.is_personal else of_team
    moved = {change: [{"id": bot_account(world)["id"]}]}
    action = {"action": "add" if is_in else "remove"}
    return (
        event(world, "conversationUpdate", by, conversation, event_type=event_type, **moved),
        event(world, "installationUpdate", by, conversation, event_type=event_type, **action),
    )


def _set_installed(world: World, wanted: Args, *, is_in: bool) -> dict[str, Any]:
    """In a channel this concerns the whole team: the app is in all channels or in none."""
    workspace = world.teams.workspace
    conversation = workspace.get_conversation(str(wanted["conversation"]))
    touched = [conversation] if conversation.is_personal else workspace.channels()
    for one in touched:
        one.is_installed = is_in
        workspace.publish_conversation(one)
    place = conversation if conversation.is_personal else workspace.get_conversation(company.GENERAL)
    place.is_told = is_in
    send_in_background(world, *installation_activities(world, place, _installer(place), is_in=is_in))
    return {"ok": True}


def _installer(conversation: Conversation) -> str:
    return conversation.person or company.DANA
