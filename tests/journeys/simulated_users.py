"""Simulated users: customers who raise disputes, people who work on cases, and platforms that fail at times.

Each does as a person or a careful program would: what wasn't answered is tried again. Requests and what the
bot acknowledged are recorded, to be compared with the database and the messages in the end.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from sandbox.teams import company as teams_company
from tests.journeys.processes import API_KEY, Deployment
from tests.journeys.slack_requests import signed

ANA, BEN, CLEO, DANA = "U0ANA", "U0BEN", "U0CLEO", "U0DANA"
"""Their Slack ids."""
REASONS = ("wrong_amount", "tax", "damaged", "damaged", "damaged", "cancelled_subscription")
TIERS = ("platinum", "gold", "standard")
SLACK_FAULTS: tuple[tuple[int, dict[str, Any]], ...] = (
    (4, {"error": "lose_answer", "method": "chat.postMessage"}),
    (2, {"error": "lose_answer", "method": "chat.update"}),
    (2, {"error": "ratelimited", "method": "chat.postMessage", "retry_after": 2}),
    (2, {"error": "ratelimited", "method": "chat.update", "retry_after": 1}),
    (2, {"error": "http_500", "method": "chat.postMessage"}),
    (1, {"error": "internal_error", "method": "conversations.replies"}),
)
"""With their weights. A thread is read only on a retry: with too many such faults a message is parked after a
dozen attempts, as it should be."""
TEAMS_FAULTS: tuple[tuple[int, dict[str, Any]], ...] = (
    (1, {"error": "lose_answer", "method": "teams.post", "channel": teams_company.CONTRACTS}),
    (1, {"error": "lose_answer", "method": "teams.post", "channel": teams_company.DELIVERY}),
    (2, {"error": "lose_answer", "method": "teams.update"}),
    (2, {"error": "429", "method": "teams.post", "retry_after": 2}),
    (2, {"error": "429", "method": "teams.update", "retry_after": 1}),
    (1, {"error": "412", "method": "teams.post"}),
    (2, {"error": "502", "method": "teams.post"}),
)
"""A post whose answer is lost is sent again and appears twice: these faults are counted."""
MAX_PENDING_FAULTS = 3
LIMIT = aiohttp.ClientTimeout(total=3)
"""Seconds until a user tries again; Slack gives up after three."""

Answer = tuple[int, Any]
Work = Callable[[random.Random], Awaitable[None]]
"""What a user does repeatedly, with a pause after each time."""


def ids_of(slack_ref: str) -> frozenset[str]:
    """The possible ids of a colleague with us: they depend on the platform that reported the person first."""
    person = next(one for one in teams_company.PEOPLE if one.slack_id == slack_ref)
    return frozenset({f"slack:{slack_ref}", f"teams:{person.id}"})


@dataclass
class Remark:
    """A text sent in a form: its case, and whether the bot accepted it."""

    case_id: str
    is_accepted: bool = False


@dataclass
class SimulatedUsers:
    deployment: Deployment
    seed: int
    pause: float = 0.25
    """About how many seconds each user pauses between two actions."""
    attempted: set[str] = field(default_factory=set)
    """Invoices that a customer tried to dispute."""
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Invoices whose dispute was acknowledged, with the case's number."""
    remarks: dict[str, Remark] = field(default_factory=dict)
    """Notes by their text, which is unique."""
    decisions: dict[str, Remark] = field(default_factory=dict)
    """Decisions by the text to the customer, which is unique."""
    claims: list[tuple[str, str]] = field(default_factory=list)
    """Cases claimed in Teams, each with the Entra id of the person who was shown the claim."""
    actions_in_teams: int = 0
    """How many actions in Teams were answered."""
    lost_answers_in_teams: Counter[str] = field(default_factory=Counter)
    """How many answers to posts Teams was told to lose, by channel."""
    unexpected_answers: list[str] = field(default_factory=list)
    """Answers that should not occur."""
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    """For unique texts."""
    _is_over: bool = False
    _pending_faults: dict[str, int] = field(default_factory=dict)
    _busy: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self, colleagues: Sequence[Work], *, customers: int = 3, pace: float = 120.0) -> None:
        """Start all users. `pace`: how much faster than real time the bot's clock moves."""
        works: list[Work] = [
            *(lambda chance, name=name: self._raise_dispute(chance, f"c{name}") for name in range(customers)),
            *colleagues,
            lambda chance: self._inject_faults(chance, "faults", SLACK_FAULTS),
            lambda chance: self._inject_faults(chance, "teams/mischief", TEAMS_FAULTS),
        ]
        self._busy = [
            asyncio.create_task(self._repeat(work, random.Random(f"{self.seed} {number}")))
            for number, work in enumerate(works)
        ]
        self._busy.append(asyncio.create_task(self._pass_time(pace)))

    async def finish(self) -> None:
        """Let every user finish the current action, while the bot is up."""
        self._is_over = True
        await asyncio.wait_for(asyncio.gather(*self._busy), 180)

    async def cancel(self) -> None:
        """Cancel every user's current action, for a test that failed."""
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    async def _repeat(self, work: Work, chance: random.Random) -> None:
        while not self._is_over:
            await work(chance)
            await asyncio.sleep(chance.uniform(0, 2 * self.pause))

    async def _pass_time(self, pace: float) -> None:
        while not self._is_over:
            await self.deployment.pass_time(pace)

    async def _inject_faults(
        self, chance: random.Random, door: str, faults: Sequence[tuple[int, dict[str, Any]]]
    ) -> None:
        """Few at once, or no call would succeed for the rest of the test."""
        left = self._pending_faults.get(door, 0)
        if left < MAX_PENDING_FAULTS:
            weights, kinds = zip(*faults, strict=True)
            wanted = chance.choices(kinds, weights)[0]
            if (wanted["error"], wanted["method"]) == ("lose_answer", "teams.post"):
                self.lost_answers_in_teams[wanted["channel"]] += 1
            left = (await self.deployment.call_sandbox(door, wanted))["waiting"] + 1
        self._pending_faults[door] = left - 1
        await asyncio.sleep(chance.uniform(0, 4 * self.pause))

    # --- Customers

    async def _raise_dispute(self, chance: random.Random, name: str) -> None:
        """Raise a dispute and retry until it is acknowledged; some give up earlier."""
        invoice = f"INV-{name}-{next(self.numbers)}"
        body, key = orjson.dumps(_dispute(chance, name, invoice)), f"key {invoice}"
        self.attempted.add(invoice)
        gives_up_after = chance.choice((1, 3, None, None, None, None))
        for attempt in itertools.count(1):
            status, said = await self.call(chance, "POST", "/api/disputes", body, key)
            if status in (200, 201):
                self._note_number(invoice, said["number"])
                break
            if 400 <= status < 500:
                self.unexpected_answers.append(f"{invoice} was refused: {status} {said}")
                return
            if attempt == gives_up_after:
                return
            await asyncio.sleep(chance.uniform(0, 0.3))
        if chance.random() < 0.2:
            status, said = await self.call(chance, "POST", "/api/disputes", body, key)
            if status == 200:
                self._note_number(invoice, said["number"])
            elif status == 201:
                self.unexpected_answers.append(f"{invoice} was raised a second time.")

    def _note_number(self, invoice: str, number: str) -> None:
        if self.acknowledged.setdefault(invoice, number) != number:
            self.unexpected_answers.append(f"{invoice} was {self.acknowledged[invoice]} and then {number}.")

    async def call(
        self, chance: random.Random, method: str, path: str, raw: bytes | None = None, key: str | None = None
    ) -> Answer:
        """Call a random one of the bots. Status 0: no answer."""
        url = chance.choice(self.deployment.bots).url + path
        headers = signed(raw or b"", self.deployment.now())
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self.deployment.http.request(
                method, url, data=raw, headers=headers, timeout=LIMIT
            ) as answer:
                said = await answer.read()
            return answer.status, orjson.loads(said) if said.strip() else None
        return 0, None


def _dispute(chance: random.Random, name: str, invoice: str) -> dict[str, Any]:
    reason = chance.choice(REASONS)
    return {
        "customer": {"ref": f"cus_{name}", "name": f"Customer {name}", "tier": chance.choice(TIERS)},
        "invoice": {"ref": invoice, "number": invoice, "currency": "EUR", "total_minor": 100_000},
        "reason": reason,
        "statement": f"We never ordered what is on {invoice}.",
        "evidence": [{"kind": "photo", "name": "photo.jpg"}] if reason == "damaged" else [],
    }
