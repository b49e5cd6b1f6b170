"""What people do in Slack: press, submit, close, use commands and shortcuts; each is sent to the bot."""

from __future__ import annotations

from typing import Any

from sandbox.slack.errors import SlackError
from sandbox.slack.forms import action_of, find_control, validation_errors, values_of
from sandbox.slack.interactions import Reply, send_command, send_event, send_interaction
from sandbox.slack.payloads import channel_name, command_form, interaction, message_container
from sandbox.slack.response_urls import ResponseTarget
from sandbox.slack.responses import apply_response
from sandbox.slack.views import View
from sandbox.slack.web_api.views import checked_view
from sandbox.slack.workspace import Channel, Message
from sandbox.world import Args, World

Answer = dict[str, Any]


async def press(world: World, wanted: Args) -> Answer:
    """Use a control on a message (`channel`, `ts`), in a modal or on the App Home (`view_id`).

    `value` is what was chosen; `values` what else is filled in there.
    """
    user = str(wanted["user"])
    surface, where = _find_surface(world, user, wanted)
    found = find_control(surface.get("blocks") or [], wanted["action_id"], wanted.get("block_id"))
    if found is None:
        raise SlackError("no_such_control")
    block, element = found
    raw = dict(wanted.get("values") or {})
    if wanted.get("value") is not None:
        raw[f"{block['block_id']}/{element['action_id']}"] = wanted["value"]
    state = {"values": values_of(surface["blocks"], raw)}
    now = f"{world.clock.now():.6f}"
    action = action_of(block, element, wanted.get("value"), action_ts=now)
    if "view_id" in wanted:
        surface = _with_state(surface, state)
        where["view"] = surface
    payload = interaction("block_actions", user, **where, state=state, actions=[action])
    return _result_of(await send_interaction(world, payload))


async def submit(world: World, wanted: Args) -> Answer:
    """Send the modal on top of a person's screen; returns `errors` by block when it was refused."""
    user = str(wanted["user"])
    view = _top_view(world, user, wanted.get("view_id"))
    values = values_of(view["blocks"], wanted.get("values") or {})
    errors = validation_errors(view["blocks"], values)
    if errors:
        return {"ok": False, "errors": errors}
    filled = _with_state(view, {"values": values})
    trigger_id = world.slack.views.new_trigger(user, view["id"])
    reply = await send_interaction(
        world, interaction("view_submission", user, trigger_id=trigger_id, view=filled, response_urls=[])
    )
    if reply.problem:
        return _result_of(reply)
    return _apply_response_action(world, user, view, reply.body)


async def close_view(world: World, wanted: Args) -> Answer:
    user = str(wanted["user"])
    everything = bool(wanted.get("everything")) or bool(_top_view(world, user, None).get("clear_on_close"))
    for view in world.slack.views.close(user, everything=everything):
        if view.get("notify_on_close"):
            await send_interaction(world, interaction("view_closed", user, view=view, is_cleared=everything))
    return {"ok": True}


async def command(world: World, wanted: Args) -> Answer:
    """A slash command with its text, typed in a channel."""
    user, channel = str(wanted["user"]), world.slack.workspace.get_channel(wanted["channel"])
    place = ResponseTarget(channel.id, user, None, is_whisper=True)
    named = channel_name(channel.id, channel.name, is_im=channel.is_im)
    form = command_form(
        user,
        named,
        command=wanted["command"],
        text=wanted.get("text", ""),
        trigger_id=world.slack.views.new_trigger(user),
        response_url=world.slack.response_urls.create(place),
    )
    reply = await send_command(world, form)
    if reply.body:
        apply_response(world, place, {"text": reply.body} if isinstance(reply.body, str) else reply.body)
    return _result_of(reply)


async def use_shortcut(world: World, wanted: Args) -> Answer:
    """A shortcut from a message's menu."""
    user, channel = str(wanted["user"]), world.slack.workspace.get_channel(wanted["channel"])
    message = world.slack.workspace.get_message(channel, wanted["ts"])
    place = ResponseTarget(channel.id, user, message["ts"], is_whisper=False)
    payload = interaction(
        "message_action",
        user,
        callback_id=wanted["callback_id"],
        trigger_id=world.slack.views.new_trigger(user),
        response_url=world.slack.response_urls.create(place),
        message_ts=message["ts"],
        channel=channel_name(channel.id, channel.name, is_im=channel.is_im),
        message=message,
        action_ts=f"{world.clock.now():.6f}",
    )
    return _result_of(await send_interaction(world, payload))


