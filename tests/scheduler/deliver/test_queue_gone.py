"""What becomes of promises about a closed case whose queue has left the policy?"""

from __future__ import annotations

from dataclasses import replace

from core.closing import withdraw
from scheduler.outbox.drain import OutboxDrain
from store.engine import Store
from tests.builders import a_queue, a_reason
from tests.scheduler.harness import ANA, BILLING, Harness, a_company


async def test_what_was_still_to_be_told_is_told_where_it_can_be_and_nothing_is_parked(
    desk: Harness, tmp_path: object
) -> None:
    shown, unseen = await desk.raise_one(), await desk.raise_one()
    await desk.claim(shown)
    await desk.deliver()
    missing = await desk.raise_one()
    for case_id in (shown, unseen, missing):
        await desk.act(case_id, withdraw, why="They agreed.", actor_id=ANA.id)
    policy = a_company(
        queues={"logistics": a_queue("logistics", slack_channel="#billing-disputes")},
        reasons={one: a_reason(one, queue_id="logistics") for one in ("wrong_amount", "chargeback")},
    )
    store = Store.open(f"sqlite:///{tmp_path}/ombud.db", policy)
    desk.store, desk.services = store, replace(desk.services, store=store)
    desk.drain = OutboxDrain(desk.services, holder="test")
    await desk.deliver_all()
    assert await desk.parked() == []
    cards = desk.cards(BILLING)
    assert [case_id for case_id in (shown, unseen, missing) if case_id in str(cards)] == [shown, unseen]
    assert "Moved to" not in str(cards)
    await store.close()
