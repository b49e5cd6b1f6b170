"""Server with bounds of a test's own, and a client that writes bytes as it likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from aiohttp import web

from bot.http_server.connections import Limits
from bot.http_server.runner import HttpRunner

PATIENCE_SECONDS = 10
GET = b"GET /quick HTTP/1.1\r\nHost: ombud\r\n\r\n"
HALF_HEAD = b"GET /d/eyJ-a-working-link HTTP/1.1\r\nCookie: session=abcdef"
HALF_BODY = b"POST /body HTTP/1.1\r\nHost: ombud\r\nContent-Length: 1000\r\n\r\nhalf"
LIMITS = Limits(
    head_seconds=60, kept_alive_seconds=60, unread_seconds=60, stop_seconds=0.2, most=6, most_of_client=3
)


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def status(self) -> int:
        """Of the next answer; its body is read."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.partition(b":")[2])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            )
            await self._reader.readexactly(length)
        return int(head.split()[1])

    async def rest(self) -> bytes:
        """What comes until the server closes the connection, or breaks it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self._reader.read(-1)
            except ConnectionError:
                return b""

    def close(self) -> None:
        self._writer.close()


class Server:
    def __init__(self, port: int, runner: HttpRunner) -> None:
        self.port = port
        self.runner = runner
        self._open: list[Connection] = []

    async def connect(self, data: bytes = b"") -> Connection:
        connection = Connection(*await asyncio.open_connection("127.0.0.1", self.port))
        self._open.append(connection)
        await connection.send(data)
        return connection

    def close_clients(self) -> None:
        for one in self._open:
            one.close()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def run_server(app: web.Application | None = None, **limits: float) -> AsyncIterator[Server]:
    runner = HttpRunner(app or quick_app(), replace(LIMITS, **limits))  # type: ignore[arg-type]
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server = Server(runner.addresses[0][1], runner)
    try:
        yield server
    finally:
        server.close_clients()
        await runner.cleanup()


def quick_app() -> web.Application:
    """`/quick` answers, `/body` answers once it has the body, `/never` doesn't, `/long` sends 32 MB."""
    app = web.Application()
    app.add_routes(
        [
            web.get("/quick", _quick),
            web.post("/body", _body),
            web.get("/never", _never),
            web.get("/long", _long),
        ]
    )
    return app


async def _quick(_request: web.Request) -> web.Response:
    return web.Response(text="here")


async def _body(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


async def _never(_request: web.Request) -> web.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def _long(_request: web.Request) -> web.Response:
    return web.Response(body=b"x" * 2**25)
