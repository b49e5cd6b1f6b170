"""Changes to the workspace that tests make without the bot: archive, revoke, deactivate, inject faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox import company
from sandbox.slack.errors import SlackError
from sandbox.slack.interactions import send_event, verify_url
from sandbox.slack.web_api.people import describe
from sandbox.slack.workspace import Channel
from sandbox.world import Args, World


async def apply_admin_action(world: World, wanted: Args) -> dict[str, Any]:
    """Run `{"do": verb, ...}`; without `do`, add a fault for coming calls."""
    verb = wanted.get("do")
    if verb is None:
        return _add_fault(world, wanted)
    if verb == "refresh_sockets":
        await world.slack.sockets.disconnect_all("refresh_requested")
        return {"ok": True}
    if verb == "verify_url":
        problem = (await verify_url(world)).problem
        return {"ok": False, "problem": problem} if problem else {"ok": True}
    if verb not in ACTIONS:
        raise SlackError(f"no_such_mischief: {verb}")
    ACTIONS[verb](world, wanted)
    return {"ok": True}


def _add_fault(world: World, wanted: Args) -> dict[str, Any]:
    try:
        world.slack.faults.add(wanted)
    except TypeError as error:
        raise SlackError(f"no_such_fault: {error}") from None
    return {"ok": True, "waiting": len(world.slack.faults.pending)}


def _channel(world: World, wanted: Args) -> Channel:
    return world.slack.workspace.get_channel(str(wanted["channel"]))


def _archive(world: World, channel: Channel, *, is_archived: bool) -> None:
    channel.is_archived = is_archived
    world.slack.workspace.publish_channel(channel)
    kind = "channel_archive" if is_archived else "channel_unarchive"
    send_event(world, {"type": kind, "channel": channel.id, "user": "U0DANA"})


def _move_member(world: World, wanted: Args, *, is_in: bool) -> None:
    """Add a person to a channel or remove them; `user` left out means the bot."""
    channel, user = _channel(world, wanted), str(wanted.get("user") or company.BOT_USER)
    if (user in channel.members) == is_in:
        return
    if is_in:
        channel.members.append(user)
    else:
        channel.members.remove(user)
    world.slack.workspace.publish_channel(channel)
    kind = "member_joined_channel" if is_in else "member_left_channel"
    event = {"type": kind, "user": user, "channel": channel.id, "channel_type": "C"}
    send_event(world, event | {"team": company.TEAM_ID})


def _set_user_active(world: World, user: str, *, is_active: bool) -> None:
    if company.find_person(user) is None:
        raise SlackError("user_not_found")
    (world.slack.workspace.inactive.discard if is_active else world.slack.workspace.inactive.add)(user)
    changed = describe(world, user)
    world.stream.publish("person", id=user, is_active=is_active)
    send_event(world, {"type": "user_change", "user": changed, "cache_ts": int(world.clock.now())})


def _set_token_revoked(world: World, *, is_revoked: bool) -> None:
    world.slack.is_token_revoked = is_revoked
    if is_revoked:
        send_event(world, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [company.BOT_USER]}})


def _set_strict_rates(world: World, *, is_strict: bool) -> None:
    world.slack.limiter.is_strict = is_strict


ACTIONS: dict[str, Callable[[World, Args], None]] = {
    "archive_channel": lambda world, wanted: _archive(world, _channel(world, wanted), is_archived=True),
    "unarchive_channel": lambda world, wanted: _archive(world, _channel(world, wanted), is_archived=False),
    "remove_member": lambda world, wanted: _move_member(world, wanted, is_in=False),
    "add_member": lambda world, wanted: _move_member(world, wanted, is_in=True),
    "deactivate_user": lambda world, wanted: _set_user_active(world, str(wanted["user"]), is_active=False),
    "reactivate_user": lambda world, wanted: _set_user_active(world, str(wanted["user"]), is_active=True),
    "revoke_token": lambda world, _: _set_token_revoked(world, is_revoked=True),
    "restore_token": lambda world, _: _set_token_revoked(world, is_revoked=False),
    "remove_scope": lambda world, wanted: world.slack.scopes.discard(str(wanted["scope"])),
    "add_scope": lambda world, wanted: world.slack.scopes.add(str(wanted["scope"])),
    "finish_late": lambda world, _: world.slack.faults.finish.set(),
    "strict_rates": lambda world, wanted: _set_strict_rates(world, is_strict=bool(wanted.get("on", True))),
}
