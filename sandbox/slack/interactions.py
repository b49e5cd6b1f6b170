"""Delivery of interactions, commands and events to the bot: signed HTTP or Socket Mode, 3 s to answer."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from sandbox.slack import manifest
from sandbox.slack.payloads import Payload, event_envelope
from sandbox.world import World

SECONDS_TO_ANSWER = 3.0
EVENT_RETRIES = (0.2, 2.0, 10.0)
"""Seconds before each retry of an event. Slack waits 0 s, 1 min and 5 min, too long for a demo."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The bot's answer: `body` is its JSON or text, `problem` a sentence for the person, empty on success."""

    body: Any = None
    problem: str = ""
    reason: str = ""
    """Slack's word for a failed event: http_timeout, http_error, connection_failed."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


async def send_interaction(world: World, payload: Payload) -> Reply:
    if world.slack.sockets.open:
        return await _send_socket(world, "interactive", payload)
    return await _send_http(world, urlencode({"payload": orjson.dumps(payload).decode()}).encode())


async def send_command(world: World, form: dict[str, str]) -> Reply:
    if world.slack.sockets.open:
        return await _send_socket(world, "slash_commands", dict(form))
    return await _send_http(world, urlencode(form).encode())


async def verify_url(world: World) -> Reply:
    """The handshake when an app's request URL is set: the bot must send the challenge back."""
    challenge = secrets.token_urlsafe(24)
    payload = {"token": "sandbox", "challenge": challenge, "type": "url_verification"}
    reply = await _send_http(world, orjson.dumps(payload), as_json=True)
    answered = reply.body.get("challenge") if isinstance(reply.body, dict) else reply.body
    if reply.problem or answered == challenge:
        return reply
    return Reply(reply.body, problem="The bot did not send the challenge back.")


def send_event(world: World, event: dict[str, Any]) -> None:
    """Send an event that the app subscribes to, in the background; retries when it fails."""
    if event["type"] not in manifest.EVENTS:
        return
    envelope = event_envelope(event, at=world.clock.now())
    task = asyncio.create_task(_deliver_event(world, envelope))
    world.tasks.add(task)
    task.add_done_callback(world.tasks.discard)


async def _deliver_event(world: World, envelope: Payload) -> None:
    retry: tuple[int, str] | None = None
    for attempt in range(len(EVENT_RETRIES) + 1):
        if world.slack.sockets.open:
            reply = await _send_socket(world, "events_api", envelope, retry)
        else:
            reply = await _send_http(world, orjson.dumps(envelope), as_json=True, retry=retry)
        if not reply.problem or attempt == len(EVENT_RETRIES):
            return
        await asyncio.sleep(EVENT_RETRIES[attempt])
        retry = (attempt + 1, reply.reason)


async def _send_http(
    world: World, body: bytes, *, as_json: bool = False, retry: tuple[int, str] | None = None
) -> Reply:
    timestamp = str(int(world.clock.now()))
    headers = {
        "Content-Type": "application/json" if as_json else "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(world.settings.signing_secret, timestamp, body),
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }
    if retry is not None:
        headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
    url = f"{world.settings.bot_url}/slack/events"
    limit = aiohttp.ClientTimeout(total=SECONDS_TO_ANSWER)
    try:
        async with world.http.post(url, data=body, headers=headers, timeout=limit) as answer:
            text = await answer.text()
    except TimeoutError:
        return Reply(problem="Ombud did not answer within 3 seconds. Try again.", reason="http_timeout")
    except aiohttp.ClientError:
        return Reply(problem="Ombud is not running, so nothing happened.", reason="connection_failed")
    if answer.status != 200:
        return Reply(problem=f"Ombud answered with an error ({answer.status}).", reason="http_error")
    return Reply(body=_parse_body(text))


async def _send_socket(
    world: World, kind: str, payload: dict[str, Any], retry: tuple[int, str] | None = None
) -> Reply:
    try:
        return Reply(body=await world.slack.sockets.send(kind, payload, retry))
    except TimeoutError:
        return Reply(problem="Ombud did not answer within 3 seconds. Try again.", reason="timeout")
    except (ConnectionError, IndexError):
        return Reply(problem="The connection to Ombud broke. Try again.", reason="connection_failed")


def _parse_body(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
