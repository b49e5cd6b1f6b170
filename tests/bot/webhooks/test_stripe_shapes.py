"""A signed event of another shape than Stripe's is refused, and nothing is stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.api.test_refusals import is_problem
from tests.bot.api_client import ApiClient
from tests.bot.webhooks.stripe_events import deliver, deliver_raw, sign
from tests.connectors.billing.stripe.objects import a_chargeback, an_event

CREATED = "charge.dispute.created"


@pytest.mark.parametrize("event", [[], None, 1, "x", {}, {"id": "evt_1"}, {"type": None}, {"type": ["x"]}])
async def test_what_is_signed_but_no_event_is_refused(api_client: ApiClient, event: object) -> None:
    assert is_problem(await deliver(api_client, event), 400)


@pytest.mark.parametrize("payload", ["", "hello", "{", "[" * 100_000, '{"type": NaN}', '{"type": "\\ud800"}'])
async def test_what_is_signed_but_no_json_is_refused(api_client: ApiClient, payload: str) -> None:
    assert is_problem(await deliver_raw(api_client, payload.encode(), sign(payload)), 400)


@pytest.mark.parametrize(
    "event",
    [
        an_event(CREATED, a_chargeback(charge=None)),
        an_event(CREATED, a_chargeback(evidence_details=[1])),
        an_event(CREATED, a_chargeback(evidence_details={"due_by": 10**15})),
        an_event(CREATED, {}),
        an_event(CREATED, a_chargeback(), event_id=""),
    ],
)
async def test_a_chargeback_of_another_shape_is_refused_and_not_stored(
    api_client: ApiClient, event: dict[str, Any]
) -> None:
    assert is_problem(await deliver(api_client, event), 400)
    assert api_client.cases() == []


async def test_an_event_that_was_refused_can_come_again_mended(api_client: ApiClient) -> None:
    assert (await deliver(api_client, an_event(CREATED, a_chargeback(amount=None)))).status == 400
    assert (await deliver(api_client, an_event(CREATED, a_chargeback()))).status == 200
    assert len(api_client.cases()) == 1
