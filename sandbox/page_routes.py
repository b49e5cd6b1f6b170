"""What can the page and the tests ask of the sandbox itself? Everything under /sandbox/."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from sandbox import company
from sandbox.demo import customers, invoices
from sandbox.keys import WORLD
from sandbox.mail import replies as mail_replies
from sandbox.slack import actions as acts
from sandbox.slack import admin as mischief
from sandbox.slack import manifest
from sandbox.slack import messages as chatter
from sandbox.slack.errors import SlackError
from sandbox.slack.web_api.arguments import Args
from sandbox.slack.workspace import channel_json
from sandbox.teams.errors import TeamsError
from sandbox.world import World

Action = Callable[[World, Args], Awaitable[dict[str, Any]]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def json_route(work: Action) -> Handler:
    """A JSON route: a refusal becomes `{"ok": false, "problem": sentence}` with status 400."""

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


async def workspace(request: web.Request) -> web.Response:
    """All that a page needs to start."""
    world = request.app[WORLD]
    inactive = world.workspace.inactive
    return _json(
        {
            "team": company.TEAM_NAME,
            "bot": {"user": company.BOT_USER, "name": "Ombud", "url": world.settings.bot_url},
            "people": [_person(one, is_active=one.id not in inactive) for one in company.PEOPLE],
            "channels": [
                channel_json(one)
                | {"messages": list(one.messages.values()), "whispers": list(one.whispers.values())}
                for one in world.workspace.channels.values()
            ],
            "reads": world.workspace.reads,
            "stacks": world.views.stacks,
            "homes": world.views.homes,
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


async def messages(request: web.Request) -> web.Response:
    """`/sandbox/channels/{id}/messages`: everything said there, threads too; `?user=` adds their whispers."""
    channel = request.app[WORLD].workspace.find_channel(request.match_info["id"])
    if channel is None:
        raise web.HTTPNotFound(text="There is no such channel.")
    user = request.query.get("user")
    whispers = [one for one in channel.whispers.values() if one["to"] == user]
    return _json({"messages": list(channel.messages.values()), "whispers": whispers})


async def calls(request: web.Request) -> web.Response:
    """`/sandbox/calls?since=ID&method=NAME`: the API calls of the bot, oldest first."""
    query = request.query
    found = request.app[WORLD].calls.since(int(query.get("since", 0)), query.get("method"))
    return _json({"calls": found})


async def stream(request: web.Request) -> web.StreamResponse:
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
    return chatter.post_message(world, wanted)


async def open_home(world: World, wanted: Args) -> dict[str, Any]:
    return acts.open_home(world, wanted)


async def mark_read(world: World, wanted: Args) -> dict[str, Any]:
    world.workspace.mark_read(wanted["user"], wanted["channel"], wanted["ts"])
    return {"ok": True}


async def dismiss(world: World, wanted: Args) -> dict[str, Any]:
    world.workspace.remove_ephemeral(world.workspace.get_channel(wanted["channel"]), wanted["ts"])
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
    router.add_get("/sandbox/workspace", workspace)
    router.add_get("/sandbox/channels/{id}/messages", messages)
    router.add_get("/sandbox/calls", calls)
    router.add_get("/sandbox/stream", stream)
    works: dict[str, Action] = {
        "press": acts.press,
        "submit": acts.submit,
        "close": acts.close_view,
        "command": acts.command,
        "shortcut": acts.use_shortcut,
        "suggest": acts.suggest,
        "say": post_message,
        "home": open_home,
        "read": mark_read,
        "dismiss": dismiss,
        "clock": clock,
        "bot": bot,
        "disputes": customers.raise_dispute,
        "link": invoices.make_link,
        "mails": mail_replies.list_mails,
        "mail-reply": mail_replies.reply,
        "mail-write": mail_replies.write,
        "mail-full": mail_replies.fill_mailbox,
        "faults": mischief.apply_admin_action,
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
