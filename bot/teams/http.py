"""HTTP requests from Teams: the SDK verifies the activity, the edge handles it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from bot.metrics import REFUSED_REQUESTS
from bot.teams.responses import NOT_IMPLEMENTED
from web.request_body import read_body

Body = dict[str, Any]
ActivityHandler = Callable[[Body], Awaitable[Body | None]]
ActivityReceiver = Callable[[str | None, bytes, ActivityHandler], Awaitable[tuple[int, Body | None]]]
"""Verifies an activity by its Authorization header and lets the handler respond: status and body."""
TokenCheck = Callable[[str | None], Awaitable[tuple[int, Body] | None]]
"""Verifies an Authorization header alone: None, or status and body of the refusal."""
LARGEST_BODY = 512 * 1024
"""Bytes. Teams' own limit for what a card sends is far below."""
RETRY_AFTER_SECONDS = "10"


@dataclass(frozen=True, slots=True)
class TeamsEndpoint:
    check_token: TokenCheck
    receive: ActivityReceiver
    handle: ActivityHandler


TEAMS_ENDPOINT: web.AppKey[TeamsEndpoint] = web.AppKey("teams_endpoint", TeamsEndpoint)


async def post_activity(request: web.Request) -> web.StreamResponse:
    """Everything that Teams sends: messages, buttons, dialogs, searches, and who came and went.

    Nothing of the body is read before the token is known to be Teams'.
    """
    endpoint, authorization = request.app[TEAMS_ENDPOINT], request.headers.get("Authorization")
    refusal = await endpoint.check_token(authorization)
    if refusal is not None:
        return _response(*refusal)
    raw = await read_body(request, LARGEST_BODY)
    return _response(*await endpoint.receive(authorization, raw, endpoint.handle))


def _response(status: int, body: Body | None) -> web.Response:
    if status >= 400:
        REFUSED_REQUESTS.labels(route="teams", why=str(status)).inc()
    headers = {"Retry-After": RETRY_AFTER_SECONDS} if status == 503 else {}
    if body is None:
        return web.Response(status=status, headers=headers)
    if body == NOT_IMPLEMENTED:
        status = NOT_IMPLEMENTED["statusCode"]
    payload = orjson.dumps(body)
    return web.Response(status=status, body=payload, content_type="application/json", headers=headers)
