"""Tests of several processes on one PostgreSQL that post to both platforms, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from core.noting import add_note
from core.policy import Policy
from scheduler.outbox.drain import OutboxDrain
from store.engine import Store
from tests.scheduler.harness import ANA, Harness
from tests.scheduler.harness import BILLING as IN_SLACK
from tests.scheduler.teams_harness import (
    BILLING,
    CONTRACTS,
    GRETA_HERSELF,
    TeamsHarness,
    a_company_on_both,
    text_of,
)

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def company() -> Policy:
    return a_company_on_both()


@pytest.fixture
async def store(new_postgresql: Callable[[], str], company: Policy) -> AsyncIterator[Store]:
    store = Store.open(new_postgresql(), company)
    yield store
    await store.close()


async def test_each_message_goes_out_once_and_in_order_on_both(harness: Harness, teams: TeamsHarness) -> None:
    await teams.knows(GRETA_HERSELF)
    case_ids = [await harness.raise_one(reason) for reason in ("wrong_amount", "contract") * 4]
    for number in range(2):
        for case_id in case_ids:
            await harness.act(case_id, add_note, actor_id=ANA.id, text=f"Note {number}")
    drains = [OutboxDrain(harness.services, holder=f"process {number}") for number in range(4)]
    await asyncio.gather(*(drain.run_until_empty() for drain in drains))
    await harness.deliver_all()
    for channel, wanted in ((BILLING, case_ids[0::2]), (CONTRACTS, case_ids[1::2])):
        cards = teams.roots(channel)
        assert [one in text_of(card) for one, card in zip(wanted, cards, strict=True)] == [True] * 4
        for card in cards:
            told = [text_of(one) for one in teams.thread(card, channel)]
            assert [f"Note {number}" in one for number, one in enumerate(told)] == [True] * 2
    assert [card["text"][:6] for card in harness.cards(IN_SLACK)] == case_ids[0::2]
