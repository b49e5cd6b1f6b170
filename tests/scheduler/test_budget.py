"""Budget of the database for what happens by itself; `tests/handlers/test_budget.py` has what people do."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.noting import add_note
from scheduler.sweeps.deadlines import DeadlineSweep
from store.engine import Store
from store.tables import cases
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import FakeTime
from tests.scheduler.harness import ANA, Harness, a_company, store_at
from tests.store.raw_sql import execute
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
    """A note's message in a card's thread; one statement asks whether a new card goes before it."""
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    await harness.deliver_all()
    await harness.act(case_id, add_note, text="Called them.", actor_id=ANA.id)
    with traffic.counted():
        await harness.deliver()
    sqlite, postgresql = Cost(trips=2, statements=14, rows=5), Cost(trips=17, statements=14, rows=5)
    assert traffic.cost == (sqlite if url.startswith("sqlite:") else postgresql)


CASES = 20_000
_MORE_CASES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
INSERT INTO cases SELECT {columns} FROM n, cases WHERE number = (SELECT min(number) FROM cases)
"""


@pytest.mark.parametrize("customer", ["customer_ref", "'cus_' || (i % 500)"])
async def test_a_brief_costs_the_same_among_many_cases(
    sqlite_template: Path, tmp_path: Path, slack: Slack, time: FakeTime, customer: str
) -> None:
    """Steps of SQLite's machine for the delivery of a claim's rows; a claim sends its resolver a brief."""
    company = a_company()
    seen = replace(company.queues["billing"], resolvers=(str(ANA.email),))
    company = replace(company, queues={**company.queues, "billing": seen})
    steps = []
    for count in (CASES // 100, CASES):
        file = tmp_path / f"{count}.db"
        shutil.copy(sqlite_template, file)
        store = store_at(file, company)
        api = slack.api()
        harness = Harness(store, slack, time, api)
        case_id = await harness.raise_one()
        special = {"number": "5000 + i", "customer_ref": customer, "seq": "0"}
        columns = ", ".join(special.get(column.name, column.name) for column in cases.columns)
        execute(f"sqlite:///{file}", _MORE_CASES.format(count=count, columns=columns))
        await harness.claim(case_id)
        steps.append(await _steps_of(store, harness))
        await api.close()
        await store.close()
    assert steps[1] < 1.3 * steps[0]


async def _steps_of(store: Store, harness: Harness) -> int:
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 10

    backend = store._backend
    for connection in (backend._writer, *backend._readers):  # type: ignore[attr-defined]
        connection.set_progress_handler(count, 10)
    await harness.deliver_all()
    return steps
