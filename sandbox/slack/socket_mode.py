"""Socket Mode server: the WebSocket for a bot without a public address."""

from __future__ import annotations

import orjson
from aiohttp import WSMsgType, web

from sandbox import company
from sandbox.world import WORLD


async def connect(request: web.Request) -> web.StreamResponse:
    """One connection: hello, then envelopes out and acknowledgements in."""
    sockets = request.app[WORLD].slack.sockets
    ticket = request.query.get("ticket", "")
    if ticket not in sockets.tickets:
        raise web.HTTPForbidden(text="This ticket is not valid or was used before.")
    sockets.tickets.discard(ticket)
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    sockets.open.append(socket)
    await socket.send_json(_hello(len(sockets.open)))
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                sockets.acknowledge(orjson.loads(message.data))
    finally:
        sockets.open.remove(socket)
    return socket


def _hello(connections: int) -> dict[str, object]:
    return {
        "type": "hello",
        "num_connections": connections,
        "connection_info": {"app_id": company.APP_ID},
        "debug_info": {
            "host": "sandbox",
            "build_number": 1,
            "approximate_connection_time": 18060,
        },
    }
