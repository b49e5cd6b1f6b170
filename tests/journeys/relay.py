"""Relay: passes what Teams sends to a random one of several bots, as a load balancer would."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

_PASSED_ON = ("Authorization", "Content-Type")


@asynccontextmanager
async def a_relay(port: int, urls: Sequence[str], http: aiohttp.ClientSession) -> AsyncIterator[None]:
    """Listens on `port` of 127.0.0.1; answers 502 when the bot is down."""

    async def pass_on(request: web.Request) -> web.Response:
        url = random.choice(urls) + request.path
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        raw = await request.read()
        try:
            async with http.request(request.method, url, data=raw, headers=headers) as answer:
                said, kind = await answer.read(), answer.content_type
        except (aiohttp.ClientError, TimeoutError):
            return web.Response(status=502)
        return web.Response(status=answer.status, body=said, content_type=kind)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", pass_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()
