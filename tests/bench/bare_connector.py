"""Bare connector, the receiver of posts to Teams: accepts every request, as fast as aiohttp can."""

from __future__ import annotations

import itertools
import sys

from aiohttp import web


def make_app() -> web.Application:
    ids = itertools.count(1_700_000_000_000)

    async def post(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"id": str(next(ids))}, status=201)

    async def ready(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/v3/conversations/{of}/activities", post), web.get("/ready", ready)])
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None)
