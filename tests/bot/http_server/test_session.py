"""Tests of HTTP sessions: half requests and unread answers are let go, and no words of theirs are logged."""

from __future__ import annotations

import asyncio
import gzip
import logging
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from bot.http_server import broken
from tests.bot.http_server.raw_client import GET, HALF_BODY, HALF_HEAD, quick_app, run_server, until

SECRET = b"eyJ-a-working-link"


@pytest.fixture(autouse=True)
def _forget_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broken, "_told", {})


def counted(why: str) -> float:
    labels = {"route": "connection", "why": why}
    return REGISTRY.get_sample_value("ombud_refused_requests_total", labels) or 0.0


async def test_half_a_head_is_given_up() -> None:
    before = counted("slow_head")
    async with run_server(head_seconds=0.05) as server:
        half = await server.connect(HALF_HEAD)
        assert (await half.rest()).startswith(b"HTTP/1.1 408 ")
    assert counted("slow_head") == before + 1


async def test_a_head_that_drips_is_given_up_all_the_same() -> None:
    before = counted("slow_head")
    async with run_server(head_seconds=0.2) as server:
        half = await server.connect(b"GET / HTTP/1.1\r\n")

        async def drip() -> None:
            while True:
                await half.send(b"X: y\r\n")
                await asyncio.sleep(0.01)

        dripping = asyncio.create_task(drip())
        await until(lambda: counted("slow_head") > before)
        await until(lambda: not server.runner.server.connections)  # type: ignore[union-attr]
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)


async def test_who_only_connects_is_let_go() -> None:
    async with run_server(head_seconds=0.05) as server:
        assert await (await server.connect()).rest() == b""


async def test_half_a_head_after_an_answered_request_is_given_up() -> None:
    async with run_server(head_seconds=0.05) as server:
        one = await server.connect(GET)
        await one.status()
        await one.send(HALF_HEAD)
        assert b" 408 " in await one.rest()


async def test_a_kept_connection_takes_the_next_request_and_ends_when_none_comes() -> None:
    async with run_server(kept_alive_seconds=0.3, head_seconds=60) as server:
        one = await server.connect(GET)
        assert await one.status() == 200
        await one.send(GET)
        assert await one.status() == 200
        assert await one.rest() == b""


async def test_a_request_that_takes_longer_than_the_time_outs_is_answered() -> None:
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(0.2)
        return web.Response()

    app = web.Application()
    app.add_routes([web.get("/quick", slow)])
    async with run_server(app, head_seconds=0.05, kept_alive_seconds=0.05) as server:
        assert await (await server.connect(GET)).status() == 200


async def test_requests_in_one_piece_are_all_answered() -> None:
    async with run_server() as server:
        one = await server.connect(GET * 3)
        assert [await one.status() for _ in range(3)] == [200, 200, 200]


async def test_a_head_without_end_is_refused_by_its_length() -> None:
    async with run_server(head_bytes=4096) as server:
        one = await server.connect(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 60)
        await one.send(b"Cookie: " + b"x" * 4000)
        assert b" 431 " in await one.rest()


async def test_the_rest_of_a_body_that_nobody_wants_is_dropped_and_the_next_request_answered() -> None:
    before = counted("long_head")
    with capture_logs() as lines:
        async with run_server(head_bytes=1024) as server:
            one = await server.connect(b"POST /quick HTTP/1.1\r\nHost: o\r\nContent-Length: 40000\r\n\r\n")
            assert await one.status() == 405
            await one.send(b"x" * 40000 + GET)
            assert await one.status() == 200
            half = await server.connect(b"POST /quick HTTP/1.1\r\nHost: o\r\nContent-Length: 40000\r\n\r\n")
            assert await half.status() == 405
            half.close()
            await until(lambda: len(server.runner.server.connections) == 1)  # type: ignore[union-attr]
    assert counted("long_head") == before
    assert [line for line in lines if line["log_level"] == "error"] == []


async def test_who_reads_nothing_of_an_answer_is_let_go() -> None:
    async with run_server(unread_seconds=0.05) as server:
        await server.connect(b"GET /long HTTP/1.1\r\nHost: ombud\r\n\r\n")
        await until(lambda: counted("unread") > 0)
        await until(lambda: not server.runner.server.connections)  # type: ignore[union-attr]


