"""Tests of the bot's token: there when needed, and a reason when there is none."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from structlog.testing import capture_logs

import connectors.teams.token
from connectors.errors import TryAgain
from connectors.teams.sdk import TeamsSdk
from tests.connectors.fake_microsoft import APP_PASSWORD, FakeMicrosoft


@pytest.fixture
async def authority() -> AsyncIterator[FakeMicrosoft]:
    authority = await FakeMicrosoft().start()
    yield authority
    await authority.stop()


@pytest.fixture
async def sdk(authority: FakeMicrosoft) -> AsyncIterator[TeamsSdk]:
    sdk = authority.sdk()
    yield sdk
    await sdk.close()


async def test_a_token_is_asked_for_once_and_kept(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    assert {await sdk.token() for _ in range(20)} == {"token-1"}
    assert authority.asked == ["discovery", "token"]


async def test_many_at_once_ask_once(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    assert set(await asyncio.gather(*(sdk.token() for _ in range(50)))) == {"token-1"}
    assert authority.asked == ["discovery", "token"]


async def test_a_token_is_renewed_before_it_ends_and_nobody_waits(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connectors.teams.token, "_EARLY_SHARE", 1)
    authority.token_seconds = 500
    assert await sdk.token() == "token-1"
    authority.holds = asyncio.Event()
    assert [await sdk.token() for _ in range(5)] == ["token-1"] * 5, "the old one serves meanwhile"
    authority.holds.set()
    async with asyncio.timeout(30):
        while await sdk.token() == "token-1":
            await asyncio.sleep(0.005)
    assert authority.asked[:3] == ["discovery", "token", "token"]


async def test_a_token_that_has_ended_is_never_handed_out(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    authority.token_seconds = 0
    assert [await sdk.token(), await sdk.token()] == ["token-1", "token-2"]


async def test_while_microsoft_is_away_the_kept_token_serves(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connectors.teams.token, "_EARLY_SHARE", 1)
    authority.token_seconds = 500
    await sdk.token()
    authority.is_down = True
    for _ in range(3):
        assert await sdk.token() == "token-1"
        await asyncio.sleep(0.02)


async def test_others_are_served_while_a_token_is_on_its_way(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    authority.holds = asyncio.Event()
    waiting = asyncio.create_task(sdk.token())
    while not authority.asked:
        await asyncio.sleep(0.001)
    assert not waiting.done()
    authority.holds.set()
    assert await waiting == "token-1"


async def test_microsofts_own_login_is_asked_at_its_own_address(
    authority: FakeMicrosoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in real life, but for the last step of the way."""
    public, asked = "https://login.microsoftonline.com", []
    send = requests.Session.request

    def here(session: requests.Session, method: str, url: str, **options: Any) -> SimpleNamespace:
        asked.append(url)
        session.trust_env = False
        answer = send(session, method, url.replace(public, authority.login_url), **options)
        text = answer.text.replace(authority.login_url, public)
        return SimpleNamespace(status_code=answer.status_code, headers=answer.headers, text=text)

    monkeypatch.setattr(requests.Session, "request", here)
    sdk = authority.sdk(login_url=public)
    assert await sdk.token() == "token-1"
    await sdk.close()
    assert asked[-1] == f"{public}/{authority.tenant_id}/oauth2/v2.0/token"


@pytest.mark.parametrize(
    ("code", "word", "remedy"),
    [
        ("7000215", "doesn't accept", "TEAMS_APP_PASSWORD"),
        ("7000222", "expired", "TEAMS_APP_PASSWORD"),
        ("700016", "knows no app", "TEAMS_APP_ID"),
        ("7000112", "disabled", "Entra"),
        ("53003", "conditional access", "administrator"),
        ("50000", "AADSTS50000", "app registration"),
    ],
)
async def test_a_refusal_says_what_a_person_can_do_and_what_waits_waits(
    authority: FakeMicrosoft, sdk: TeamsSdk, code: str, word: str, remedy: str
) -> None:
    authority.refuses_with = code
    with pytest.raises(TryAgain, match=word) as refusal:
        await sdk.token()
    assert remedy in str(refusal.value.remedy)
    assert refusal.value.after is not None
    assert not refusal.value.is_unknown


async def test_microsofts_own_trouble_asks_nobody_to_mend_anything(
    authority: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    authority.refuses_with = "90033"
    with pytest.raises(TryAgain, match="has trouble") as trouble:
        await sdk.token()
    assert trouble.value.remedy is None


async def test_wrong_settings_are_told_by_their_names(authority: FakeMicrosoft) -> None:
    wrong = {
        "TEAMS_APP_PASSWORD": authority.sdk(app_password="wrong"),
        "TEAMS_APP_ID": authority.sdk(app_id="5b0f8a4e-0000-4000-8000-000000000000"),
        "TEAMS_TENANT_ID": authority.sdk(tenant_id="5b0f8a4e-0000-4000-8000-000000000000"),
    }
    for variable, sdk in wrong.items():
        with pytest.raises(TryAgain, match=variable) as refusal:
            await sdk.probe()
        assert variable in str(refusal.value.remedy)
        await sdk.close()


async def test_a_login_that_is_down_gone_or_slow_is_asked_again_later(authority: FakeMicrosoft) -> None:
    authority.is_down = True
    down, gone = authority.sdk(), authority.sdk(login_url="http://127.0.0.1:9")
    for sdk in (down, gone):
        with pytest.raises(TryAgain, match="doesn't answer") as trouble:
            await sdk.token()
        assert trouble.value.remedy is None
        await sdk.close()
    authority.is_down = False
    authority.holds = asyncio.Event()
    slow = authority.sdk(seconds=0.2)
    with pytest.raises(TryAgain, match="doesn't answer"):
        await slow.token()
    authority.holds.set()
    await slow.close()


async def test_a_refusal_is_told_to_everybody_for_a_while_without_asking_anew(
    authority: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    authority.refuses_with = "7000222"
    for _ in range(10):
        with pytest.raises(TryAgain, match="expired"):
            await sdk.token()
    assert authority.asked.count("token") == 1


async def test_after_trouble_the_next_try_gets_a_token(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connectors.teams.token, "_PAUSE_SECONDS", 0)
    authority.is_down = True
    with pytest.raises(TryAgain):
        await sdk.token()
    authority.is_down = False
    assert (await sdk.token()).startswith("token-")


async def test_the_probe_gets_a_fresh_token_even_when_one_is_kept(
    authority: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    await sdk.token()
    assert "gives the app" in await sdk.probe()
    assert authority.asked.count("token") == 2
    authority.refuses_with = "7000222"
    with pytest.raises(TryAgain, match="expired"):
        await sdk.probe()


async def test_a_refused_token_is_replaced_unless_it_is_brand_new(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdk.invalidate_token(await sdk.token())
    assert await sdk.token() == "token-1", "another would be refused as well"
    monkeypatch.setattr(connectors.teams.token, "_TRUSTED_SECONDS", 0)
    sdk.invalidate_token("token-0")
    assert await sdk.token() == "token-1", "that one isn't in use any more"
    sdk.invalidate_token("token-1")
    assert await sdk.token() == "token-2"


async def test_the_secret_stands_in_no_error_and_no_log(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    authority.refuses_with = "7000215"
    with capture_logs() as lines, pytest.raises(TryAgain) as refusal:
        await sdk.token()
    told = f"{lines} {refusal.value!r} {refusal.value.remedy} " + "".join(
        traceback.format_exception(refusal.value)
    )
    assert len(lines) == 1
    assert APP_PASSWORD not in told
