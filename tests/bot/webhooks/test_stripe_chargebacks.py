"""A chargeback becomes one case with the right dates, whatever order Stripe's events come in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from core.case import Status
from store.engine import Store
from tests.bot.api.test_refusals import is_problem
from tests.bot.api_client import ApiClient, open_api_client
from tests.bot.webhooks.stripe_events import deliver
from tests.builders import a_policy, euros
from tests.connectors.billing.stripe.objects import DUE, START, a_chargeback, an_event, specified

STORY = (
    ("created", "needs_response", 0),
    ("funds_withdrawn", "needs_response", 0),
    ("updated", "under_review", 86_400),
    ("funds_reinstated", "won", 200_000),
    ("closed", "won", 200_000),
)
"""What Stripe tells, when: kind, status and seconds after the first."""


def events_of(ref: str, story: tuple[tuple[str, str, int], ...] = STORY) -> list[dict[str, Any]]:
    return [
        an_event(
            f"charge.dispute.{kind}",
            a_chargeback(id=ref, charge=f"ch_{ref}", status=status),
            at=START + after,
            event_id=f"evt_{ref}_{place}",
        )
        for place, (kind, status, after) in enumerate(story)
    ]


async def test_a_chargeback_becomes_a_case_with_the_networks_date_as_second_clock(
    api_client: ApiClient,
) -> None:
    await deliver(api_client, an_event("charge.dispute.created", a_chargeback()))
    (case,) = api_client.cases()
    assert (case.reason_id, case.source, case.status) == ("chargeback", "stripe", Status.OPEN)
    assert (case.disputed, case.invoice.total, case.invoice.number) == (euros(120), euros(120), "ch_1")
    assert "product not received" in case.statement
    assert case.chargeback is not None
    assert case.chargeback.evidence_due_at == DUE
    assert case.external_due_at == DUE - timedelta(hours=48)


@pytest.mark.parametrize("ending", ["won", "lost", "prevented"])
async def test_every_order_of_the_events_ends_in_the_same_state_of_one_case(
    api_client: ApiClient, ending: str
) -> None:
    story = tuple((kind, ending if status == "won" else status, after) for kind, status, after in STORY)
    orders = list(permutations(range(len(story))))
    for number, order in enumerate(orders if ending == "won" else orders[::7]):
        events = events_of(f"dp_{number}", story)
        numbers = {(await deliver(api_client, events[place])).json["case"] for place in order}
        assert len(numbers) == 1
        case = api_client.case(numbers.pop())
        assert case.chargeback is not None
        assert (case.chargeback.status, case.external_due_at) == (ending, None)
        assert case.chargeback.seen_at.timestamp() == START + 200_000


async def test_before_the_end_the_newest_news_count_in_every_order(api_client: ApiClient) -> None:
    later = int((DUE + timedelta(days=3)).timestamp())
    for number, order in enumerate(permutations(range(3))):
        ref = f"dp_{number}"
        events = events_of(ref, (*STORY[:2], ("updated", "needs_response", 86_400)))
        events[2]["data"]["object"]["evidence_details"]["due_by"] = later
        for place in order:
            await deliver(api_client, events[place])
        case = api_client.cases()[-1]
        assert case.chargeback is not None
        assert case.external_due_at == DUE + timedelta(days=1)


async def test_the_date_ends_with_the_evidence_handed_in_in_every_order(api_client: ApiClient) -> None:
    for number, order in enumerate(permutations(range(3))):
        events = events_of(f"dp_{number}", STORY[:3])
        for place in order:
            await deliver(api_client, events[place])
        case = api_client.cases()[-1]
        assert case.chargeback is not None
        assert (case.chargeback.status, case.external_due_at) == ("under_review", None)


async def test_repeats_change_nothing_and_are_answered_alike(api_client: ApiClient) -> None:
    events = events_of("dp_1")
    first = [(await deliver(api_client, event)).json for event in events]
    (before,) = api_client.cases()
    promised = api_client.store.read_blocking(lambda tx: tx.outbox.figures(api_client.clock.now()).pending)
    again = [(await deliver(api_client, event)).json for event in (*events[::-1], *events)]
    assert again == [*first[::-1], *first]
    assert api_client.cases() == [before]
    assert (
        api_client.store.read_blocking(lambda tx: tx.outbox.figures(api_client.clock.now()).pending)
        == promised
    )


async def test_a_repeat_from_within_the_same_second_does_not_undo_what_came_after_it(
    api_client: ApiClient,
) -> None:
    first, second = events_of("dp_1", (("created", "needs_response", 0), ("updated", "under_review", 0)))
    for event in (first, second, first):
        await deliver(api_client, event)
    (case,) = api_client.cases()
    assert case.chargeback is not None
    assert case.chargeback.status == "under_review"


async def test_all_events_at_once_make_one_case(any_api_client: ApiClient) -> None:
    for number in range(4):
        events = events_of(f"dp_{number}")
        answers = await asyncio.gather(*(deliver(any_api_client, event) for event in events * 3))
        assert {answer.status for answer in answers} == {200}
        assert len({answer.json["case"] for answer in answers}) == 1
        case = any_api_client.cases()[-1]
        assert case.chargeback is not None
        assert (case.chargeback.status, case.external_due_at) == ("won", None)
        assert any_api_client.is_timeline_intact(case.id)
    assert len(any_api_client.cases()) == 4


async def test_an_inquiry_without_an_evidence_date_has_no_second_clock(api_client: ApiClient) -> None:
    thing = a_chargeback(status="warning_needs_response", evidence_details={"due_by": None})
    await deliver(api_client, an_event("charge.dispute.created", thing))
    assert api_client.cases()[0].external_due_at is None


@pytest.mark.parametrize(
    "kind",
    ["charge.succeeded", "charge.dispute", "charge.dispute.gone", "issuing_dispute.created", "v2.x", ""],
)
async def test_what_is_no_chargeback_is_received_and_not_used(api_client: ApiClient, kind: str) -> None:
    answer = await deliver(api_client, an_event(kind, a_chargeback()))
    assert (answer.status, answer.json) == (200, {"received": True, "used": False})
    assert api_client.cases() == []


async def test_stripes_own_example_is_understood(api_client: ApiClient) -> None:
    thing = specified("dispute")
    event = {**specified("event"), "id": "evt_1", "type": "charge.dispute.created", "data": {"object": thing}}
    assert (await deliver(api_client, event)).status == 200
    (case,) = api_client.cases()
    assert case.chargeback is not None
    assert (case.chargeback.ref, case.chargeback.charge_ref) == (thing["id"], thing["charge"])
    due = datetime.fromtimestamp(thing["evidence_details"]["due_by"], UTC)
    assert (case.chargeback.evidence_due_at, case.disputed.minor) == (due, thing["amount"])


async def test_stripes_example_of_another_event_is_none_of_ours(api_client: ApiClient) -> None:
    answer = await deliver(api_client, specified("event"))
    assert (answer.status, answer.json["used"]) == (200, False)


async def test_while_the_database_is_away_stripe_is_asked_to_come_again(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/empty.db", a_policy())
    async with open_api_client(store) as api_client:
        answer = await deliver(api_client, an_event("charge.dispute.created", a_chargeback()))
        assert is_problem(answer, 503)
        assert answer.headers["Retry-After"].isdecimal()
    await store.close()
