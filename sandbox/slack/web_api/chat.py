"""The chat.* methods."""

from __future__ import annotations

from typing import Any

from sandbox import company
from sandbox.slack.errors import SlackError, invalid_payload
from sandbox.slack.schema.blocks import MOST_TEXT, lacks_fallback, problems_of_message
from sandbox.slack.web_api.arguments import is_true, required_text
from sandbox.slack.workspace import Channel, Message
from sandbox.world import Args, World

Answer = dict[str, Any]


def post_message(world: World, args: Args) -> Answer:
    channel = _channel_to_write(world, args)
    _refuse_bad(args)
    message = bot_message(args)
    if args.get("metadata"):
        message["metadata"] = args["metadata"]
    thread_ts = args.get("thread_ts")
    if thread_ts:
        if thread_ts not in channel.messages:
            raise SlackError("thread_not_found")
        message["thread_ts"] = str(thread_ts)
        message["parent_user_id"] = channel.messages[str(thread_ts)].get("user")
        if is_true(args, "reply_broadcast"):
            message["subtype"] = "thread_broadcast"
    world.slack.workspace.add(channel, message)
    return {"channel": channel.id, "ts": message["ts"], "message": message, **_warnings(args)}


def update(world: World, args: Args) -> Answer:
    channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    if channel.is_archived:
        raise SlackError("is_archived")
    message = world.slack.workspace.get_message(channel, required_text(args, "ts"))
    if message.get("bot_id") != company.BOT_ID:
        raise SlackError("cant_update_message")
    _refuse_bad(args)
    change_message(world, channel, message, args)
    return {"channel": channel.id, "ts": message["ts"], "text": message.get("text", ""), "message": message}


def change_message(world: World, channel: Channel, message: Message, args: Args) -> None:
    """Replace the given parts of a message; the others stay."""
    for key in ("text", "blocks", "attachments", "metadata"):
        if args.get(key) is not None:
            message[key] = args[key]
    message["edited"] = {"user": company.BOT_USER, "ts": f"{world.clock.now():.6f}"}
    world.slack.workspace.publish_message(channel, message)


def delete(world: World, args: Args) -> Answer:
    channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    message = world.slack.workspace.get_message(channel, required_text(args, "ts"))
    if message.get("bot_id") != company.BOT_ID:
        raise SlackError("cant_delete_message")
    world.slack.workspace.remove(channel, message["ts"])
    return {"channel": channel.id, "ts": message["ts"]}


def post_ephemeral(world: World, args: Args) -> Answer:
    channel = _channel_to_write(world, args)
    user = required_text(args, "user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    _refuse_bad(args)
    message = bot_message(args)
    if args.get("thread_ts"):
        message["thread_ts"] = str(args["thread_ts"])
    world.slack.workspace.add_ephemeral(channel, user, message)
    return {"message_ts": message["ts"], **_warnings(args)}


def unfurl(world: World, args: Args) -> Answer:
    channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    message = world.slack.workspace.get_message(channel, required_text(args, "ts"))
    unfurls = args.get("unfurls") or {}
    for url, shown in unfurls.items():
        if url not in message.get("text", ""):
            raise SlackError("cannot_unfurl_url")
        problems = problems_of_message({"attachments": [shown]})
        if problems:
            raise invalid_payload("cannot_unfurl_message", problems)
    others = [one for one in message.get("attachments", []) if one.get("from_url") not in unfurls]
    shown_now = [{**shown, "from_url": url, "app_unfurl_url": url} for url, shown in unfurls.items()]
    message["attachments"] = others + shown_now
    world.slack.workspace.publish_message(channel, message)
    return {}


def get_permalink(world: World, args: Args) -> Answer:
    channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    message = world.slack.workspace.get_message(channel, required_text(args, "message_ts"))
    link = f"{world.settings.url}/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    thread_ts = message.get("thread_ts", message["ts"])
    if thread_ts != message["ts"]:
        link += f"?thread_ts={thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def bot_message(args: Args) -> Message:
    """A message by the bot, from what it sent."""
    message: Message = {
        "user": company.BOT_USER,
        "bot_id": company.BOT_ID,
        "app_id": company.APP_ID,
        "bot_profile": {"id": company.BOT_ID, "app_id": company.APP_ID, "name": "Ombud"},
        "text": args.get("text") or "",
    }
    for key in ("blocks", "attachments"):
        if args.get(key):
            message[key] = args[key]
    return message


def _channel_to_write(world: World, args: Args) -> Channel:
    channel = world.slack.workspace.get_channel(required_text(args, "channel"))
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.partner in world.slack.workspace.inactive:
        raise SlackError("user_disabled")
    if company.BOT_USER not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _refuse_bad(args: Args) -> None:
    if len(args.get("text") or "") > MOST_TEXT:
        raise SlackError("msg_too_long")
    if not (args.get("text") or args.get("blocks") or args.get("attachments")):
        raise SlackError("no_text")
    problems = problems_of_message(args)
    if problems:
        raise invalid_payload("invalid_blocks", problems)


def _warnings(args: Args) -> Answer:
    if not lacks_fallback(args):
        return {}
    warning = "missing_text_in_message"
    return {"warning": warning, "response_metadata": {"warnings": [warning]}}
