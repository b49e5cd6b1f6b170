"""HTTP requests from Teams: the SDK verifies the activity, the edge handles it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from bot.metrics import REFUSED_REQUESTS
from bot.teams.responses import NOT_IMPLEMENTED

Body = dict[str, Any]
ActivityHandler = Callable[[Body], Awaitable[Body | None]]
ActivityReceiver = Callable[[str | None, bytes, ActivityHandler], Awaitable[tuple[int, Body | None]]]
"""Verifies an activity by its Authorization header and lets the handler respond: status and body."""
RETRY_AFTER_SECONDS = "10"


@dataclass(frozen=True, slots=True)
class TeamsEndpoint:
    receive: ActivityReceiver
    handle: ActivityHandler


TEAMS_ENDPOINT: web.AppKey[TeamsEndpoint] = web.AppKey("teams_endpoint", TeamsEndpoint)


async def post_activity(request: web.Request) -> web.StreamResponse:
    """Everything that Teams sends: messages, buttons, dialogs, searches, and who came and went."""
    endpoint, raw = request.app[TEAMS_ENDPOINT], await request.read()
    status, body = await endpoint.receive(request.headers.get("Authorization"), raw, endpoint.handle)
    if status >= 400:
        REFUSED_REQUESTS.labels(route="teams", why=str(status)).inc()
    headers = {"Retry-After": RETRY_AFTER_SECONDS} if status == 503 else {}
    if body is None:
        return web.Response(status=status, headers=headers)
    if body == NOT_IMPLEMENTED:
        status = NOT_IMPLEMENTED["statusCode"]
    payload = orjson.dumps(body)
    return web.Response(status=status, body=payload, content_type="application/json", headers=headers)
