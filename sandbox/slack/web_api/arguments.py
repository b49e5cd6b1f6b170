"""Arguments of a Web API call, sent as a form or as JSON."""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

import orjson
from aiohttp import web

from sandbox.slack.errors import SlackError
from sandbox.world import Args

T = TypeVar("T")
AS_JSON = ("blocks", "attachments", "metadata", "view", "unfurls")


async def read_args(request: web.Request) -> Args:
    """Query, form and JSON body together; values that Slack wants JSON-encoded are decoded."""
    args: Args = dict(request.query)
    if request.content_type == "application/json":
        args |= _decoded(await request.read() or b"{}")
    elif request.can_read_body:
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for key in AS_JSON:
        if isinstance(args.get(key), str) and args[key]:
            args[key] = _decoded(args[key])
    return args


def _decoded(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise SlackError("invalid_json") from None


def required_text(args: Args, name: str) -> str:
    """A required text argument. Raises invalid_arguments when it is missing."""
    value = args.get(name)
    if not value:
        raise SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing: {name}"]})
    return str(value)


def is_true(args: Args, name: str) -> bool:
    return str(args.get(name, "")).lower() in ("1", "true")


def integer_argument(args: Args, name: str, default: int) -> int:
    try:
        return int(args.get(name) or default)
    except (TypeError, ValueError):
        raise SlackError(f"invalid_{name}") from None


def paginate(items: list[T], args: Args, default: int = 100) -> tuple[list[T], dict[str, str]]:
    """One page of a list, and the `response_metadata` that leads to the next."""
    start = 0
    if args.get("cursor"):
        try:
            start = int(base64.b64decode(str(args["cursor"]), validate=True))
        except (binascii.Error, ValueError):
            raise SlackError("invalid_cursor") from None
    end = start + max(1, integer_argument(args, "limit", default))
    more = base64.b64encode(str(end).encode()).decode() if end < len(items) else ""
    return items[start:end], {"next_cursor": more}
