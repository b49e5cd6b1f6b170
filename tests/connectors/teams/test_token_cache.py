"""Tests of the cache of verified tokens: it accepts only what verification would."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from jwt.algorithms import RSAAlgorithm

import connectors.teams.keys
import connectors.teams.token_cache
from connectors.teams.sdk import TeamsSdk
from connectors.teams.token_cache import TRUSTED_SECONDS
from tests.connectors.fake_microsoft import FakeMicrosoft, an_activity, key_of


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


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown keys are looked for at once, however often."""
    monkeypatch.setattr(connectors.teams.keys, "_PAUSE_SECONDS", 0)


PER_VERIFICATION = 2
"""Signature checks: of the header alone, before the body is parsed, and by the SDK, with the activity."""


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The signatures that were really checked."""
    signatures: list[bytes] = []
    verify = RSAAlgorithm.verify

    def watched(self: RSAAlgorithm, msg: bytes, key: Any, sig: bytes) -> bool:
        signatures.append(sig)
        return verify(self, msg, key, sig)

    monkeypatch.setattr(RSAAlgorithm, "verify", watched)
    return signatures


async def status_of(sdk: TeamsSdk, header: str, **changes: Any) -> int:
    async def turn(_activity: dict[str, Any]) -> None:
        return None

    return (await sdk.receive(header, json.dumps(an_activity(**changes)).encode(), turn))[0]


async def test_what_teams_sends_under_one_token_is_verified_once(
    authority: FakeMicrosoft, sdk: TeamsSdk, checked: list[bytes]
) -> None:
    header = authority.sign(an_activity())
    for text in ("help", "list", "overdue"):
        assert await status_of(sdk, header, text=text) == 200
    assert len(checked) == PER_VERIFICATION


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"serviceUrl": "https://smba.trafficmanager.net/amer/"}, 401),
        ({"serviceUrl": "https://smba.trafficmanager.net/emea"}, 401),
        ({"channelId": "directline"}, 401),
        ({"channelId": "webchat"}, 403),
        ({"channelData": {"tenant": {"id": "another"}}}, 403),
        ({"channelData": {}}, 403),
        ({"type": None}, 400),
    ],
)
async def test_a_known_token_opens_no_other_door(
    authority: FakeMicrosoft, sdk: TeamsSdk, changes: dict[str, Any], status: int
) -> None:
    header = authority.sign(an_activity())
    assert await status_of(sdk, header) == 200
    assert await status_of(sdk, header, **changes) == status
    assert await status_of(sdk, header) == 200


async def test_what_only_resembles_a_known_token_stays_out(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    header = authority.sign(an_activity())
    assert await status_of(sdk, header) == 200
    for forged in (
        header.replace("Bearer ", "Basic "),
        header[:-20] + "A" * 20,
        f"{header}\udcff",
        header[7:],
    ):
        assert await status_of(sdk, forged) == 401


@pytest.mark.parametrize("seconds_left", [TRUSTED_SECONDS - 1, 1, -200])
async def test_a_token_that_ends_soon_is_verified_each_time(
    authority: FakeMicrosoft, sdk: TeamsSdk, checked: list[bytes], seconds_left: float
) -> None:
    header = authority.sign(an_activity(), exp=int(time.time() + seconds_left))
    for _ in range(2):
        assert await status_of(sdk, header) == 200
    assert len(checked) == 2 * PER_VERIFICATION


async def test_nobody_is_remembered_for_longer_than_was_looked_ahead(
    authority: FakeMicrosoft, sdk: TeamsSdk, checked: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    header, now = authority.sign(an_activity()), connectors.teams.token_cache._now
    assert await status_of(sdk, header) == 200
    monkeypatch.setattr(connectors.teams.token_cache, "_now", lambda: now() + TRUSTED_SECONDS)
    assert await status_of(sdk, header) == 200
    assert len(checked) == 2 * PER_VERIFICATION


async def read_keys_anew(authority: FakeMicrosoft, sdk: TeamsSdk) -> None:
    """Because a token names one that isn't known."""
    authority.add_key("new")
    assert await status_of(sdk, authority.sign(an_activity(), key="new")) == 200


@pytest.mark.usefixtures("at_once")
async def test_a_token_is_forgotten_with_the_key_that_signed_it(
    authority: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    header = authority.sign(an_activity(), key="one")
    assert await status_of(sdk, header) == 200
    del authority.keys["one"]
    await read_keys_anew(authority, sdk)
    assert await status_of(sdk, header) == 401


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("now_it_is", "status"),
    [
        ((key_of("Microsoft", "one"), ["msteams"]), 200),
        ((key_of("a stranger", "one"), ["msteams"]), 401),
        ((key_of("Microsoft", "one"), ["webchat"]), 401),
    ],
    ids=["the same", "another", "no longer for Teams"],
)
async def test_when_the_keys_are_read_anew_tokens_are_verified_anew(
    authority: FakeMicrosoft, sdk: TeamsSdk, now_it_is: Any, status: int
) -> None:
    header = authority.sign(an_activity(), key="one")
    assert await status_of(sdk, header) == 200
    authority.keys["one"] = now_it_is
    await read_keys_anew(authority, sdk)
    assert await status_of(sdk, header) == status


async def test_only_so_many_are_remembered(
    authority: FakeMicrosoft, sdk: TeamsSdk, checked: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connectors.teams.token_cache, "MOST_REMEMBERED", 2)
    headers = [authority.sign(an_activity(), nbf=int(time.time()) - number) for number in (1, 2, 3)]
    for header in headers:
        assert await status_of(sdk, header) == 200
    checked.clear()
    assert await status_of(sdk, headers[2]) == 200
    assert checked == []
    assert await status_of(sdk, headers[0]) == 200
    assert len(checked) == PER_VERIFICATION
