"""Responses of the bot through a response_url, and to slash commands, applied to the channel."""

from __future__ import annotations

from aiohttp import web

from sandbox import company
from sandbox.slack.errors import SlackError
from sandbox.slack.response_urls import ResponseTarget
from sandbox.slack.schema.blocks import problems_of_message
from sandbox.slack.web_api.arguments import read_args
from sandbox.slack.web_api.chat import bot_message
from sandbox.slack.workspace import Channel
from sandbox.world import WORLD, Args, World


async def handle_response_url(request: web.Request) -> web.Response:
    """`/actions/{key}`: a response to an earlier interaction; at most five within 30 minutes."""
    world = request.app[WORLD]
    place = world.slack.response_urls.targets.get(request.match_info["key"])
    try:
        args = await read_args(request)
    except SlackError:
        return web.Response(status=400, text="invalid_payload")
    if place is None:
        return web.Response(status=404, text="no_such_url")
    problems = problems_of_message(args) if args.get("blocks") else []
    answer = {"ok": place.use() and not problems}
    status = 200 if answer["ok"] else 400 if problems else 404
    text = "ok" if answer["ok"] else "invalid_blocks" if problems else "expired_url"
    logged = {"ok": answer["ok"], "error": None if answer["ok"] else text}
    world.calls.add(at=world.clock.now(), method="response_url", args=args, status=status, answer=logged)
    if answer["ok"]:
        apply_response(world, place, args)
    return web.Response(status=status, text=text)


def apply_response(world: World, place: ResponseTarget, answer: Args) -> None:
    """Apply a response sent to a response_url, or the immediate response to a command."""
    channel = world.slack.workspace.get_channel(place.channel)
    if answer.get("delete_original") or answer.get("replace_original"):
        _change_original(world, channel, place, answer)
        return
    if not (answer.get("text") or answer.get("blocks") or answer.get("attachments")):
        return
    message = bot_message(answer)
    thread_ts = answer.get("thread_ts") or place.thread_ts
    if thread_ts:
        message["thread_ts"] = thread_ts
    if answer.get("response_type") == "in_channel":
        world.slack.workspace.add(channel, message)
    else:
        world.slack.workspace.add_ephemeral(channel, place.user, message)


def _change_original(world: World, channel: Channel, place: ResponseTarget, answer: Args) -> None:
    ts = place.message_ts or ""
    messages = channel.whispers if place.is_whisper else channel.messages
    if ts not in messages:
        return
    if answer.get("delete_original"):
        if place.is_whisper:
            world.slack.workspace.remove_ephemeral(channel, ts)
        else:
            world.slack.workspace.remove(channel, ts)
        return
    message = messages[ts]
    message.pop("blocks", None)
    message |= {key: answer[key] for key in ("text", "blocks", "attachments") if answer.get(key)}
    if not place.is_whisper:
        message["edited"] = {"user": company.BOT_USER, "ts": f"{world.clock.now():.6f}"}
    world.slack.workspace.publish_message(
        channel, message, "whisper" if place.is_whisper else "message_changed"
    )
