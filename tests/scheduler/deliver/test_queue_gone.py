"""Tests of outbox rows of a closed case whose queue was removed from the policy."""

from __future__ import annotations

from dataclasses import replace

from core.closing import withdraw
from scheduler.outbox.drain import OutboxDrain
from store.engine import Store
from tests.builders import a_queue, a_reason
from tests.scheduler.harness import ANA, BILLING, Harness, a_company


async def test_what_was_still_to_be_told_is_told_where_it_can_be_and_nothing_is_parked(
    harness: Harness, tmp_path: object
) -> None:
    shown, unseen = await harness.raise_one(), await harness.raise_one()
    await harness.claim(shown)
    await harness.deliver()
    missing = await harness.raise_one()
    for case_id in (shown, unseen, missing):
        await harness.act(case_id, withdraw, why="They agreed.", actor_id=ANA.id)
    policy = a_company(
        queues={"logistics": a_queue("logistics", slack_channel="#billing-disputes")},
        reasons={one: a_reason(one, queue_id="logistics") for one in ("wrong_amount", "chargeback")},
    )
    store = Store.open(f"sqlite:///{tmp_path}/ombud.db", policy)
    harness.store, harness.services = store, replace(harness.services, store=store)
    harness.drain = OutboxDrain(harness.services, holder="test")
    await harness.deliver_all()
    assert await harness.parked() == []
    cards = harness.cards(BILLING)
    assert [case_id for case_id in (shown, unseen, missing) if case_id in str(cards)] == [shown, unseen]
    assert "Moved to" not in str(cards)
    await store.close()
