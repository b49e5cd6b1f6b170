"""From the signed request to the response: what of it reaches the cases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from connectors.teams.sdk import TeamsSdk
from core.case import Status
from core.events import CaseClaimed
from tests.bot.teams.activities import ANA, APP, TENANT, TeamsClient
from tests.bot.teams.harness import (
    TeamsHarness,
    card_shown,
    data_of,
    filled_in,
    visible_text,
)
from tests.connectors.fake_microsoft import FakeMicrosoft

Answer = tuple[int, dict[str, Any] | None]


@pytest.fixture
async def microsoft() -> AsyncIterator[FakeMicrosoft]:
    authority = await FakeMicrosoft(app_id=APP, tenant_id=TENANT).start()
    yield authority
    await authority.stop()


@pytest.fixture
async def sdk(microsoft: FakeMicrosoft) -> AsyncIterator[TeamsSdk]:
    one = microsoft.sdk()
    yield one
    await one.close()


async def test_a_signed_press_that_is_sent_again_byte_for_byte_counts_once(
    harness: TeamsHarness, microsoft: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    press = TeamsClient(ANA).execute(data_of(card, "claim"), message)
    raw, signed = orjson.dumps(press), microsoft.sign(press)
    for _ in range(2):
        status, body = await sdk.receive(signed, raw, harness.edge.on_activity)
        assert status == 200
        assert "Under review" in visible_text(card_shown(body))
    assert sum(isinstance(event, CaseClaimed) for event in await harness.story(case_id)) == 1


async def test_a_signed_message_that_is_sent_again_is_answered_once(
    harness: TeamsHarness, microsoft: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    said = TeamsClient(ANA, channel=None).message("help")
    raw, signed = orjson.dumps(said), microsoft.sign(said)
    for _ in range(2):
        status, body = await sdk.receive(signed, raw, harness.edge.on_activity)
        assert (status, body) == (200, None)
    await harness.edge.close()
    assert len(harness.recorded.posts) == 1


async def test_somebody_of_another_company_changes_nothing(
    harness: TeamsHarness, microsoft: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    case_id = await harness.raise_one()
    message, card = await harness.card(case_id)
    press = TeamsClient(ANA).execute(data_of(card, "claim"), message)
    press["channelData"]["tenant"]["id"] = "99999999-0000-4000-8000-000000000000"
    status, _ = await sdk.receive(microsoft.sign(press), orjson.dumps(press), harness.edge.on_activity)
    assert status == 403
    assert (await harness.case(case_id)).status is Status.OPEN


async def test_an_accepted_form_is_answered_without_a_body(
    harness: TeamsHarness, microsoft: FakeMicrosoft, sdk: TeamsSdk
) -> None:
    case_id = await harness.raise_one()
    form = await harness.open("ask_note", ANA, case_id)
    sent = TeamsClient(ANA).submit({**filled_in(form), "note": "Called them."})
    answer = await sdk.receive(microsoft.sign(sent), orjson.dumps(sent), harness.edge.on_activity)
    assert answer == (200, None)