async def suggest(world: World, wanted: Args) -> Answer:
    """Ask the bot for the options of an external menu."""
    user = str(wanted["user"])
    surface, where = _find_surface(world, user, wanted)
    found = find_control(surface.get("blocks") or [], wanted["action_id"], wanted.get("block_id"))
    if found is None:
        raise SlackError("no_such_control")
    block, element = found
    asked = {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": wanted.get("value", ""),
    }
    reply = await send_interaction(world, interaction("block_suggestion", user, **where, **asked))
    offered = reply.body if isinstance(reply.body, dict) else {}
    return _result_of(reply) | {
        "options": offered.get("options", []),
        "groups": offered.get("option_groups", []),
    }


def open_home(world: World, wanted: Args) -> Answer:
    user = str(wanted["user"])
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": user,
        "channel": world.slack.workspace.open_im(user).id,
        "tab": "home",
    }
    if user in world.slack.views.homes:
        event["view"] = world.slack.views.homes[user]
    send_event(world, event)
    return {"ok": True}


def _find_surface(world: World, user: str, wanted: Args) -> tuple[dict[str, Any], dict[str, Any]]:
    """The message or view that holds the control, and the part of the payload that names it."""
    if wanted.get("view_id"):
        home = world.slack.views.homes.get(user)
        is_home = home is not None and home["id"] == wanted["view_id"]
        view = home if is_home and home is not None else _top_view(world, user, wanted["view_id"])
        trigger_id = world.slack.views.new_trigger(user, None if is_home else view["id"])
        where = {"container": {"type": "view", "view_id": view["id"]}, "view": view, "trigger_id": trigger_id}
        return view, where
    channel = world.slack.workspace.get_channel(wanted["channel"])
    message = _find_visible_message(channel, user, wanted["ts"])
    is_whisper = bool(message.get("is_ephemeral"))
    place = ResponseTarget(channel.id, user, message["ts"], is_whisper, _thread_of(message))
    return message, {
        "container": message_container(channel.id, message),
        "channel": channel_name(channel.id, channel.name, is_im=channel.is_im),
        "message": message,
        "trigger_id": world.slack.views.new_trigger(user),
        "response_url": world.slack.response_urls.create(place),
    }


def _find_visible_message(channel: Channel, user: str, ts: str) -> Message:
    whisper = channel.whispers.get(ts)
    if whisper is not None and whisper["to"] == user:
        return whisper
    if ts not in channel.messages or user not in channel.members:
        raise SlackError("message_not_found")
    return channel.messages[ts]


def _top_view(world: World, user: str, view_id: str | None) -> View:
    stack = world.slack.views.stacks.get(user) or []
    if not stack or view_id not in (None, stack[-1]["id"]):
        raise SlackError("not_found")
    return stack[-1]


def _with_state(view: View, state: dict[str, Any]) -> View:
    view["state"] = state
    return view


def _apply_response_action(world: World, user: str, view: View, body: Any) -> Answer:
    """Apply the bot's `response_action` to a submitted modal: errors, update, push, clear; none closes it."""
    answer = body if isinstance(body, dict) else {}
    wanted = answer.get("response_action")
    if wanted == "errors":
        return {"ok": False, "errors": answer.get("errors", {})}
    if wanted == "update":
        world.slack.views.update(checked_view(answer, "modal"), view_id=view["id"], external_id="", hash_="")
    elif wanted == "push":
        world.slack.views.push(user, checked_view(answer, "modal"))
    else:
        world.slack.views.close(user, everything=wanted == "clear")
    return {"ok": True}


def _result_of(reply: Reply) -> Answer:
    return {"ok": False, "problem": reply.problem} if reply.problem else {"ok": True}


def _thread_of(message: Message) -> str | None:
    """The thread that a message replies to; None for a message in the channel, even if it began a thread."""
    thread_ts = message.get("thread_ts")
    return thread_ts if thread_ts != message["ts"] else None
