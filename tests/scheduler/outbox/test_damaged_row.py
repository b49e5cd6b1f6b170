"""Tests of outbox rows that can't be read: their lane goes on, somebody is told, and `ombud` repairs them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.commands.parked import drop_parked, print_parked, retry_parked
from store.engine import Store
from tests.scheduler.harness import BILLING, Harness, a_company
from tests.store import raw_sql

pytestmark = pytest.mark.slow


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """On SQLite and on PostgreSQL."""
    store = Store.open(url, a_company())
    yield store
    await store.close()


async def damaged(harness: Harness, url: str) -> tuple[str, str]:
    """Two cases, of which the first one's card can't be read."""
    first, second = await harness.raise_many(2)
    raw_sql.execute(
        url, f"UPDATE outbox SET payload = '{{' WHERE effect = 'post_card' AND key LIKE '{first}:%'"
    )
    return first, second


async def test_a_row_that_cannot_be_read_is_parked_and_told_and_its_lane_goes_on(
    harness: Harness, url: str
) -> None:
    _, second = await damaged(harness, url)
    await harness.deliver()
    assert [second in card["text"] for card in harness.cards(BILLING)] == [True]
    (alert,) = harness.cards("D0DANA")
    assert "is damaged" in str(alert)
    assert "ombud parked" in str(alert)


async def test_ombud_restores_it_from_its_event(
    harness: Harness, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, _ = await damaged(harness, url)
    await harness.deliver()
    (row,) = await harness.parked()
    assert print_parked(harness.store) == 1
    assert f"{row.id}  post_card to slack:#billing-disputes, {first}" in capsys.readouterr().out
    assert retry_parked(harness.store, row.id, harness.time.now()) == 0
    await harness.deliver()
    assert [first in card["text"] for card in harness.cards(BILLING)] == [False, True]
    assert retry_parked(harness.store, row.id, harness.time.now()) == 1


async def test_ombud_drops_what_no_event_tells(
    harness: Harness, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await harness.store.run(
        lambda tx: tx.outbox.add(
            key="list:1", address="slack:#billing-disputes", effect="post_card", due_at=harness.time.now()
        )
    )
    raw_sql.execute(url, "UPDATE outbox SET payload = '[1]' WHERE key = 'list:1'")
    await harness.deliver()
    (row,) = await harness.parked()
    assert retry_parked(harness.store, row.id, harness.time.now()) == 1
    assert "can't be restored" in capsys.readouterr().out
    assert drop_parked(harness.store, row.id) == 0
    assert print_parked(harness.store) == 0
    assert drop_parked(harness.store, row.id) == 1
