"""HTTP requests from Slack: the signature is verified over the raw bytes, then Bolt dispatches.

Bolt's own aiohttp adapter parses the form with urllib and checks the signature on the decoded text;
doing both here takes a third of the time a click costs (docs/performance.md).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from yarl import URL

from bot.metrics import REFUSED_REQUESTS
from web.request_body import read_body

WINDOW_SECONDS = 300
"""Slack's own: an older request may be a replay."""
LARGEST_BODY = 512 * 1024
"""Bytes. The largest form with the largest message beside it is a tenth of that."""
_JSON = "application/json"
log = structlog.get_logger()


class BadSignature(Exception):
    """The request isn't Slack's, or is too old."""


def verify_signature(raw: bytes, headers: Mapping[str, str], secret: bytes, now: datetime) -> None:
    """Check Slack's v0 signature in constant time, and that it was made within five minutes of `now`.

    Raises:
        BadSignature: it isn't, or wasn't.
    """
    stamp = check_headers(headers, now)
    expected = "v0=" + hmac.digest(secret, b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hex()
    if not hmac.compare_digest(expected.encode(), headers.get("X-Slack-Signature", "").encode()):
        raise BadSignature("signature")


def check_headers(headers: Mapping[str, str], now: datetime) -> str:
    """The time of signing, before a byte of the body is read.

    Raises:
        BadSignature: it isn't within five minutes of `now`, or there is no signature.
    """
    if not headers.get("X-Slack-Signature"):
        raise BadSignature("signature")
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    if not stamp.isdecimal() or len(stamp) > 12 or abs(now.timestamp() - int(stamp)) > WINDOW_SECONDS:
        raise BadSignature("timestamp")
    return stamp


def decode_payload(raw: bytes, content_type: str) -> dict[str, Any]:
    """The payload: JSON for events, a form with a JSON field for interactions, a form for commands.

    Raises:
        ValueError, TypeError: it is none of these.
    """
    if content_type == _JSON:
        body = orjson.loads(raw)
    else:
        form = URL.build(query_string=raw.decode("ascii"), encoded=True).query
        body = orjson.loads(form["payload"]) if "payload" in form else dict(form)
    if not isinstance(body, dict):
        raise TypeError("a payload is an object")
    return body


async def handle_request(request: web.Request, app: AsyncApp, secret: bytes, now: datetime) -> web.Response:
    """Verify, decode, let Bolt dispatch, and respond as Bolt says."""
    try:
        check_headers(request.headers, now)
        raw = await read_body(request, LARGEST_BODY)
        verify_signature(raw, request.headers, secret, now)
        body = decode_payload(raw, request.content_type)
    except BadSignature as refusal:
        REFUSED_REQUESTS.labels(route="slack", why=str(refusal)).inc()
        return web.json_response({"error": "This request isn't signed by Slack."}, status=401)
    except (ValueError, TypeError):
        return _no_payload("body")
    try:
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    except (AttributeError, KeyError, TypeError, ValueError) as trouble:
        # Bolt looks into a payload before any listener of ours does, and trusts its shape.
        log.warning("slack_payload_unreadable", error=type(trouble).__name__)
        return _no_payload("shape")
    return _response(answer.status, answer.body)


def _no_payload(why: str) -> web.Response:
    REFUSED_REQUESTS.labels(route="slack", why=why).inc()
    return web.json_response({"error": "This is no payload of Slack's."}, status=400)


def _response(status: int, body: object) -> web.Response:
    if isinstance(body, (dict, list)):
        return web.Response(status=status, body=orjson.dumps(body), content_type=_JSON)
    text = str(body or "")
    return web.Response(status=status, text=text, content_type=_JSON if text[:1] == "{" else "text/plain")
