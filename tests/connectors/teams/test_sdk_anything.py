"""Property test of the bot's endpoint: any request gets a response, never an unhandled error."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.teams.sdk import TeamsSdk
from tests.connectors.fake_microsoft import FakeMicrosoft, an_activity

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from([*an_activity(), "value", "name", "deliveryMode", "callerId", "entities"])


@dataclass
class Door:
    runner: asyncio.Runner
    authority: FakeMicrosoft
    sdk: TeamsSdk

    def knock(self, header: str | None, raw: bytes) -> int:
        async def turn(_activity: dict[str, Any]) -> dict[str, Any]:
            return {}

        status, body = self.runner.run(self.sdk.receive(header, raw, turn))
        assert body is None or isinstance(body, dict)
        return status


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    async def open_door() -> tuple[FakeMicrosoft, TeamsSdk]:
        authority = await FakeMicrosoft().start()
        return authority, authority.sdk()

    with asyncio.Runner() as runner:
        authority, sdk = runner.run(open_door())
        yield Door(runner, authority, sdk)
        runner.run(sdk.close())
        runner.run(authority.stop())


@given(changes=st.dictionaries(FIELDS, JSON, max_size=4))
def test_whatever_a_signed_activity_says_is_answered(door: Door, changes: dict[str, Any]) -> None:
    activity = an_activity(**changes)
    header = door.authority.sign(activity)
    assert door.knock(header, json.dumps(activity).encode()) in (200, 400, 401, 403)


@given(
    claims=st.dictionaries(st.sampled_from("aud exp nbf iat serviceurl ver appid azp jti sub".split()), JSON)
)
def test_whatever_a_token_claims_is_answered(door: Door, claims: dict[str, Any]) -> None:
    activity = an_activity()
    header = door.authority.sign(activity, **claims)
    assert door.knock(header, json.dumps(activity).encode()) in (200, 401)


@given(header=st.text(max_size=80) | st.text(max_size=60).map("Bearer {}".format), raw=st.binary(max_size=80))
def test_what_nobody_signed_never_gets_in(door: Door, header: str, raw: bytes) -> None:
    assert door.knock(header, raw) in (400, 401)
    assert door.knock(header, json.dumps(an_activity()).encode()) == 401
