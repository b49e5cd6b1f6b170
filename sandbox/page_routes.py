"""Routes under /sandbox/ that the pages and the tests call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from sandbox import company
from sandbox.demo import customers, invoices
from sandbox.mail import replies
from sandbox.slack import actions, admin, manifest, messages
from sandbox.slack.errors import SlackError
from sandbox.slack.workspace import channel_json
from sandbox.teams.errors import TeamsError
from sandbox.world import WORLD, Args, World

Action = Callable[[World, Args], Awaitable[dict[str, Any]]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def json_route(work: Action) -> Handler:
    """Handler of a JSON route: a refusal becomes `{"ok": false, "problem": sentence}` with status 400."""

    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            wanted = orjson.loads(await request.read() or b"{}")
            return _json(await work(request.app[WORLD], wanted))
        except SlackError as error:
            more = (error.more.get("response_metadata") or {}).get("messages", [])
            return _json({"ok": False, "problem": " ".join([error.code, *more])}, 400)
        except TeamsError as error:
            return _json({"ok": False, "problem": str(error)}, 400)
        except (KeyError, ValueError) as error:
            return _json({"ok": False, "problem": f"{type(error).__name__}: {error}"}, 400)

    return handler


async def get_workspace(request: web.Request) -> web.Response:
    """The state that the Slack page shows when it opens."""
    world = request.app[WORLD]
    inactive = world.slack.workspace.inactive
    return _json(
        {
            "team": company.TEAM_NAME,
            "bot": {"user": company.BOT_USER, "name": "Ombud", "url": world.settings.bot_url},
            "people": [_person(one, is_active=one.id not in inactive) for one in company.PEOPLE],
            "channels": [
                channel_json(one)
                | {"messages": list(one.messages.values()), "whispers": list(one.whispers.values())}
                for one in world.slack.workspace.channels.values()
            ],
            "reads": world.slack.workspace.reads,
            "stacks": world.slack.views.stacks,
            "homes": world.slack.views.homes,
            "clock": clock_json(world),
            "status": world.supervisor.status(),
            "progress": world.progress,
            "has_mail": bool(world.settings.mail_port),
            "has_teams": world.settings.has_teams,
            "customers": customers.list_customers(world),
            "shortcuts": [{"callback_id": id_, "name": name} for id_, name in manifest.SHORTCUTS],
            "commands": [{"name": name, "examples": examples} for name, examples in manifest.COMMANDS],
            "reasons": [
                {"id": id_, "label": label, "evidence": kind} for id_, label, kind in company.REASONS
            ],
        }
    )


async def list_messages(request: web.Request) -> web.Response:
    """`/sandbox/channels/{id}/messages`: every message, threads too; `?user=` adds their ephemeral ones."""
    channel = request.app[WORLD].slack.workspace.find_channel(request.match_info["id"])
    if channel is None:
        raise web.HTTPNotFound(text="There is no such channel.")
    user = request.query.get("user")
    whispers = [one for one in channel.whispers.values() if one["to"] == user]
    return _json({"messages": list(channel.messages.values()), "whispers": whispers})


async def list_calls(request: web.Request) -> web.Response:
    """`/sandbox/calls?since=ID&method=NAME`: the API calls of the bot, oldest first."""
    query = request.query
    found = request.app[WORLD].calls.since(int(query.get("since", 0)), query.get("method"))
    return _json({"calls": found})


async def stream_events(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    try:
        await response.write(b": welcome\n\n")
        async for line in request.app[WORLD].stream.listen():
            await response.write(line)
    except ConnectionError:
        pass
    return response


async def post_message(world: World, wanted: Args) -> dict[str, Any]:
    return messages.post_message(world, wanted)


async def open_home(world: World, wanted: Args) -> dict[str, Any]:
    return actions.open_home(world, wanted)


async def mark_read(world: World, wanted: Args) -> dict[str, Any]:
    world.slack.workspace.mark_read(wanted["user"], wanted["channel"], wanted["ts"])
    return {"ok": True}


async def dismiss(world: World, wanted: Args) -> dict[str, Any]:
    world.slack.workspace.remove_ephemeral(world.slack.workspace.get_channel(wanted["channel"]), wanted["ts"])
    return {"ok": True}


async def clock(world: World, wanted: Args) -> dict[str, Any]:
    """`{"add_hours": 4}`, `{"set": "2026-03-02T09:30:00+01:00"}`, or nothing to read it."""
    if "add_hours" in wanted:
        world.clock.add(float(wanted["add_hours"]) * 3600)
    if "set" in wanted:
        world.clock.set_to(datetime.fromisoformat(wanted["set"]).astimezone())
    world.stream.publish("clock", clock=clock_json(world))
    return {"ok": True, **clock_json(world)}


async def bot(world: World, wanted: Args) -> dict[str, Any]:
    """`{"do": "start|stop|kill|restart|status"}`."""
    if wanted.get("do", "status") != "status":
        await world.supervisor.control(str(wanted["do"]))
    return {"ok": True, **world.supervisor.status()}


def add_routes(app: web.Application) -> None:
    router = app.router
    router.add_get("/sandbox/workspace", get_workspace)
    router.add_get("/sandbox/channels/{id}/messages", list_messages)
    router.add_get("/sandbox/calls", list_calls)
    router.add_get("/sandbox/stream", stream_events)
    works: dict[str, Action] = {
        "press": actions.press,
        "submit": actions.submit,
        "close": actions.close_view,
        "command": actions.command,
        "shortcut": actions.use_shortcut,
        "suggest": actions.suggest,
        "say": post_message,
        "home": open_home,
        "read": mark_read,
        "dismiss": dismiss,
        "clock": clock,
        "bot": bot,
        "disputes": customers.raise_dispute,
        "link": invoices.make_link,
        "mails": replies.list_mails,
        "mail-reply": replies.reply,
        "mail-write": replies.write,
        "mail-full": replies.fill_mailbox,
        "faults": admin.apply_admin_action,
    }
    for name, work in works.items():
        router.add_post(f"/sandbox/{name}", json_route(work))


def clock_json(world: World) -> dict[str, float]:
    return {"offset": world.clock.offset, "now": world.clock.now()}


def _person(person: company.Person, *, is_active: bool) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "zone": person.zone,
        "email": person.email,
        "is_active": is_active,
    }


def _json(answer: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(answer), status=status, content_type="application/json")
