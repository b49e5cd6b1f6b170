"""Who keeps the bot busy? Customers who object, people who work on cases, and a Slack that has bad moments.

Each does as a person or a careful program would: what wasn't answered is tried again. What was asked for
and what was promised is kept, to be compared with what is there in the end.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from tests.journeys.running import API_KEY, Site
from tests.journeys.slack_wire import choice_field, interaction, signed, text_field

ANA, BEN, CLEO, DANA = "U0ANA", "U0BEN", "U0CLEO", "U0DANA"
COLLEAGUES = {"billing": (ANA, BEN), "logistics": (BEN, CLEO), "contracts": (CLEO,)}
REASONS = ("wrong_amount", "wrong_amount", "tax", "duplicate_charge", "damaged", "cancelled_subscription")
TIERS = ("platinum", "gold", "standard")
MISFORTUNES: tuple[tuple[int, dict[str, Any]], ...] = (
    (4, {"error": "lose_answer", "method": "chat.postMessage"}),
    (2, {"error": "lose_answer", "method": "chat.update"}),
    (2, {"error": "ratelimited", "method": "chat.postMessage", "retry_after": 2}),
    (2, {"error": "ratelimited", "method": "chat.update", "retry_after": 1}),
    (2, {"error": "http_500", "method": "chat.postMessage"}),
    (1, {"error": "internal_error", "method": "conversations.replies"}),
)
"""With their weights. Only whoever tries again reads a thread: too much of that, and a message is parked
after a dozen attempts, as it should be."""
MOST_MISFORTUNES = 3
LIMIT = aiohttp.ClientTimeout(total=3)
"""Seconds until somebody tries again; Slack gives up after three."""

Case = Mapping[str, Any]
"""A dispute as the API shows it."""
Answer = tuple[int, Any]


@dataclass
class Remark:
    """Something that a form said: which case, and whether the bot accepted it."""

    case_id: str
    is_accepted: bool = False


@dataclass
class Crowd:
    site: Site
    seed: int
    pause: float = 0.25
    """Seconds that each of them rests between two deeds, about."""
    attempted: set[str] = field(default_factory=set)
    """Invoices that somebody tried to dispute."""
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Invoices whose dispute was acknowledged, with the case's number."""
    remarks: dict[str, Remark] = field(default_factory=dict)
    """Notes, by their words, which are used only once."""
    decisions: dict[str, Remark] = field(default_factory=dict)
    """What was said to customers, by its words, which are used only once."""
    surprises: list[str] = field(default_factory=list)
    """Answers that nobody should get."""
    _is_over: bool = False
    _misfortunes_left: int = 0
    _busy: list[asyncio.Task[None]] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def come(self, *, customers: int = 3, pace: float = 120.0) -> None:
        """Begin. `pace`: how much faster than ours the bot's time goes."""
        works: list[Callable[[random.Random], Awaitable[None]]] = [
            *(lambda chance, name=name: self._object(chance, f"c{name}") for name in range(customers)),
            *(
                lambda chance, person=person: self._work(chance, person)
                for person in (ANA, BEN, BEN, CLEO, DANA)
            ),
            self._have_bad_moments,
        ]
        self._busy = [
            asyncio.create_task(self._keep_on(work, random.Random(f"{self.seed} {number}")))
            for number, work in enumerate(works)
        ]
        self._busy.append(asyncio.create_task(self._pass_time(pace)))

    async def go(self) -> None:
        """Everybody ends what they are at; while the bot is up."""
        self._is_over = True
        await asyncio.wait_for(asyncio.gather(*self._busy), 60)

    async def vanish(self) -> None:
        """Everybody drops what they are at, as when a test has failed."""
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    async def _keep_on(self, work: Callable[[random.Random], Awaitable[None]], chance: random.Random) -> None:
        while not self._is_over:
            await work(chance)
            await asyncio.sleep(chance.uniform(0, 2 * self.pause))

    async def _pass_time(self, pace: float) -> None:
        while not self._is_over:
            await self.site.pass_time(pace)

    async def _have_bad_moments(self, chance: random.Random) -> None:
        """Never many at once, or nothing would get through for the rest of the test."""
        if self._misfortunes_left < MOST_MISFORTUNES:
            weights, kinds = zip(*MISFORTUNES, strict=True)
            answer = await self.site.ask_slack("faults", chance.choices(kinds, weights)[0])
            self._misfortunes_left = answer["waiting"]
        else:
            self._misfortunes_left -= 1
        await asyncio.sleep(chance.uniform(0, 4 * self.pause))

    # --- Customers

    async def _object(self, chance: random.Random, name: str) -> None:
        """Raise a dispute and insist until it is acknowledged; a few give up half-way."""
        invoice = f"INV-{name}-{next(self._numbers)}"
        body, key = orjson.dumps(_dispute(chance, name, invoice)), f"key {invoice}"
        self.attempted.add(invoice)
        gives_up_after = chance.choice((1, 3, None, None, None, None))
        for attempt in itertools.count(1):
            status, said = await self._call(chance, "POST", "/api/disputes", body, key)
            if status in (200, 201):
                self._note_number(invoice, said["number"])
                break
            if 400 <= status < 500:
                self.surprises.append(f"{invoice} was refused: {status} {said}")
                return
            if attempt == gives_up_after:
                return
            await asyncio.sleep(chance.uniform(0, 0.3))
        if chance.random() < 0.2:
            status, said = await self._call(chance, "POST", "/api/disputes", body, key)
            if status == 200:
                self._note_number(invoice, said["number"])
            elif status == 201:
                self.surprises.append(f"{invoice} was raised a second time.")

    def _note_number(self, invoice: str, number: str) -> None:
        if self.acknowledged.setdefault(invoice, number) != number:
            self.surprises.append(f"{invoice} was {self.acknowledged[invoice]} and then {number}.")

    # --- Colleagues

    async def _work(self, chance: random.Random, person: str) -> None:
        """Look at a case, and do one thing about it that its state invites to."""
        if not self.acknowledged:
            return
        case_id = chance.choice(list(self.acknowledged.values())[-25:])
        status, case = await self._call(chance, "GET", f"/api/disputes/{case_id}")
        if status != 200 or (person != DANA and person not in COLLEAGUES[case["queue"]]):
            return
        await _deed(chance, case, person)(self, chance, person, case)

    async def claim(self, chance: random.Random, person: str, case: Case) -> None:
        await self._press(chance, person, "claim", case["number"])

    async def release(self, chance: random.Random, person: str, case: Case) -> None:
        await self._press(chance, person, "release", case["number"])

    async def hear(self, chance: random.Random, person: str, case: Case) -> None:
        await self._press(chance, person, "customer_answered", case["number"])

    async def note(self, chance: random.Random, person: str, case: Case) -> None:
        words = f"Note {next(self._numbers)} by {person}."
        remark = self.remarks[words] = Remark(case["number"])
        remark.is_accepted = await self._send_form(chance, person, "note", case, note=text_field(words))

    async def decide(self, chance: random.Random, person: str, case: Case) -> None:
        words = f"Decision {next(self._numbers)} by {person}."
        remark = self.decisions[words] = Remark(case["number"])
        verdict = chance.choice(("accepted", "rejected"))
        remark.is_accepted = await self._send_form(
            chance,
            person,
            "decide",
            case,
            verdict=choice_field(verdict),
            root_cause=choice_field("data_entry"),
            customer_text=text_field(words),
            internal_text=text_field(None),
        )

    async def reassign(self, chance: random.Random, person: str, case: Case) -> None:
        to = chance.choice(COLLEAGUES[case["queue"]])
        resolver = {"type": "users_select", "selected_user": to}
        await self._send_form(chance, person, "reassign", case, resolver=resolver, why=text_field("Holiday."))

    async def wait(self, chance: random.Random, person: str, case: Case) -> None:
        await self._send_form(chance, person, "await_customer", case, what=text_field("A photo, please."))

    async def change(self, chance: random.Random, person: str, case: Case) -> None:
        """Often to a reason of another queue."""
        reason = choice_field(chance.choice(REASONS))
        priority, why = choice_field(str(chance.randint(1, 4))), text_field("Wrongly filed.")
        await self._send_form(chance, person, "change", case, reason=reason, priority=priority, why=why)

    async def reopen(self, chance: random.Random, person: str, case: Case) -> None:
        await self._send_form(chance, person, "reopen", case, why=text_field("The customer called again."))

    async def _press(self, chance: random.Random, person: str, action: str, case_id: str) -> None:
        pressed = {"type": "button", "action_id": f"{action}:x", "block_id": "b", "value": case_id}
        channel = {"id": "C0BILLING", "name": "billing-disputes"}
        container = {"type": "message", "message_ts": "1.1", "channel_id": "C0BILLING"}
        payload = interaction(
            "block_actions", person, actions=[pressed], channel=channel, container=container
        )
        await self._insist(chance, payload)

    async def _send_form(
        self, chance: random.Random, person: str, form: str, case: Case, **fields: dict[str, Any]
    ) -> bool:
        """Whether the bot accepted it; False also when the person gave up before they knew."""
        view = {
            "id": f"V{next(self._numbers)}",
            "type": "modal",
            "callback_id": form,
            "private_metadata": orjson.dumps({"case_id": case["number"]}).decode(),
            "state": {"values": {name: {name: control} for name, control in fields.items()}},
            "blocks": [{"type": "input", "block_id": name} for name in fields],
        }
        said = await self._insist(chance, interaction("view_submission", person, view=view))
        return said in (None, {})

    async def _insist(self, chance: random.Random, payload: dict[str, Any]) -> Any:
        """Send it to the bot as Slack does, again while there is no answer. A word when it is given up."""
        raw = urlencode({"payload": orjson.dumps(payload).decode()}).encode()
        for _ in range(chance.choice((1, 40, 40, 40))):
            status, said = await self._call(chance, "POST", "/slack/events", raw)
            if status == 200:
                return said
            if status not in (0, 401, 503):
                self.surprises.append(f"A click was answered {status}: {said}")
                break
            await asyncio.sleep(chance.uniform(0, 0.3))
        return "given up"

    async def _call(
        self, chance: random.Random, method: str, path: str, raw: bytes | None = None, key: str | None = None
    ) -> Answer:
        """Ask any of the bots. Status 0: no answer."""
        url = chance.choice(self.site.bots).url + path
        headers = signed(raw or b"", self.site.now())
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self.site.http.request(
                method, url, data=raw, headers=headers, timeout=LIMIT
            ) as answer:
                said = await answer.read()
            return answer.status, orjson.loads(said) if said.strip() else None
        return 0, None


