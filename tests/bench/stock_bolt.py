"""Floor for a click: plain Bolt, with a handler that only acknowledges."""

from __future__ import annotations

import os
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

TOKEN = os.environ["SLACK_BOT_TOKEN"]


def make_app() -> web.Application:
    bolt = AsyncApp(
        token=TOKEN,
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        client=AsyncWebClient(TOKEN, os.environ["SLACK_API_URL"]),
        process_before_response=True,
    )

    @bolt.action("claim")
    async def claim(ack: AsyncAck) -> None:
        await ack()

    async def receive(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    async def ready(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/slack/events", receive), web.get("/ready", ready)])
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None)
