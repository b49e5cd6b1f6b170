"""A body is counted as it comes, and waited for with an end."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request, Response, post

from web import request_body
from web.request_body import read_body

LIMIT = 1_000
Client = TestClient[Request, Application]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async def handle(request: Request) -> Response:
        return Response(text=str(len(await read_body(request, LIMIT))))

    app = Application()
    app.add_routes([post("/", handle)])
    server = TestServer(app)
    await server.start_server(auto_decompress=False)
    async with TestClient(server) as opened:
        yield opened


async def in_pieces(size: int) -> AsyncIterator[bytes]:
    """Sent chunked, without a Content-Length."""
    for start in range(0, size, 100):
        yield b"x" * min(100, size - start)


async def dawdling(size: int) -> AsyncIterator[bytes]:
    for _ in range(size):
        yield b"x"
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("size", [0, 1, LIMIT])
async def test_a_body_up_to_the_limit_is_read(client: Client, size: int) -> None:
    for body in (b"x" * size, in_pieces(size)):
        async with client.post("/", data=body) as answer:
            assert (answer.status, await answer.text()) == (200, str(size))


@pytest.mark.parametrize("size", [LIMIT + 1, 500 * LIMIT])
async def test_a_larger_one_is_refused_whatever_it_says_of_its_size(client: Client, size: int) -> None:
    for body in (b"x" * size, in_pieces(size)):
        async with client.post("/", data=body) as answer:
            assert answer.status == 413


async def test_no_more_is_read_than_the_limit_and_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    next_piece = request_body._next_piece

    async def counted(request: Request, until: float) -> bytes:
        piece = await next_piece(request, until)
        read.append(len(piece))
        return piece

    async def handle(request: Request) -> Response:
        return Response(text=str(len(await read_body(request, LIMIT))))

    monkeypatch.setattr(request_body, "_next_piece", counted)
    app = Application()
    app.add_routes([post("/", handle)])
    async with TestClient(TestServer(app)) as client, client.post("/", data=in_pieces(100_000)) as answer:
        assert answer.status == 413
    assert sum(read) <= LIMIT + request_body._PIECE_BYTES


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "x-unknown", "identity, gzip"])
async def test_a_packed_body_is_refused_and_never_unpacked(client: Client, encoding: str) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    async with client.post("/", data=bomb, headers={"Content-Encoding": encoding}) as answer:
        assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "identity")


async def test_what_says_that_it_isnt_packed_is_read(client: Client) -> None:
    async with client.post("/", data=b"x", headers={"Content-Encoding": "identity"}) as answer:
        assert answer.status == 200


async def test_a_body_that_dawdles_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "GRACE_SECONDS", 0.05)
    async with client.post("/", data=dawdling(LIMIT)) as answer:
        assert answer.status == 408


async def test_a_steady_pace_earns_time_up_to_an_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "GRACE_SECONDS", 1.0)
    monkeypatch.setattr(request_body, "SLOWEST_PACE", 1)
    async with client.post("/", data=dawdling(20)) as answer:
        assert answer.status == 200
    monkeypatch.setattr(request_body.read_body, "__kwdefaults__", {"seconds": 0.05})
    async with client.post("/", data=dawdling(LIMIT)) as answer:
        assert answer.status == 408
