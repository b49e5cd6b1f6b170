"""Dispatch of connector calls: token, injected faults, rate limits, the operation, the call log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from sandbox.faults import LOSE_ANSWER, Fault
from sandbox.teams.connector import posts, roster
from sandbox.teams.connector.request import ConnectorRequest
from sandbox.teams.errors import TeamsError, bad_request, throttled
from sandbox.teams.login import app_id_of_token
from sandbox.world import WORLD, World

BASE = "/teams-connector"
_CONVERSATION = f"{BASE}/v3/conversations/{{conversation}}"
_ERRORS = {
    "403": ("BotNotInConversationRoster", "The bot is not part of the conversation roster."),
    "404": ("ConversationNotFound", "Conversation not found."),
    "412": ("PreconditionFailed", "Precondition failed, please try again."),
    "413": ("MessageSizeTooBig", "Message size too large."),
    "500": ("ServiceError", "Internal server error."),
    "502": ("ServiceError", "Bad gateway."),
    "503": ("ServiceUnavailable", "Service is temporarily unavailable."),
    "504": ("GatewayTimeout", "Gateway timeout."),
}
FAULTS = (*_ERRORS, "429", "hang", LOSE_ANSWER)
"""Faults that a test may inject: a status, or `hang`, or `lose_answer`."""


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    verb: str
    path: str
    handler: Callable[[World, ConnectorRequest], tuple[int, dict[str, Any]]]
    is_writing: bool = False


ROUTES = (
    Route("teams.post", "POST", f"{_CONVERSATION}/activities", posts.post, is_writing=True),
    Route("teams.reply", "POST", f"{_CONVERSATION}/activities/{{activity}}", posts.reply, is_writing=True),
    Route("teams.update", "PUT", f"{_CONVERSATION}/activities/{{activity}}", posts.update, is_writing=True),
    Route("teams.delete", "DELETE", f"{_CONVERSATION}/activities/{{activity}}", posts.delete),
    Route("teams.openChat", "POST", f"{BASE}/v3/conversations", posts.open_chat),
    Route("teams.roster", "GET", f"{_CONVERSATION}/pagedmembers", roster.list_page),
    Route("teams.member", "GET", f"{_CONVERSATION}/members/{{member}}", roster.get_member),
    Route("teams.team", "GET", f"{BASE}/v3/teams/{{team}}", roster.get_team),
    Route("teams.channels", "GET", f"{BASE}/v3/teams/{{team}}/conversations", roster.list_channels),
)


def add_routes(router: web.UrlDispatcher) -> None:
    for route in ROUTES:
        router.add_route(route.verb, route.path, _handler(route))


def _handler(route: Route) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.StreamResponse:
        """Every call is logged, also one that fails."""
        world = request.app[WORLD]
        call = ConnectorRequest(dict(request.match_info), dict(request.query), {})
        fault: Fault | None = None
        extra: dict[str, str] = {}
        try:
            call = await _read(request, call)
            _authorize(world, request)
            fault = world.teams.faults.take(route.name, {"channel": call.conversation.partition(";")[0]})
            await _apply_fault(fault)
            _check_rate_limit(world, route, call)
            status, answer = route.handler(world, call)
        except TeamsError as error:
            status, answer = error.status, error.body
            extra = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
        _log_call(world, route, call, status, answer)
        if fault is not None and fault.error in (LOSE_ANSWER, "hang"):
            return _abort_connection(request)
        return web.Response(
            body=orjson.dumps(answer), status=status, content_type="application/json", headers=extra
        )

    return handle


async def _read(request: web.Request, call: ConnectorRequest) -> ConnectorRequest:
    raw = await request.read()
    try:
        body = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise bad_request("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise bad_request("The body is not an object.")
    return ConnectorRequest(call.path, call.query, body)


def _authorize(world: World, request: web.Request) -> None:
    """Accept only our app, with an unexpired token from our own token endpoint."""
    if "connector" in world.teams.down:
        raise TeamsError(503, *_ERRORS["503"])
    if app_id_of_token(world, request.headers.get("Authorization", "")) != world.settings.teams_app_id:
        raise TeamsError(401, "Unauthorized", "Authorization has been denied for this request.")


async def _apply_fault(fault: Fault | None) -> None:
    """Apply an injected fault before the operation runs; a lost answer comes after it."""
    if fault is None or fault.error == LOSE_ANSWER:
        return
    if fault.error == "429":
        raise throttled(fault.retry_after)
    if fault.error == "hang":
        await asyncio.sleep(fault.seconds)
        raise TeamsError(504, *_ERRORS["504"])
    raise TeamsError(int(fault.error), *_ERRORS[fault.error])


def _check_rate_limit(world: World, route: Route, call: ConnectorRequest) -> None:
    place = call.conversation.partition(";")[0]
    seconds = world.teams.limiter.retry_after(place) if route.is_writing else 0
    if seconds:
        raise throttled(seconds)


def _log_call(
    world: World, route: Route, call: ConnectorRequest, status: int, answer: dict[str, Any]
) -> None:
    refused = answer.get("error") or {}
    found = world.teams.workspace.conversations.get(call.conversation.partition(";")[0])
    args = {"channel": call.conversation, **call.path, **call.query, **call.body}
    if found is not None:
        args["place"] = found.name
    noted = {"ok": status < 300, "error": refused.get("code"), "ts": answer.get("id")}
    if refused:
        args["refused"] = refused.get("message")
    warning = posts.size_warning(call.body)
    if warning:
        args["warning"] = warning
    world.calls.add(at=world.clock.now(), method=route.name, args=args, status=status, answer=noted)


def _abort_connection(request: web.Request) -> web.Response:
    """Drop the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
