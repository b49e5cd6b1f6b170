"""What the API says of a closed dispute whose queue has left the policy."""

from __future__ import annotations

from pathlib import Path

from core.case import Case
from core.closing import withdraw
from store.engine import Store
from store.transaction import Transaction
from tests.bot.api.disputes import body
from tests.bot.api_client import ApiClient, open_api_client
from tests.bot.webhooks.stripe_events import deliver
from tests.builders import MONDAY_9AM, a_policy, a_queue, a_reason
from tests.connectors.billing.stripe.objects import a_chargeback, an_event

REASONS = ("wrong_amount", "chargeback")
WITHOUT_BILLING = a_policy(
    queues={"logistics": a_queue("logistics")},
    reasons={reason_id: a_reason(reason_id, queue_id="logistics") for reason_id in REASONS},
)


def close(tx: Transaction, case_id: str) -> Case:
    outcome = withdraw(tx.cases.lock(case_id), why="", actor_id="slack:U0ANA", now=MONDAY_9AM)
    tx.record(outcome)
    return outcome.case


async def test_it_is_read_and_repeated_and_hears_of_its_chargeback(
    api_client: ApiClient, tmp_path: Path
) -> None:
    raised = await api_client.post(body())
    number = raised.json["number"]
    opened = await deliver(api_client, an_event("charge.dispute.created", a_chargeback(), event_id="evt_1"))
    for case_id in (number, opened.json["case"]):
        await api_client.store.run(close, case_id)
    store = Store.open(f"sqlite:///{tmp_path / 'ombud.db'}", WITHOUT_BILLING)
    async with open_api_client(store) as later:
        read, repeated = await later.get(f"/api/disputes/{number}"), await later.post(body())
        lost = an_event(
            "charge.dispute.closed", a_chargeback(status="lost"), at=1_772_500_000, event_id="evt_2"
        )
        heard = await deliver(later, lost)
    assert (read.status, read.json["queue"], read.json["due_at"]) == (200, "billing", None)
    assert (repeated.status, repeated.json) == (200, read.json)
    assert (heard.status, heard.json["case"]) == (200, opened.json["case"])
    await store.close()
