"""Changes to Teams that tests make without the bot: outages, channels, members, keys, injected faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.teams import company
from sandbox.teams.activities import event
from sandbox.teams.connector.dispatch import FAULTS
from sandbox.teams.errors import bad_request
from sandbox.teams.send_activity import send_in_background
from sandbox.teams.workspace import Conversation
from sandbox.world import Args, World

PARTS = ("connector", "login", "keys")


async def apply_admin_action(world: World, wanted: Args) -> dict[str, Any]:
    """Run `{"do": verb, ...}`; without `do`, add a fault for coming calls:
    `{"error": "429", "method": "teams.post", "channel": …, "times": 2, "retry_after": 1}`."""
    verb = wanted.get("do")
    if verb is None:
        return _add_fault(world, wanted)
    if verb not in ACTIONS:
        raise bad_request(f"no_such_mischief: {verb}")
    ACTIONS[verb](world, wanted)
    return {"ok": True}


def _add_fault(world: World, wanted: Args) -> dict[str, Any]:
    if wanted.get("error") not in FAULTS:
        raise bad_request(f"no_such_fault: one of {', '.join(FAULTS)}")
    try:
        world.teams.faults.add(wanted)
    except TypeError as error:
        raise bad_request(f"no_such_fault: {error}") from None
    return {"ok": True, "waiting": len(world.teams.faults.pending)}


def _set_down(world: World, wanted: Args) -> None:
    """`{"do": "down", "part": "connector", "on": true}`."""
    part = str(wanted.get("part") or "connector")
    if part not in PARTS:
        raise bad_request(f"part must be one of {', '.join(PARTS)}")
    (world.teams.down.add if wanted.get("on", True) else world.teams.down.discard)(part)


def _remove_bot(world: World, wanted: Args) -> None:
    """Remove the bot without telling it; `"on": false` adds it again."""
    conversation = _conversation(world, wanted)
    silent = world.teams.without_bot
    (silent.add if wanted.get("on", True) else silent.discard)(conversation.id)


def _delete_channel(world: World, wanted: Args) -> None:
    conversation = _conversation(world, wanted)
    if conversation.is_personal or conversation.id == company.GENERAL:
        raise bad_request("Only a channel other than General can be deleted.")
    del world.teams.workspace.conversations[conversation.id]
    world.teams.workspace.publish_conversation(conversation, is_gone=True)
    _send_channel_event(world, conversation, "channelDeleted")


def _rename_channel(world: World, wanted: Args) -> None:
    conversation = _conversation(world, wanted)
    conversation.name = str(wanted["name"])
    world.teams.workspace.publish_conversation(conversation)
    _send_channel_event(world, conversation, "channelRenamed")


def _send_channel_event(world: World, conversation: Conversation, what: str) -> None:
    team = world.teams.workspace.get_conversation(company.GENERAL)
    sent = event(world, "conversationUpdate", company.DANA, team, event_type=what)
    sent["channelData"]["channel"] = {"id": conversation.id, "name": conversation.name}
    send_in_background(world, sent)


def _move_member(world: World, wanted: Args, *, is_in: bool) -> None:
    """Add a person (`person`) to the team or remove them."""
    known, members = company.find_person(str(wanted["person"])), world.teams.workspace.members
    if known is None or (known.id in members) == is_in:
        return
    (members.append if is_in else members.remove)(known.id)
    for channel in world.teams.workspace.channels():
        world.teams.workspace.publish_conversation(channel)
    team = world.teams.workspace.get_conversation(company.GENERAL)
    change = "membersAdded" if is_in else "membersRemoved"
    moved = {change: [{"id": known.mri, "aadObjectId": known.id}]}
    kind = "teamMemberAdded" if is_in else "teamMemberRemoved"
    send_in_background(
        world, event(world, "conversationUpdate", company.DANA, team, event_type=kind, **moved)
    )


def _rename_person(world: World, wanted: Args) -> None:
    """Teams sends no event: rosters and new messages have the new name."""
    world.teams.workspace.names[str(wanted["person"])] = str(wanted["name"])


def _set_strict_rates(world: World, wanted: Args) -> None:
    world.teams.limiter.is_strict = bool(wanted.get("on", True))


def _shorten_tokens(world: World, wanted: Args) -> None:
    world.teams.token_seconds = int(wanted.get("seconds", 3599))


def _conversation(world: World, wanted: Args) -> Conversation:
    return world.teams.workspace.get_conversation(str(wanted["conversation"]))


ACTIONS: dict[str, Callable[[World, Args], None]] = {
    "down": _set_down,
    "remove_bot": _remove_bot,
    "delete_channel": _delete_channel,
    "rename_channel": _rename_channel,
    "remove_member": lambda world, wanted: _move_member(world, wanted, is_in=False),
    "add_member": lambda world, wanted: _move_member(world, wanted, is_in=True),
    "rename_person": _rename_person,
    "rotate_keys": lambda world, _: world.teams.channel_keys.rotate(),
    "rotate_entra_keys": lambda world, _: world.teams.entra_keys.rotate(),
    "token_seconds": _shorten_tokens,
    "strict_rates": _set_strict_rates,
}
