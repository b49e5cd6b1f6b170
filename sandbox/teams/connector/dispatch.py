"""What happens to a call of the Teams connector: who calls, may they, and what are they told?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from sandbox.faults import AFTER_THE_WORK, Fault
from sandbox.keys import WORLD
from sandbox.teams.connector import posts as teams_posts
from sandbox.teams.connector import roster as teams_roster
from sandbox.teams.connector.request import Call
from sandbox.teams.errors import TeamsError, bad, throttled
from sandbox.teams.login import app_of
from sandbox.world import World

BASE = "/teams-connector"
_CONVERSATION = f"{BASE}/v3/conversations/{{conversation}}"
_REFUSALS = {
    "403": ("BotNotInConversationRoster", "The bot is not part of the conversation roster."),
    "404": ("ConversationNotFound", "Conversation not found."),
    "412": ("PreconditionFailed", "Precondition failed, please try again."),
    "413": ("MessageSizeTooBig", "Message size too large."),
    "500": ("ServiceError", "Internal server error."),
    "502": ("ServiceError", "Bad gateway."),
    "503": ("ServiceUnavailable", "Service is temporarily unavailable."),
    "504": ("GatewayTimeout", "Gateway timeout."),
}
FAULTS = (*_REFUSALS, "429", "hang", AFTER_THE_WORK)
"""What a test may order in place of an answer."""


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    verb: str
    path: str
    work: Callable[[World, Call], tuple[int, dict[str, Any]]]
    is_writing: bool = False


ROUTES = (
    Route("teams.post", "POST", f"{_CONVERSATION}/activities", teams_posts.post, is_writing=True),
    Route(
        "teams.reply", "POST", f"{_CONVERSATION}/activities/{{activity}}", teams_posts.reply, is_writing=True
    ),
    Route(
        "teams.update", "PUT", f"{_CONVERSATION}/activities/{{activity}}", teams_posts.update, is_writing=True
    ),
    Route("teams.delete", "DELETE", f"{_CONVERSATION}/activities/{{activity}}", teams_posts.delete),
    Route("teams.openChat", "POST", f"{BASE}/v3/conversations", teams_posts.open_chat),
    Route("teams.roster", "GET", f"{_CONVERSATION}/pagedmembers", teams_roster.list_page),
    Route("teams.member", "GET", f"{_CONVERSATION}/members/{{member}}", teams_roster.get_member),
    Route("teams.team", "GET", f"{BASE}/v3/teams/{{team}}", teams_roster.get_team),
    Route("teams.channels", "GET", f"{BASE}/v3/teams/{{team}}/conversations", teams_roster.list_channels),
)


def add_routes(router: web.UrlDispatcher) -> None:
    for route in ROUTES:
        router.add_route(route.verb, route.path, _handler(route))


def _handler(route: Route) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.StreamResponse:
        """Every call ends as an entry of the log, whatever became of it."""
        world = request.app[WORLD]
        call = Call(dict(request.match_info), dict(request.query), {})
        fault: Fault | None = None
        extra: dict[str, str] = {}
        try:
            call = await _read(request, call)
            _let_in(world, request)
            fault = world.teams.faults.take(route.name, {"channel": call.conversation.partition(";")[0]})
            await _suffer(fault)
            _shape(world, route, call)
            status, answer = route.work(world, call)
        except TeamsError as error:
            status, answer = error.status, error.body
            extra = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
        _note(world, route, call, status, answer)
        if fault is not None and fault.error in (AFTER_THE_WORK, "hang"):
            return _cut(request)
        return web.Response(
            body=orjson.dumps(answer), status=status, content_type="application/json", headers=extra
        )

    return handle


async def _read(request: web.Request, call: Call) -> Call:
    raw = await request.read()
    try:
        body = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise bad("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise bad("The body is not an object.")
    return Call(call.path, call.query, body)


def _let_in(world: World, request: web.Request) -> None:
    """Only our app, with a token that our own token endpoint gave it and that hasn't ended."""
    if "connector" in world.teams.down:
        raise TeamsError(503, *_REFUSALS["503"])
    if app_of(world, request.headers.get("Authorization", "")) != world.settings.teams_app_id:
        raise TeamsError(401, "Unauthorized", "Authorization has been denied for this request.")


async def _suffer(fault: Fault | None) -> None:
    """Let an ordered misfortune happen before the work; a lost answer happens after it."""
    if fault is None or fault.error == AFTER_THE_WORK:
        return
    if fault.error == "429":
        raise throttled(fault.retry_after)
    if fault.error == "hang":
        await asyncio.sleep(fault.seconds)
        raise TeamsError(504, *_REFUSALS["504"])
    raise TeamsError(int(fault.error), *_REFUSALS[fault.error])


def _shape(world: World, route: Route, call: Call) -> None:
    place = call.conversation.partition(";")[0]
    seconds = world.teams.limiter.retry_after(place) if route.is_writing else 0
    if seconds:
        raise throttled(seconds)


def _note(world: World, route: Route, call: Call, status: int, answer: dict[str, Any]) -> None:
    refused = answer.get("error") or {}
    found = world.teams.workspace.conversations.get(call.conversation.partition(";")[0])
    args = {"channel": call.conversation, **call.path, **call.query, **call.body}
    if found is not None:
        args["place"] = found.name
    noted = {"ok": status < 300, "error": refused.get("code"), "ts": answer.get("id")}
    if refused:
        args["refused"] = refused.get("message")
    warning = teams_posts.warning_of(call.body)
    if warning:
        args["warning"] = warning
    world.calls.note(at=world.clock.now(), method=route.name, args=args, status=status, answer=noted)


def _cut(request: web.Request) -> web.Response:
    """Drop the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