async def test_half_requests_of_many_never_shut_the_door() -> None:
    async with run_server(most=6) as server:
        halves = [await server.connect(HALF_HEAD) for _ in range(20)]
        assert await (await server.connect(GET)).status() == 200
        assert len(server.runner.server.open) <= 6  # type: ignore[union-attr]
        assert await halves[0].rest() == b""


async def test_where_all_are_at_work_a_newcomer_is_told_to_come_again() -> None:
    async with run_server(most=2) as server:
        for _ in range(2):
            await server.connect(HALF_BODY)
        await until(lambda: _is_busy(server.runner.server, 2))
        refused = await (await server.connect(GET)).rest()
    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After" in refused


def _is_busy(server: Any, number: int) -> bool:
    return len(server.open) - len(server.open._waiting) == number


async def test_who_is_at_work_is_not_closed_for_another() -> None:
    async with run_server(most=2) as server:
        working = [await server.connect(HALF_BODY) for _ in range(2)]
        await until(lambda: _is_busy(server.runner.server, 2))
        await (await server.connect(GET)).rest()
        for one in working:
            await one.send(b"x" * 996)
            assert await one.status() == 200


async def test_bodies_are_not_unpacked() -> None:
    packed = gzip.compress(b" " * 1_000_000)
    head = b"POST /body HTTP/1.1\r\nHost: o\r\nContent-Encoding: gzip\r\nConnection: close\r\n"
    async with run_server() as server:
        one = await server.connect(head + b"Content-Length: %d\r\n\r\n" % len(packed) + packed)
        assert (await one.rest()).endswith(packed)


@pytest.mark.parametrize(
    "rubbish",
    [
        b"GET /d/" + SECRET + b" HTTP/9.9\r\n\r\n",
        b"GET /d/" + SECRET + b" HTTP/1.1\r\nCookie: a=" + SECRET + b"\r\nNo colon\r\n\r\n",
        b"\x16\x03\x01" + SECRET + b"\r\n\r\n",
        b"POST /body HTTP/1.1\r\nHost: o\r\nContent-Length: 5\r\nContent-Length: 6\r\nX: "
        + SECRET
        + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nCookie: " + SECRET + b"x" * 9000 + b"\r\n\r\n",
        b"POST /body HTTP/1.1\r\nHost: o\r\nX: " + SECRET + b"\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_a_broken_request_is_answered_and_logged_without_a_word_of_it(
    rubbish: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        async with run_server() as server:
            answer = await (await server.connect(rubbish)).rest()
    told = caplog.text + str(lines)
    assert b" 400 " in answer
    assert SECRET not in answer
    assert SECRET.decode() not in told
    assert "Traceback" not in told


async def test_many_broken_requests_are_counted_and_told_in_one_line() -> None:
    before = counted("malformed")
    with capture_logs() as lines:
        async with run_server() as server:
            for _ in range(5):
                await (await server.connect(b"rubbish\r\n\r\n")).rest()
    assert counted("malformed") == before + 5
    assert len([line for line in lines if line["event"] == "connection_broken"]) == 1


@pytest.mark.parametrize("data", [HALF_HEAD, HALF_BODY, b"GET /long HTTP/1.1\r\nHost: ombud\r\n\r\n"])
async def test_a_connection_that_breaks_leaves_no_traceback(
    data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with run_server(quick_app()) as server:
        one = await server.connect(data)
        await until(lambda: len(server.runner.server.connections) == 1)  # type: ignore[union-attr]
        one.close()
        await until(lambda: not server.runner.server.connections)  # type: ignore[union-attr]
    assert "Traceback" not in caplog.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    "data", [HALF_BODY, b"GET /never HTTP/1.1\r\n\r\n", b"GET /long HTTP/1.1\r\n\r\n", HALF_HEAD, GET, b""]
)
async def test_nothing_that_is_open_hinders_the_stop(data: bytes) -> None:
    async with run_server(stop_seconds=0.05) as server:
        one = await server.connect(data)
        await until(lambda: len(server.runner.server.connections) == 1)  # type: ignore[union-attr]
        async with asyncio.timeout(5):
            await server.runner.cleanup()
            await one.rest()
