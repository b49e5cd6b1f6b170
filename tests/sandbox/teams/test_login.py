"""The pretend Microsoft gives tokens and keys as the real one, and only to our app."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from msal import ConfidentialClientApplication

from tests.sandbox.teams.harness import APP, CONTRACTS, TENANT, TeamsHarness

HERE = "https://login.microsoftonline.com"


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


async def test_a_token_names_app_tenant_audience_and_its_end(teams: TeamsHarness) -> None:
    status, answer = await teams.request_token()
    claims = claims_of(answer["access_token"])
    assert (status, answer["token_type"], answer["expires_in"]) == (200, "Bearer", 3599)
    assert (claims["appid"], claims["tid"], claims["aud"]) == (APP, TENANT, "https://api.botframework.com")
    assert claims["exp"] > time.time()


async def test_a_token_ends_by_real_time_however_the_demo_s_clock_stands(teams: TeamsHarness) -> None:
    teams.world.clock.add(30 * 86_400)
    assert (await teams.call_connector("GET", f"conversations/{CONTRACTS}/pagedmembers"))[0] == 200


@pytest.mark.parametrize(
    ("changes", "status", "number"),
    [
        ({"client_secret": "another"}, 401, 7000215),
        ({"client_id": TENANT}, 400, 700016),
        ({"tenant": APP}, 400, 90002),
        ({"scope": "https://graph.microsoft.com/.default"}, 400, 70011),
        ({"grant_type": "password"}, 400, 70003),
    ],
)
async def test_a_wrong_request_is_refused_in_entra_s_words(
    teams: TeamsHarness, changes: dict[str, str], status: int, number: int
) -> None:
    refused, answer = await teams.request_token(**changes)
    assert (refused, answer["error_codes"]) == (status, [number])
    assert answer["error_description"].startswith(f"AADSTS{number}: ")


async def test_the_login_s_own_description_leads_to_its_token_endpoint(teams: TeamsHarness) -> None:
    url = f"{teams.url}/login/{TENANT}/v2.0/.well-known/openid-configuration"
    async with teams.http.get(url) as answer:
        described = await answer.json()
    assert described["token_endpoint"] == f"{teams.url}/login/{TENANT}/oauth2/v2.0/token"


async def test_microsoft_s_own_library_gets_a_token(teams: TeamsHarness) -> None:
    """MSAL blocks and requires https, so its transport is redirected to the sandbox."""
    loop = asyncio.get_running_loop()

    class Transport:
        def get(self, url: str, **_: Any) -> Any:
            return self._call("GET", url, None)

        def post(self, url: str, *, data: Any = None, **_: Any) -> Any:
            return self._call("POST", url, data)

        def close(self) -> None:
            """Does nothing: no connection is open."""

        def _call(self, verb: str, url: str, data: Any) -> Any:
            return asyncio.run_coroutine_threadsafe(self._ask(verb, url, data), loop).result(10)

        async def _ask(self, verb: str, url: str, data: Any) -> Any:
            there = url.replace(HERE, f"{teams.url}/login", 1)
            async with teams.http.request(verb, there, data=data) as answer:
                text = (await answer.text()).replace(f"{teams.url}/login", HERE)
                return SimpleNamespace(status_code=answer.status, headers=answer.headers, text=text)

    def acquire() -> Any:
        app = ConfidentialClientApplication(
            APP, "a secret of the app's", f"{HERE}/{TENANT}", http_client=Transport()
        )
        return app.acquire_token_for_client(["https://api.botframework.com/.default"])

    answer = await asyncio.to_thread(acquire)
    teams.token = answer["access_token"]
    assert (await teams.call_connector("GET", f"conversations/{CONTRACTS}/pagedmembers"))[0] == 200


@pytest.mark.parametrize("part", ["login", "keys"])
async def test_an_outage_answers_503(teams: TeamsHarness, part: str) -> None:
    await teams.post_route("mischief", do="down", part=part)
    async with teams.http.get(teams.bot.openid_url) as answer:
        assert (answer.status == 503) == (part == "keys")
    assert ((await teams.request_token())[0] == 503) == (part == "login")


async def test_a_token_that_has_ended_is_of_no_use(teams: TeamsHarness) -> None:
    await teams.post_route("mischief", do="token_seconds", seconds=-1)
    status, answer = await teams.call_connector("GET", f"conversations/{CONTRACTS}/pagedmembers")
    assert (status, answer["error"]["code"]) == (401, "Unauthorized")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer rubbish", "Basic abc"])
async def test_without_a_good_token_the_connector_says_nothing(teams: TeamsHarness, header: str) -> None:
    path = f"conversations/{CONTRACTS}/pagedmembers"
    status, answer = await teams.call_connector("GET", path, authorization=header)
    assert (status, answer["error"]["code"]) == (401, "Unauthorized")


async def test_a_token_signed_with_another_key_is_refused(teams: TeamsHarness) -> None:
    claims = {"iss": "x", "aud": "https://api.botframework.com", "appid": APP}
    teams.token = teams.world.teams.channel_keys.sign(claims, seconds=600)
    assert (await teams.call_connector("GET", f"conversations/{CONTRACTS}/pagedmembers"))[0] == 401
