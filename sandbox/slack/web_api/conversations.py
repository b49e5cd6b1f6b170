"""The conversations.* methods."""

from __future__ import annotations

from typing import Any

from sandbox import company
from sandbox.slack.errors import SlackError
from sandbox.slack.web_api.arguments import is_true, paginate, required_text
from sandbox.slack.workspace import Channel, Message
from sandbox.world import Args, World

Answer = dict[str, Any]


def list_all(world: World, args: Args) -> Answer:
    kinds = str(args.get("types") or "public_channel").split(",")
    found = [
        describe(one)
        for one in world.slack.workspace.channels.values()
        if ("im" if one.is_im else "public_channel") in kinds
        and not (is_true(args, "exclude_archived") and one.is_archived)
    ]
    channels, more = paginate(found, args)
    return {"channels": channels, "response_metadata": more}


def list_joined(world: World, args: Args) -> Answer:
    """users.conversations: only those that the bot is a member of."""
    everything: list[dict[str, Any]] = list_all(world, {**args, "limit": 1000, "cursor": ""})["channels"]
    joined, more = paginate([one for one in everything if one["is_im"] or one["is_member"]], args)
    return {"channels": joined, "response_metadata": more}


def info(world: World, args: Args) -> Answer:
    channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    described = describe(channel)
    if is_true(args, "include_num_members"):
        described["num_members"] = len(channel.members)
    return {"channel": described}


def members(world: World, args: Args) -> Answer:
    channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    found, more = paginate(channel.members, args)
    return {"members": found, "response_metadata": more}


def history(world: World, args: Args) -> Answer:
    """Newest first, without replies in threads."""
    channel = _channel_to_read(world, args)
    found = [
        one
        for one in reversed(channel.messages.values())
        if (not _is_reply(one) or one.get("subtype") == "thread_broadcast") and _is_between(one, args)
    ]
    messages, more = paginate(found, args)
    shown = [with_requested_metadata(one, args) for one in messages]
    return {"messages": shown, "has_more": bool(more["next_cursor"]), "response_metadata": more}


def replies(world: World, args: Args) -> Answer:
    """A thread, its parent first, oldest first."""
    channel = _channel_to_read(world, args)
    ts = required_text(args, "ts")
    if ts not in channel.messages:
        raise SlackError("thread_not_found")
    root = channel.messages[ts].get("thread_ts", ts)
    found = [
        one
        for one in channel.messages.values()
        if one["ts"] == root or (one.get("thread_ts") == root and _is_between(one, args))
    ]
    messages, more = paginate(found, args, 1000)
    shown = [with_requested_metadata(one, args) for one in messages]
    return {"messages": shown, "has_more": bool(more["next_cursor"]), "response_metadata": more}


def open_im(world: World, args: Args) -> Answer:
    wanted = str(args.get("users") or "")
    if args.get("channel"):
        channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    elif company.find_person(wanted) is None:
        raise SlackError("user_not_found")
    elif wanted in world.slack.workspace.inactive:
        raise SlackError("user_disabled")
    else:
        channel = world.slack.workspace.open_im(wanted)
    full = describe(channel) if is_true(args, "return_im") else {"id": channel.id}
    return {"channel": full, "already_open": True, "no_op": True}


def join(world: World, args: Args) -> Answer:
    channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    if channel.is_im:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    answer: Answer = {"channel": describe(channel)}
    if company.BOT_USER in channel.members:
        return answer | {"warning": "already_in_channel"}
    channel.members.append(company.BOT_USER)
    world.slack.workspace.publish_channel(channel)
    return {"channel": describe(channel)}


def describe(channel: Channel) -> dict[str, Any]:
    """A channel as Slack's API shows it."""
    described: dict[str, Any] = {
        "id": channel.id,
        "is_im": channel.is_im,
        "is_channel": not channel.is_im,
        "is_archived": channel.is_archived,
        "created": 1_700_000_000,
        "context_team_id": company.TEAM_ID,
    }
    if channel.is_im:
        return described | {"user": channel.partner}
    return described | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_private": False,
        "is_general": channel.id == "C0GENERAL",
        "is_member": company.BOT_USER in channel.members,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "U0DANA", "last_set": 1_700_000_000},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def with_requested_metadata(message: Message, args: Args) -> Message:
    """A message, without its metadata unless `include_all_metadata` is set."""
    if is_true(args, "include_all_metadata"):
        return message
    return {key: value for key, value in message.items() if key != "metadata"}


def _channel_to_read(world: World, args: Args) -> Channel:
    channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    needed = "im:history" if channel.is_im else "channels:history"
    if needed not in world.slack.scopes:
        raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(world.slack.scopes)))
    if company.BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _is_reply(message: Message) -> bool:
    return bool(message.get("thread_ts", message["ts"]) != message["ts"])


def _is_between(message: Message, args: Args) -> bool:
    """Bounds as Slack reads them: exclusive, unless `inclusive` is set."""
    ts = float(message["ts"])
    oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    return oldest <= ts <= latest if is_true(args, "inclusive") else oldest < ts < latest
