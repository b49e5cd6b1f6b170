"""Tests of the Teams client: safe calls, and the meaning of failed ones."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from connectors.errors import GiveUp, TryAgain
from connectors.teams.api import TeamsApi
from tests.connectors.fake_teams import APP_ID, BILLING, TENANT_ID, TOKEN, FakeTeams

HELLO = {"type": "message", "text": "D-1001 SECRET"}
POST = ("POST", "conversations", BILLING, "activities")


@asynccontextmanager
async def another_server() -> AsyncIterator[tuple[str, list[str]]]:
    """A server that we must never call."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.headers.get("Authorization", ""))
        return web.json_response({"id": "1"})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", hear)
    async with TestServer(app) as server:
        yield str(server.make_url("/")), heard


async def failed(api: TeamsApi) -> TryAgain:
    with pytest.raises(TryAgain) as trouble:
        await api.call(*POST, conversation=BILLING, body=HELLO)
    return trouble.value


@pytest.mark.parametrize(
    "address",
    [
        "http://smba.trafficmanager.net/amer/",
        "http://127.0.0.1.example.com/",
        "http://localhost@example.com/",
        "https://user:pw@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/?to=",
        "https://smba.trafficmanager.net/#to",
        "https://user@smba.trafficmanager.net/",
        "https://:pw@smba.trafficmanager.net/",
        "ftp://127.0.0.1/",
        "smba.trafficmanager.net/amer",
        "https://[",
        "",
    ],
)
async def test_an_address_that_is_not_safe_is_never_told_the_token(
    fake_teams: FakeTeams, address: str
) -> None:
    asked = []

    async def token() -> str:
        asked.append(1)
        return TOKEN

    async def service_url(_: str) -> str:
        return address

    api = TeamsApi(token, service_url, app_id=APP_ID, tenant_id=TENANT_ID)
    trouble = await failed(api)
    assert "https://" in str(trouble.remedy)
    assert not asked
    await api.close()


async def test_a_token_that_teams_refuses_is_distrusted_and_no_other(fake_teams: FakeTeams) -> None:
    distrusted: list[str] = []

    async def token() -> str:
        return TOKEN

    async def service_url(_: str) -> str:
        return fake_teams.url

    api = TeamsApi(token, service_url, invalidate_token=distrusted.append, app_id=APP_ID, tenant_id=TENANT_ID)
    fake_teams.fail_next("post", 429)
    await failed(api)
    assert not distrusted
    fake_teams.fail_next("post", 401)
    await failed(api)
    assert distrusted == [TOKEN]
    await api.close()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(fake_teams: FakeTeams, teams_api: TeamsApi, status: int) -> None:
    async with another_server() as (url, heard):
        fake_teams.fail_next("post", status, headers={"Location": url})
        trouble = await failed(teams_api)
    assert not heard
    assert not trouble.is_unknown
    assert "TEAMS_SERVICE_URL" in str(trouble.remedy)


async def test_a_proxy_of_the_machine_is_not_asked_the_way_to_loopback(
    fake_teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with another_server() as (url, heard):
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, url)
        api = fake_teams.api()
        await api.call(*POST, conversation=BILLING, body=HELLO)
        await api.close()
    assert not heard
    assert len(fake_teams.messages[BILLING]) == 1


async def test_a_refused_token_is_waited_for_and_shown_to_nobody(fake_teams: FakeTeams) -> None:
    async def token() -> str:
        return "an-old-bearer"

    async def service_url(_: str) -> str:
        return fake_teams.url

    api = TeamsApi(token, service_url, app_id=APP_ID, tenant_id=TENANT_ID)
    trouble = await failed(api)
    assert "TEAMS_APP_PASSWORD" in str(trouble.remedy)
    assert trouble.after is not None
    assert "an-old-bearer" not in f"{trouble.message}{trouble.remedy}{trouble!r}"
    await api.close()


async def test_what_we_said_is_not_repeated_even_when_teams_repeats_it(
    fake_teams: FakeTeams, teams_api: TeamsApi
) -> None:
    echo = {"error": {"code": f"BadSyntax {json.dumps(HELLO)}", "message": f"SECRET {TOKEN}"}}
    fake_teams.fail_next("post", 400, body=echo)
    with pytest.raises(GiveUp) as refused:
        await teams_api.call(*POST, conversation=BILLING, body=HELLO)
    said = f"{refused.value.message}{refused.value.remedy}{refused.value.__cause__}"
    assert "SECRET" not in said
    assert TOKEN not in said
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


async def test_a_429_says_how_long_to_wait(fake_teams: FakeTeams, teams_api: TeamsApi) -> None:
    fake_teams.fail_next("post", 429, "Throttled", headers={"Retry-After": "7"})
    trouble = await failed(teams_api)
    assert trouble.after == timedelta(seconds=7)
    assert not trouble.is_unknown


async def test_a_lost_connection_leaves_the_end_unknown(fake_teams: FakeTeams, teams_api: TeamsApi) -> None:
    fake_teams.fail_next("post", is_done=True)
    assert (await failed(teams_api)).is_unknown
    assert len(fake_teams.messages[BILLING]) == 1


async def test_a_hanging_call_is_given_up_in_time(fake_teams: FakeTeams) -> None:
    api = fake_teams.api(seconds=0.2)
    fake_teams.fail_next("post", 200, seconds=1)
    assert (await failed(api)).is_unknown
    await api.close()


async def test_a_teams_that_is_not_there_cannot_have_got_it(fake_teams: FakeTeams) -> None:
    api = fake_teams.api(url="http://127.0.0.1:9/")
    trouble = await failed(api)
    assert not trouble.is_unknown
    assert trouble.message == "Teams can't be reached."
    await api.close()


async def test_a_teams_that_does_not_let_us_in_cannot_have_got_it(fake_teams: FakeTeams) -> None:
    async def stay_mute(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hung_up.wait()
        writer.close()

    hung_up = asyncio.Event()
    server = await asyncio.start_server(stay_mute, "127.0.0.1", 0)
    api = fake_teams.api(seconds=0.4, url=f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    trouble = await failed(api)
    assert not trouble.is_unknown
    hung_up.set()
    await api.close()
    server.close()


async def test_nothing_is_sent_while_there_is_no_token(fake_teams: FakeTeams) -> None:
    async def token() -> str:
        raise TryAgain("The sign-in is away.")

    async def service_url(_: str) -> str:
        return fake_teams.url

    api = TeamsApi(token, service_url, app_id=APP_ID, tenant_id=TENANT_ID)
    assert (await failed(api)).message == "The sign-in is away."
    assert not fake_teams.calls
    await api.close()


@pytest.mark.parametrize("ref", ["19:a/../b@thread.tacv2", "19:ü %2F?x=#", "a:1;messageid=7", "19:%3B"])
async def test_any_id_stays_one_part_of_the_address(
    fake_teams: FakeTeams, teams_api: TeamsApi, ref: str
) -> None:
    fake_teams.rosters[ref], fake_teams.messages[ref] = [], []
    await teams_api.call(
        "GET", "conversations", ref, "pagedmembers", conversation=ref, query={"pageSize": "500"}
    )
    assert fake_teams.calls[-1] == ("members", ref)
