"""HTTP statuses of the responses to Teams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.teams.http import LARGEST_BODY, TEAMS_ENDPOINT, ActivityHandler, TeamsEndpoint, post_activity
from tests.bot.teams.activities import ANA, TeamsClient
from tests.bot.teams.harness import TeamsHarness

Http = TestClient[web.Request, web.Application]


async def receive(_: str | None, raw: bytes, turn: ActivityHandler) -> tuple[int, dict[str, Any] | None]:
    """As the SDK does whose signatures are all good."""
    return 200, await turn(orjson.loads(raw))


async def trust(_: str | None) -> None:
    """As for a token that Teams signed."""


@pytest.fixture
async def http(harness: TeamsHarness) -> AsyncIterator[Http]:
    app = web.Application()
    app[TEAMS_ENDPOINT] = TeamsEndpoint(trust, receive, harness.edge.on_activity)
    app.add_routes([web.post("/api/messages", post_activity)])
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize(
    ("activity", "status"),
    [
        (TeamsClient(ANA).invoke("signin/verifyState", {"state": "1"}), 501),
        (TeamsClient(ANA).execute({"action": "teleport", "value": "D-1001"}, "1"), 200),
        (TeamsClient(ANA).query("nobody at all"), 200),
        (TeamsClient(ANA, channel=None).message("help"), 200),
    ],
)
async def test_only_an_invoke_of_another_kind_is_one_that_we_do_not_know(
    http: Http, activity: dict[str, Any], status: int
) -> None:
    async with http.post("/api/messages", data=orjson.dumps(activity)) as answer:
        assert answer.status == status


REFUSAL = (401, {"error": "The token isn't one that Teams signed for this bot."})


@pytest.mark.parametrize("kind", ["plain", "chunked"])
async def test_without_a_token_no_body_is_read(harness: TeamsHarness, kind: str) -> None:
    async def refuse(_: str | None) -> tuple[int, dict[str, Any]]:
        return REFUSAL

    async def never(*_: object) -> tuple[int, dict[str, Any] | None]:
        raise AssertionError("a body was read")

    async def pieces() -> AsyncIterator[bytes]:
        yield b"[" + b"[]," * 1000

    app = web.Application()
    app[TEAMS_ENDPOINT] = TeamsEndpoint(refuse, never, harness.edge.on_activity)
    app.add_routes([web.post("/api/messages", post_activity)])
    async with TestClient(TestServer(app)) as client:
        body: Any = pieces() if kind == "chunked" else b"[[]]"
        async with client.post("/api/messages", data=body) as answer:
            assert (answer.status, await answer.json()) == REFUSAL


async def test_a_body_beyond_the_limit_is_refused(http: Http) -> None:
    async with http.post("/api/messages", data=b" " * (LARGEST_BODY + 1)) as answer:
        assert answer.status == 413
