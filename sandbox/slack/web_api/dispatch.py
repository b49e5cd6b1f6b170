"""Dispatch of Web API calls: token and scope, injected faults, rate limits, the method, the call log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from aiohttp import web

from sandbox.faults import FINISH_LATE, LOSE_ANSWER, Fault
from sandbox.slack.errors import RateLimited, SlackError
from sandbox.slack.web_api import chat, conversations, people, views
from sandbox.slack.web_api.arguments import read_args
from sandbox.world import WORLD, Args, World


@dataclass(frozen=True, slots=True)
class Method:
    handler: Callable[[World, Args], dict[str, Any]]
    scope: str | None = None
    wants_app_token: bool = False


METHODS: dict[str, Method] = {
    "api.test": Method(people.api_test),
    "auth.test": Method(people.auth_test),
    "apps.connections.open": Method(views.open_connection, None, wants_app_token=True),
    "bots.info": Method(people.bot_info, "users:read"),
    "chat.postMessage": Method(chat.post_message, "chat:write"),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
    "chat.update": Method(chat.update, "chat:write"),
    "chat.delete": Method(chat.delete, "chat:write"),
    "chat.unfurl": Method(chat.unfurl, "links:write"),
    "chat.getPermalink": Method(chat.get_permalink),
    "conversations.list": Method(conversations.list_all, "channels:read"),
    "conversations.info": Method(conversations.info, "channels:read"),
    "conversations.members": Method(conversations.members, "channels:read"),
    "conversations.history": Method(conversations.history),
    "conversations.replies": Method(conversations.replies),
    "conversations.open": Method(conversations.open_im, "im:write"),
    "conversations.join": Method(conversations.join, "channels:join"),
    "users.conversations": Method(conversations.list_joined, "channels:read"),
    "users.info": Method(people.info, "users:read"),
    "users.list": Method(people.list_all, "users:read"),
    "users.lookupByEmail": Method(people.lookup_by_email, "users:read.email"),
    "views.open": Method(views.open_),
    "views.push": Method(views.push),
    "views.update": Method(views.update),
    "views.publish": Method(views.publish),
}


async def handle_call(request: web.Request) -> web.StreamResponse:
    """`/api/{method}`: every call is logged, also one that fails."""
    world = request.app[WORLD]
    name = request.match_info["method"]
    args: Args = {}
    fault: Fault | None = None
    status, extra = 200, {"x-oauth-scopes": ",".join(sorted(world.slack.scopes))}
    try:
        args = await read_args(request)
        method = _authorized_method(world, name, _token(request, args))
        fault = world.slack.faults.take(name, args)
        await _apply_fault(fault)
        _check_rate_limit(world, name, args)
        if fault is not None and fault.error == FINISH_LATE:
            return await _finish_late(request, fault, partial(method.handler, world, args))
        answer = {"ok": True, **method.handler(world, args)}
    except RateLimited as limit:
        status, answer = 429, {"ok": False, "error": "ratelimited"}
        extra["Retry-After"] = str(limit.seconds)
    except SlackError as error:
        answer = {"ok": False, "error": error.code, **error.more}
        status = 500 if error.code == "http_500" else 200
    world.calls.add(at=world.clock.now(), method=name, args=args, status=status, answer=answer)
    if fault is not None and fault.error in (LOSE_ANSWER, "hang"):
        return _abort_connection(request)
    return web.Response(
        body=orjson.dumps(answer), status=status, content_type="application/json", headers=extra
    )


def _token(request: web.Request, args: Args) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else str(args.get("token") or "")


def _authorized_method(world: World, name: str, token: str) -> Method:
    """The method. Raises SlackError when the token may not call it."""
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method", req_method=name)
    if not token:
        raise SlackError("not_authed")
    if token not in (world.settings.bot_token, world.settings.app_token):
        raise SlackError("invalid_auth")
    if world.slack.is_token_revoked:
        raise SlackError("token_revoked")
    right = world.settings.app_token if method.wants_app_token else world.settings.bot_token
    if token != right:
        raise SlackError("not_allowed_token_type")
    if method.scope and method.scope not in world.slack.scopes:
        raise SlackError("missing_scope", needed=method.scope, provided=",".join(sorted(world.slack.scopes)))
    return method


async def _apply_fault(fault: Fault | None) -> None:
    """Apply an injected fault before the method runs; a lost answer comes after it."""
    if fault is None or fault.error in (LOSE_ANSWER, FINISH_LATE):
        return
    if fault.error == "ratelimited":
        raise RateLimited(fault.retry_after)
    if fault.error == "hang":
        await asyncio.sleep(fault.seconds)
    raise SlackError(fault.error)


async def _finish_late(
    request: web.Request, fault: Fault, carry_out: Callable[[], object]
) -> web.StreamResponse:
    """Carry the call out when its caller has long stopped waiting."""
    faults = request.app[WORLD].slack.faults

    async def finish() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(faults.finish.wait(), fault.seconds)
        carry_out()

    late = asyncio.create_task(finish())
    faults.late.add(late)
    late.add_done_callback(faults.late.discard)
    await asyncio.shield(late)
    return _abort_connection(request)


def _check_rate_limit(world: World, name: str, args: Args) -> None:
    seconds = world.slack.limiter.retry_after(name, str(args.get("channel") or ""))
    if seconds:
        raise RateLimited(seconds)


def _abort_connection(request: web.Request) -> web.Response:
    """Drop the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
