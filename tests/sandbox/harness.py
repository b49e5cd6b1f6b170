"""Harness of the sandbox's tests: the sandbox, and a bot that records what it receives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import make_app
from sandbox.world import WORLD, Settings, World
from tests.fixtures.ports import free_port

Json = dict[str, Any]


@dataclass(slots=True)
class ReceivedRequest:
    """One request to the bot: raw body, headers, and the decoded payload."""

    body: bytes
    headers: dict[str, str]
    payload: Json


@dataclass(slots=True)
class Bot:
    """Answers as a test tells it to, and records the requests."""

    answer: Json | str | None = None
    status: int = 200
    seconds: float = 0.0
    requests: list[ReceivedRequest] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.requests.append(ReceivedRequest(body, dict(request.headers), _payload(request, body)))
        await asyncio.sleep(self.seconds)
        if isinstance(self.answer, dict):
            return web.json_response(self.answer, status=self.status)
        return web.Response(text=self.answer or "", status=self.status)

    async def wait_for(self, count: int) -> list[ReceivedRequest]:
        for _ in range(200):
            if len(self.requests) >= count:
                return self.requests
            await asyncio.sleep(0.02)
        raise AssertionError(f"the bot heard {len(self.requests)} requests, not {count}")


@dataclass(slots=True)
class Harness:
    world: World
    bot: Bot
    url: str
    slack: AsyncWebClient
    http: aiohttp.ClientSession

    async def post_route(self, route: str, **wanted: Any) -> Json:
        async with self.http.post(f"{self.url}/sandbox/{route}", json=wanted) as answer:
            return dict(await answer.json())

    async def post_card(self, *elements: Json, channel: str = "C0BILLING") -> str:
        blocks = [{"type": "actions", "block_id": "row", "elements": list(elements)}]
        answer = await self.slack.chat_postMessage(channel=channel, text="a card", blocks=blocks)
        return str(answer["ts"])


@asynccontextmanager
async def run_sandbox(**settings: Any) -> AsyncIterator[Harness]:
    bot = Bot()
    app = web.Application()
    app.router.add_post("/slack/events", bot.handle)
    app.router.add_post("/api/{what}", bot.handle)
    port = free_port()
    async with TestServer(app) as bots, aiohttp.ClientSession() as http:
        bot_url = str(bots.make_url("")).rstrip("/")
        sandbox = make_app(Settings(port=port, **{"bot_url": bot_url, **settings}))
        async with TestServer(sandbox, port=port):
            url = f"http://127.0.0.1:{port}"
            slack = AsyncWebClient("xoxb-sandbox", base_url=f"{url}/api/", session=http, retry_handlers=[])
            yield Harness(sandbox[WORLD], bot, url, slack, http)


def a_button(action_id: str = "claim", **more: Any) -> Json:
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": "Claim"},
        "value": "D-1042",
        **more,
    }


def a_modal(**more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "decide",
        "title": {"type": "plain_text", "text": "Decide"},
        "submit": {"type": "plain_text", "text": "Decide"},
        "blocks": [a_field("amount")],
        **more,
    }


def a_field(name: str, **element: Any) -> Json:
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": name.capitalize()},
        "element": {"type": "plain_text_input", "action_id": name, **element},
    }


def _payload(request: web.Request, body: bytes) -> Json:
    if request.content_type == "application/json":
        return dict(orjson.loads(body))
    form = {key: values[0] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return dict(orjson.loads(form["payload"])) if "payload" in form else dict(form)
