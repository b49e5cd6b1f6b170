"""The token is judged by the header alone, before the body is looked at."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

import connectors.teams.sdk
from connectors.teams.sdk import TeamsSdk
from tests.connectors.fake_microsoft import FakeMicrosoft, an_activity

LONG_AGO = 600
BRACKETS = b"[" + b"[]," * 170_000 + b"[]]"


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


def forged(authority: FakeMicrosoft) -> dict[str, str | None]:
    activity, now = an_activity(), int(time.time())
    stranger = FakeMicrosoft(owner="a stranger")
    stranger.add_key("one")
    good = authority.sign(activity)
    return {
        "none": None,
        "empty": "",
        "no token": "Bearer ",
        "another scheme": good.replace("Bearer", "Basic"),
        "no jwt": "Bearer x.y.z",
        "another's key": stranger.sign(activity),
        "unknown key": stranger.sign(activity).replace("one", "two"),
        "another signature": good[:-20] + "A" * 20,
        "another issuer": authority.sign(activity, iss="https://sts.windows.net/"),
        "no issuer": authority.sign(activity, iss=None),
        "another audience": authority.sign(activity, aud="another bot"),
        "no audience": authority.sign(activity, aud=None),
        "expired": authority.sign(activity, exp=now - LONG_AGO),
        "endless": authority.sign(activity, exp=None),
        "not yet": authority.sign(activity, nbf=now + LONG_AGO),
    }


async def test_whatever_isnt_signed_by_teams_for_us_is_refused_unread(
    authority: FakeMicrosoft, sdk: TeamsSdk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_raw: bytes) -> None:
        raise AssertionError("the body was parsed")

    async def turn(_activity: dict[str, Any]) -> None:
        raise AssertionError("a turn began")

    monkeypatch.setattr(connectors.teams.sdk, "_read", never)
    for name, header in forged(authority).items():
        refusal = await sdk.check_token(header)
        assert refusal is not None, name
        assert refusal[0] == 401, name
        assert (await sdk.receive(header, BRACKETS, turn))[0] == 401, name


async def test_what_teams_signed_for_us_passes(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    assert await sdk.check_token(authority.sign(an_activity())) is None


async def test_while_the_keys_cant_be_had_it_is_to_be_sent_again(
    authority: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    authority.is_down = True
    refusal = await sdk.check_token(authority.sign(an_activity()))
    assert refusal is not None
    assert refusal[0] == 503
