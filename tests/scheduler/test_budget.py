"""Budget of the database for what happens by itself; `tests/handlers/test_budget.py` has what people do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.noting import add_note
from scheduler.sweeps.deadlines import DeadlineSweep
from store.engine import Store
from tests.scheduler.harness import ANA, Harness, a_company
from tests.store.traffic import Cost, Traffic, open_traffic

WARNED = timedelta(minutes=45)


@pytest.fixture
def traffic(url: str, monkeypatch: pytest.MonkeyPatch) -> Traffic:
    return open_traffic(url, a_company(), monkeypatch)


@pytest.fixture
async def store(traffic: Traffic) -> AsyncIterator[Store]:
    yield traffic.store
    await traffic.store.close()


async def test_a_due_deadline(harness: Harness, traffic: Traffic, url: str) -> None:
    await harness.raise_one()
    await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now())
    harness.time.add(WARNED)
    with traffic.counted():
        assert await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now()) == 1
    sqlite, postgresql = Cost(trips=2, statements=7, rows=4), Cost(trips=5, statements=4, rows=4)
    assert traffic.cost == (sqlite if url.startswith("sqlite:") else postgresql)


async def test_one_delivery(harness: Harness, traffic: Traffic, url: str) -> None:
    """A note's message in the thread of its case's card."""
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    await harness.deliver_all()
    await harness.act(case_id, add_note, text="Called them.", actor_id=ANA.id)
    with traffic.counted():
        await harness.deliver()
    sqlite, postgresql = Cost(trips=2, statements=13, rows=5), Cost(trips=16, statements=13, rows=5)
    assert traffic.cost == (sqlite if url.startswith("sqlite:") else postgresql)
