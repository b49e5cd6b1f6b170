"""Tests of the signing keys: fetched when needed, once, without blocking other requests."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Any

import pytest

import connectors.teams.keys
from connectors.teams.sdk import TeamsSdk
from tests.connectors.fake_microsoft import FakeMicrosoft, an_activity

RAW = json.dumps(an_activity()).encode()


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


async def status_of(sdk: TeamsSdk, header: str) -> int:
    async def turn(_activity: dict[str, Any]) -> None:
        return None

    return (await sdk.receive(header, RAW, turn))[0]


def pauses(monkeypatch: pytest.MonkeyPatch, *, known: float = 30.0, trouble: float = 5.0) -> None:
    monkeypatch.setattr(connectors.teams.keys, "_PAUSE_SECONDS", known)
    monkeypatch.setattr(connectors.teams.keys, "_PAUSE_AFTER_TROUBLE", trouble)


async def test_many_at_once_fetch_the_keys_once(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    header = authority.sign(an_activity())
    assert set(await asyncio.gather(*(status_of(sdk, header) for _ in range(50)))) == {200}
    assert await status_of(sdk, header) == 200
    assert authority.asked == ["description", "keys"]


async def test_a_new_key_is_fetched_at_once(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses(monkeypatch, known=0)
    await status_of(sdk, authority.sign(an_activity()))
    authority.add_key("two")
    assert await status_of(sdk, authority.sign(an_activity(), key="two")) == 200
    assert await status_of(sdk, authority.sign(an_activity(), key="one")) == 200
    assert authority.asked == ["description", "keys"] * 2


async def test_unknown_keys_make_no_storm(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    assert await status_of(sdk, authority.sign(an_activity())) == 200
    for number in range(20):
        forged = authority.sign(an_activity()).split(".")
        forged[0] = "Bearer " + urlsafe_b64encode(f'{{"alg":"RS256","kid":"{number}"}}'.encode()).decode()
        assert await status_of(sdk, ".".join(forged).replace("=", "")) == 401
    assert authority.asked == ["description", "keys"]


async def test_while_the_key_server_is_down_nobody_is_called_a_forger(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses(monkeypatch, trouble=0)
    authority.is_down = True
    header = authority.sign(an_activity())
    status, body = await sdk.receive(header, RAW, lambda _: pytest.fail("let in"))
    assert status == 503
    assert body == {"error": "The keys by which Teams signs can't be fetched. Send it again later."}
    authority.is_down = False
    assert await status_of(sdk, header) == 200


async def test_a_key_server_that_is_down_is_not_run_over(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    authority.is_down = True
    header = authority.sign(an_activity())
    assert {await status_of(sdk, header) for _ in range(20)} == {503}
    assert authority.asked == ["description"]


async def test_a_key_server_that_is_gone_or_slow_is_down(authority: FakeMicrosoft) -> None:
    authority.holds = asyncio.Event()
    slow, gone = authority.sdk(seconds=0.2), authority.sdk(openid_url="http://127.0.0.1:9/")
    try:
        header = authority.sign(an_activity())
        assert set(await asyncio.gather(status_of(slow, header), status_of(gone, header))) == {503}
    finally:
        authority.holds.set()
        await slow.close()
        await gone.close()


async def test_kept_keys_stay_good_while_the_key_server_is_down(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses(monkeypatch, known=0, trouble=0)
    monkeypatch.setattr(connectors.teams.keys, "_OLD_SECONDS", 0)
    header = authority.sign(an_activity())
    assert await status_of(sdk, header) == 200
    authority.is_down = True
    for _ in range(3):
        assert await status_of(sdk, header) == 200
        await asyncio.sleep(0.02)
    assert authority.asked.count("description") > 1, "old keys are read again"
    authority.add_key("two")
    assert await status_of(sdk, authority.sign(an_activity(), key="two")) == 503
    assert await status_of(sdk, header) == 200


async def test_nobody_waits_for_old_keys_to_be_read_again(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses(monkeypatch, known=0)
    monkeypatch.setattr(connectors.teams.keys, "_OLD_SECONDS", 0)
    header = authority.sign(an_activity())
    assert await status_of(sdk, header) == 200
    authority.holds = asyncio.Event()
    assert await status_of(sdk, header) == 200, "it is answered while the key server still thinks"
    authority.holds.set()


async def test_others_are_served_while_the_keys_are_on_their_way(
    authority: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    authority.holds = asyncio.Event()
    waiting = asyncio.create_task(status_of(sdk, authority.sign(an_activity())))
    while not authority.asked:
        await asyncio.sleep(0)
    assert await status_of(sdk, "Bearer garbage") == 401, "the loop is free"
    assert not waiting.done()
    authority.holds.set()
    assert await waiting == 200


async def test_one_who_hangs_up_takes_the_keys_from_nobody(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    authority.holds = asyncio.Event()
    header = authority.sign(an_activity())
    impatient, patient = (asyncio.create_task(status_of(sdk, header)) for _ in range(2))
    while not authority.asked:
        await asyncio.sleep(0)
    impatient.cancel()
    authority.holds.set()
    assert await patient == 200
    with pytest.raises(asyncio.CancelledError):
        await impatient


@pytest.mark.parametrize(
    "keys",
    [None, {}, [], [7], [{"kid": "one"}], [{"kid": "one", "kty": "oct", "k": "c2VjcmV0"}], "keys"],
    ids=range(7),
)
async def test_a_list_that_holds_no_key_is_trouble_and_no_key(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch, keys: object
) -> None:
    async def download(_keys: object) -> object:
        return keys

    monkeypatch.setattr(connectors.teams.keys.SigningKeys, "_download", download)
    assert await status_of(sdk, authority.sign(an_activity())) == 503
