"""What does the bot answer through a response_url, and what does that change?"""

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
    """`/actions/{key}`: an answer for later; five in half an hour."""
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
    said = "ok" if answer["ok"] else "invalid_blocks" if problems else "expired_url"
    noted = {"ok": answer["ok"], "error": None if answer["ok"] else said}
    world.calls.add(at=world.clock.now(), method="response_url", args=args, status=status, answer=noted)
    if answer["ok"]:
        apply_response(world, place, args)
    return web.Response(status=status, text=said)


def apply_response(world: World, place: ResponseTarget, answer: Args) -> None:
    """Do what an answer to a response_url, or the immediate answer to a command, asks for."""
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
    kept = channel.whispers if place.is_whisper else channel.messages
    if ts not in kept:
        return
    if answer.get("delete_original"):
        if place.is_whisper:
            world.slack.workspace.remove_ephemeral(channel, ts)
        else:
            world.slack.workspace.remove(channel, ts)
        return
    message = kept[ts]
    message.pop("blocks", None)
    message |= {key: answer[key] for key in ("text", "blocks", "attachments") if answer.get(key)}
    if not place.is_whisper:
        message["edited"] = {"user": company.BOT_USER, "ts": f"{world.clock.now():.6f}"}
    world.slack.workspace.publish_message(
        channel, message, "whisper" if place.is_whisper else "message_changed"
    )
