"""Tests of the checks of Teams: what is wrong is reported with a remedy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.check.report import State
from bot.check.run import run_checks
from bot.check.teams import TeamsProbes
from bot.settings import Settings
from bot.wiring.teams import teams_probes_of
from tests.bot.check.teams_installation import (
    an_installation,
    check_results,
    only_problem,
    teams_policy,
    with_changes,
)
from tests.connectors.fake_microsoft import APP_ID, APP_PASSWORD, FakeMicrosoft


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return an_installation(tmp_path)


@pytest.fixture
async def authority() -> AsyncIterator[FakeMicrosoft]:
    authority = await FakeMicrosoft().start()
    yield authority
    await authority.stop()


def answers(status: int) -> TeamsProbes:
    async def knock(_url: str) -> int:
        return status

    return TeamsProbes(endpoint=knock)


async def test_without_teams_one_line_says_how_to_have_it(settings: Settings) -> None:
    (result,) = await check_results(
        with_changes(settings, teams_app_id=None), teams_policy(teams_channel=None)
    )
    assert (result.state, result.title) == (State.OFF, "Teams is off.")
    assert "TEAMS_APP_ID" in result.remedy


async def test_a_queue_that_hangs_in_teams_alone_needs_teams(settings: Settings) -> None:
    results = await check_results(with_changes(settings, teams_app_id=None), teams_policy())
    (failure,) = [one for one in results if one.state is State.FAILED]
    assert "nobody sees its cases" in failure.title
    results = await check_results(
        with_changes(settings, teams_app_id=None), teams_policy(slack_channel="#billing")
    )
    assert [one.state for one in results] == [State.OFF, State.WARNING]


@pytest.mark.parametrize("variable", ["TEAMS_APP_ID", "TEAMS_TENANT_ID"])
@pytest.mark.parametrize("value", ["contoso.onmicrosoft.com", f"{APP_ID}1", "{" + APP_ID + "}"])
async def test_an_id_that_is_no_guid_is_a_failure(settings: Settings, variable: str, value: str) -> None:
    trouble = await only_problem(with_changes(settings, **{variable.lower(): value}))
    assert trouble.state is State.FAILED
    assert variable in trouble.title


@pytest.mark.parametrize("variable", ["TEAMS_OPENID_URL", "TEAMS_LOGIN_URL"])
@pytest.mark.parametrize(
    "host", ["https://127.0.0.1", "https://evilmicrosoftonline.com", "https://x.example"]
)
async def test_trusting_somebody_else_than_microsoft_is_warned_of(
    settings: Settings, variable: str, host: str
) -> None:
    trouble = await only_problem(with_changes(settings, **{variable.lower(): f"{host}/"}))
    assert trouble.state is State.WARNING
    assert variable in trouble.remedy


@pytest.mark.parametrize(
    ("variable", "host"),
    [
        ("TEAMS_OPENID_URL", "https://login.botframework.azure.us/v1/.well-known/openidconfiguration"),
        ("TEAMS_LOGIN_URL", "https://login.microsoftonline.us"),
    ],
)
async def test_the_cloud_of_the_us_government_is_said_not_to_work(
    settings: Settings, variable: str, host: str
) -> None:
    trouble = await only_problem(with_changes(settings, **{variable.lower(): host}))
    assert trouble.state is State.FAILED
    assert f"{variable} is of Microsoft's cloud for the US government" in trouble.title


async def test_a_token_is_got_for_good_measure(settings: Settings, authority: FakeMicrosoft) -> None:
    near = with_changes(settings, teams_login_url=authority.login_url, teams_openid_url=authority.openid_url)
    probes = replace(teams_probes_of(near), endpoint=None)
    assert f"Microsoft gives the app {APP_ID} a token." in [
        one.title for one in await check_results(near, None, probes)
    ]
    assert "token" in authority.asked


async def test_a_secret_that_has_expired_is_said_to_have(
    settings: Settings, authority: FakeMicrosoft
) -> None:
    authority.refuses_with = "7000222"
    near = with_changes(settings, teams_login_url=authority.login_url)
    probes = replace(teams_probes_of(near), endpoint=None)
    (failure,) = [one for one in await check_results(near, None, probes) if one.state is State.FAILED]
    assert "expired" in failure.title
    assert "TEAMS_APP_PASSWORD" in failure.remedy
    assert APP_PASSWORD not in repr(failure)


@pytest.mark.parametrize(
    ("base_url", "state"),
    [
        ("http://disputes.example.com", State.FAILED),
        ("http://127.0.0.1:8080", State.FAILED),
        ("https://localhost", State.FAILED),
        ("https://192.168.1.20", State.WARNING),
        ("https://ombud", State.WARNING),
        ("https://ombud.corp.internal", State.WARNING),
    ],
)
async def test_an_address_that_teams_cannot_reach_is_told(
    settings: Settings, base_url: str, state: State
) -> None:
    trouble = await only_problem(with_changes(settings, base_url=base_url))
    assert trouble.state is state
    assert f"{base_url}/api/messages" in trouble.title


async def test_the_demos_teams_is_told_as_what_it_is(settings: Settings, authority: FakeMicrosoft) -> None:
    near = with_changes(settings, base_url="http://127.0.0.1:8080", teams_openid_url=authority.openid_url)
    assert "The Teams of this machine delivers to http://127.0.0.1:8080/api/messages." in [
        one.title for one in await check_results(near) if one.state is State.OK
    ]


@pytest.mark.parametrize("status", [200, 202, 301, 404, 403, 500, 502])
async def test_an_endpoint_that_is_not_ours_is_a_failure(settings: Settings, status: int) -> None:
    assert (await only_problem(settings, None, answers(status))).state is State.FAILED


async def test_the_endpoint_is_knocked_at_without_a_signature(settings: Settings) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=500 if "Authorization" in request.headers else 401)

    async def elsewhere(_request: web.Request) -> web.Response:
        raise web.HTTPPermanentRedirect("/api/messages")

    app = web.Application()
    app.router.add_post("/api/messages", answer)
    app.router.add_post("/old/api/messages", elsewhere)
    probes = replace(teams_probes_of(settings), token=None)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        good = await check_results(with_changes(settings, base_url=url), None, probes)
        moved = await check_results(with_changes(settings, base_url=f"{url}/old"), None, probes)
    assert "It answers there, and turns away what nobody signed." in [one.title for one in good]
    assert any("sends elsewhere (HTTP 308)" in one.title for one in moved)


async def test_a_bot_that_does_not_run_yet_is_no_failure(settings: Settings) -> None:
    gone = with_changes(settings, base_url="http://127.0.0.1:9")
    probes = replace(teams_probes_of(gone), token=None)
    (result,) = [one for one in await check_results(gone, None, probes) if "Nothing answers" in one.title]
    assert result.state is State.WARNING
    assert "ombud serve" in result.remedy


async def test_the_whole_check_looks_at_teams_and_shows_no_secret(
    settings: Settings, authority: FakeMicrosoft
) -> None:
    authority.refuses_with = "7000215"
    near = with_changes(settings, teams_login_url=authority.login_url, base_url="http://127.0.0.1:9")
    results = await run_checks(near, teams=teams_probes_of(near))
    assert {"Teams", "Teams channels", "People in Teams"} <= {one.group for one in results}
    assert "This could not be checked to the end." not in [one.title for one in results]
    assert APP_PASSWORD not in repr(results)