Deed = Callable[[Crowd, random.Random, str, Case], Awaitable[None]]


def _deed(chance: random.Random, case: Case, person: str) -> Deed:
    """What a person does with a case in this state; most of it may be refused, as someone is faster."""
    has_case = case["resolver"] == f"slack:{person}" or person == DANA
    match case["status"]:
        case "open":
            deeds: tuple[Deed, ...] = (Crowd.claim, Crowd.claim, Crowd.note, Crowd.change)
        case "under_review" if has_case:
            deeds = (Crowd.decide, Crowd.note, Crowd.reassign, Crowd.release, Crowd.wait, Crowd.change)
        case "waiting_on_customer" if has_case:
            deeds = (Crowd.hear, Crowd.decide, Crowd.note)
        case "closed":
            deeds = (Crowd.note, Crowd.reopen)
        case _:
            deeds = (Crowd.note, Crowd.claim, Crowd.reassign)
    return chance.choice(deeds)


def _dispute(chance: random.Random, name: str, invoice: str) -> dict[str, Any]:
    reason = chance.choice(REASONS)
    return {
        "customer": {"ref": f"cus_{name}", "name": f"Customer {name}", "tier": chance.choice(TIERS)},
        "invoice": {"ref": invoice, "number": invoice, "currency": "EUR", "total_minor": 100_000},
        "reason": reason,
        "statement": f"We never ordered what is on {invoice}.",
        "evidence": [{"kind": "photo", "name": "photo.jpg"}] if reason == "damaged" else [],
    }
