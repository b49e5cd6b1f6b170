"""What every request to the JSON API carries: an API key, an Idempotency-Key, a body."""

from __future__ import annotations

import hmac

from aiohttp import web

from bot.api.bounds import demand_bounds
from bot.api.problems import ApiProblem
from bot.context import Context
from web.request_body import read_body

BODY_LIMIT = 512 * 1024
LONGEST_KEY = 200


def authenticate(request: web.Request, context: Context) -> str:
    """The caller: `api:` and the name of their key.

    Compared in constant time, and with all keys each time, so that the time tells nothing of them.
    """
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    found = ""
    for name, key in context.settings.api_keys.items():
        if hmac.compare_digest(
            key.get_secret_value().encode(), given.strip().encode(errors="surrogateescape")
        ):
            found = name
    if scheme.casefold() != "bearer" or not found:
        detail = "Send `Authorization: Bearer KEY` with a key of API_KEYS."
        raise ApiProblem(401, "No valid API key", detail, WWW_Authenticate="Bearer")
    return f"api:{found}"


def idempotency_key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not (1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        detail = (
            "Send an Idempotency-Key of your own, 1 to 200 ASCII characters, "
            "so that a retry does nothing twice."
        )
        raise ApiProblem(400, "Idempotency-Key missing", detail)
    return key


async def json_body(request: web.Request) -> bytes:
    """A body of JSON within its bounds; its content is for a model to judge. Raises ApiProblem."""
    if request.content_type != "application/json":
        raise ApiProblem(415, "Not JSON", "Send it as application/json.")
    try:
        raw = await read_body(request, BODY_LIMIT)
    except web.HTTPRequestEntityTooLarge:
        detail = f"A body may be {BODY_LIMIT // 1024} KiB at most. Leave files out and link to them."
        raise ApiProblem(413, "Too large", detail) from None
    demand_bounds(raw)
    return raw
