"""Harness of the scheduler's tests: a store, the sandbox's Slack and a clock that tests move."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.slack.api import SlackApi
from connectors.slack.people import SlackPeople
from connectors.slack.posts import SlackPosts
from core.case import Case
from core.claiming import claim
from core.effects import Effect
from core.intake import raise_dispute
from core.outcome import Outcome
from core.person import Person
from core.platforms import SLACK
from core.policy import Policy
from scheduler.outbox.drain import OutboxDrain
from scheduler.rate_limits import RateLimiter
from scheduler.services import Services
from scheduler.systems import Systems
from store.engine import Store
from store.outbox.repository import OutboxRow
from store.transaction import Transaction
from tests.builders import a_dispute, a_policy, a_queue, a_reason
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import FakeTime

BILLING, DELIVERY = "C0BILLING", "C0DELIVERY"
ANA = Person(id="slack:U0ANA", name="Ana Ruiz", email="ana.ruiz@brightwater.example", slack_ref="U0ANA")
BEN = Person(id="slack:U0BEN", name="Ben Okafor", email="ben.okafor@brightwater.example", slack_ref="U0BEN")
DANA, FINN = "dana.whitfield@brightwater.example", "finn.aalto@brightwater.example"


def a_company(**changes: Any) -> Policy:
    """The policy of the sandbox's company."""
    billing = a_queue(managers=(DANA,))
    logistics = a_queue("logistics", slack_channel="#delivery-disputes", managers=(FINN,))
    policy = a_policy(
        queues={"billing": billing, "logistics": logistics},
        reasons={
            "wrong_amount": a_reason(),
            "damaged": a_reason("damaged", queue_id="logistics"),
            "chargeback": a_reason("chargeback"),
        },
    )
    ladder = tuple(
        replace(rung, tell=tuple(FINN if "@" in name else name for name in rung.tell))
        for rung in policy.ladder
    )
    return replace(policy, ladder=ladder, **changes)


class Harness:
    """Raises disputes, lets people act, delivers, and reads the results."""

    def __init__(self, store: Store, slack: Slack, time: FakeTime, api: SlackApi) -> None:
        self.store, self.slack, self.time = store, slack, time
        systems = Systems(time.now)
        systems.add(SLACK, api.probe)
        api.on_answer = systems.hear
        self.services = Services(
            store=store,
            now=time.now,
            sleep=time.sleep,
            jitter=lambda: 0.5,
            rate_limiter=RateLimiter(time.now, time.sleep),
            posts=SlackPosts(api),
            people=SlackPeople(api),
            systems=systems,
        )
        self.drain = OutboxDrain(self.services, holder="test")

    async def raise_one(self, reason_id: str = "wrong_amount", **changes: Any) -> str:
        return await self.store.run(_raise, a_dispute(reason_id=reason_id, **changes), self.time.now())

    async def raise_many(self, count: int, reason_id: str = "wrong_amount") -> list[str]:
        return [await self.raise_one(reason_id) for _ in range(count)]

    async def act(self, case_id: str, rule: Any, /, **args: Any) -> Case:
        """Apply `rule` to the case, with `now` and the arguments."""
        return await self.store.run(_act, case_id, rule, {"now": self.time.now(), **args})

    async def claim(self, case_id: str, person: Person = ANA) -> Case:
        await self.store.run(_know, person)
        return await self.act(case_id, claim, resolver_id=person.id)

    async def deliver(self) -> None:
        """Deliver everything that is due now."""
        await self.drain.run_until_empty()

    async def deliver_all(self) -> None:
        """Deliver everything, moving the clock as far as needed."""
        for _ in range(200):
            await self.drain.run_until_empty()
            if not (await self.figures()).pending:
                return
            self.time.add(timedelta(minutes=1))
        raise AssertionError("There is always something left to deliver.")

    async def figures(self) -> Any:
        return await self.store.read(lambda tx: tx.outbox.figures(self.time.now()))

    async def parked(self) -> list[OutboxRow]:
        return await self.store.read(lambda tx: tx.outbox.list_parked(1000))

    async def pending(self, address: str) -> list[OutboxRow]:
        return await self.store.read(
            lambda tx: [row for effect in Effect for row in tx.outbox.list_pending(address, effect, 1000)]
        )

    def texts(self, channel: str) -> list[str]:
        return [str(one["text"]) for one in self.slack.messages(channel)]

    def cards(self, channel: str) -> list[Any]:
        """Messages at the top of a channel."""
        return [one for one in self.slack.messages(channel) if one.get("thread_ts", one["ts"]) == one["ts"]]


def store_at(file: Path, policy: Policy) -> Store:
    return Store.open(f"sqlite:///{file}", policy)


def _raise(tx: Transaction, dispute: Any, now: datetime) -> str:
    outcome = raise_dispute(dispute, tx.policy, case_id=tx.cases.next_id(), actor_id="api:crm", now=now)
    tx.record(outcome)
    return outcome.case.id


def _act(tx: Transaction, case_id: str, rule: Any, args: dict[str, Any]) -> Case:
    outcome: Outcome = rule(tx.cases.lock(case_id), **args)
    tx.record(outcome)
    return outcome.case


def _know(tx: Transaction, person: Person) -> None:
    if tx.people.find(person.id) is None:
        tx.people.save(person)
