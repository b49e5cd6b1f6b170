"""Is a signed event of another shape than Stripe's refused, and nothing half stored?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bot.api.test_refusals import is_problem
from tests.bot.api_client import ApiClient
from tests.bot.webhooks.stripe_events import a_chargeback, an_event, deliver, deliver_raw, sign

CREATED = "charge.dispute.created"
READ = ("id", "amount", "currency", "charge", "status", "reason")
"""What we need of Stripe's Dispute."""


@pytest.mark.parametrize("event", [[], None, 1, "x", {}, {"id": "evt_1"}, {"type": None}, {"type": ["x"]}])
async def test_what_is_signed_but_no_event_is_refused(door: ApiClient, event: object) -> None:
    assert is_problem(await deliver(door, event), 400)


@pytest.mark.parametrize("payload", ["", "hello", "{", "[" * 100_000, '{"type": NaN}', '{"type": "\\ud800"}'])
async def test_what_is_signed_but_no_json_is_refused(door: ApiClient, payload: str) -> None:
    assert is_problem(await deliver_raw(door, payload.encode(), sign(payload)), 400)


@pytest.mark.parametrize("member", READ)
async def test_a_chargeback_that_lacks_a_member_is_refused(door: ApiClient, member: str) -> None:
    thing = a_chargeback()
    del thing[member]
    answer = await deliver(door, an_event(CREATED, thing))
    assert is_problem(answer, 400)
    assert door.cases() == []


ODD: dict[str, dict[str, Any]] = {
    "no ref": {"id": ""},
    "null ref": {"id": None},
    "a number for a ref": {"id": 7},
    "a ref without end": {"id": "dp_" + "x" * 5000},
    "U+0000 in a ref": {"id": "dp_\x00"},
    "U+0000 in a reason": {"reason": "general\x00"},
    "a whole charge": {"charge": {"id": "ch_1", "object": "charge"}},
    "no charge": {"charge": None},
    "nothing disputed": {"amount": 0},
    "less than nothing": {"amount": -1},
    "a fraction": {"amount": 12.5},
    "text": {"amount": "12000"},
    "true": {"amount": True},
    "too much": {"amount": 10**15 + 1},
    "far too much": {"amount": 10**30},
    "no currency": {"currency": ""},
    "a long currency": {"currency": "euro"},
    "a number for a currency": {"currency": 978},
    "no status": {"status": None},
    "details that are a list": {"evidence_details": [1]},
    "details that are text": {"evidence_details": "soon"},
    "a date in words": {"evidence_details": {"due_by": "soon"}},
    "a date long gone": {"evidence_details": {"due_by": -(10**12)}},
    "a date without end": {"evidence_details": {"due_by": 10**15}},
    "a date beyond all": {"evidence_details": {"due_by": 10**30}},
}


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
async def test_a_chargeback_of_another_shape_is_refused(door: ApiClient, changes: dict[str, Any]) -> None:
    answer = await deliver(door, an_event(CREATED, a_chargeback(**changes)))
    assert is_problem(answer, 400)
    assert door.cases() == []


@pytest.mark.parametrize("thing", [None, [], "dp_1", 7, {}])
async def test_an_event_about_no_object_is_refused(door: ApiClient, thing: object) -> None:
    assert is_problem(await deliver(door, an_event(CREATED, thing)), 400)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": None},
        {"id": 7},
        {"created": None},
        {"created": "x"},
        {"created": 10**30},
        {"data": []},
    ],
)
async def test_an_event_of_another_shape_is_refused(door: ApiClient, changes: dict[str, Any]) -> None:
    event = {**an_event(CREATED, a_chargeback()), **changes}
    assert is_problem(await deliver(door, event), 400)
    assert door.cases() == []


async def test_an_event_that_was_refused_can_come_again_mended(door: ApiClient) -> None:
    assert (await deliver(door, an_event(CREATED, a_chargeback(amount=None)))).status == 400
    assert (await deliver(door, an_event(CREATED, a_chargeback()))).status == 200
    assert len(door.cases()) == 1


async def test_members_that_stripe_may_add_are_no_hindrance(door: ApiClient) -> None:
    event = an_event(CREATED, a_chargeback(network_details={"visa": [1, 2]}, another=None))
    assert (await deliver(door, {**event, "context": "acct_1"})).status == 200
    without = a_chargeback(id="dp_2")
    del without["evidence_details"]
    assert (
        await deliver(door, json.loads(json.dumps(an_event(CREATED, without, event_id="evt_2"))))
    ).status == 200
