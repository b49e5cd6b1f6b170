"""Simulated people in Slack: each looks at a case and does something that fits its state."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import orjson

from tests.journeys.simulated_users import ANA, BEN, CLEO, DANA, REASONS, Remark, SimulatedUsers, Work, ids_of
from tests.journeys.slack_requests import choice_field, interaction, text_field

COLLEAGUES = {"billing": (ANA, BEN), "logistics": (BEN, CLEO), "contracts": (CLEO,)}
Case = Mapping[str, Any]
"""A dispute as the API shows it."""


@dataclass
class SlackUsers:
    users: SimulatedUsers

    def works(self) -> list[Work]:
        return [partial(self.work, person) for person in (ANA, BEN, BEN, CLEO, DANA)]

    async def work(self, person: str, chance: random.Random) -> None:
        """Look at a case, and do one thing that fits its state."""
        if not self.users.acknowledged:
            return
        case_id = chance.choice(list(self.users.acknowledged.values())[-25:])
        status, case = await self.users.call(chance, "GET", f"/api/disputes/{case_id}")
        if status != 200 or (person != DANA and person not in COLLEAGUES[case["queue"]]):
            return
        await _choose_action(chance, case, person)(self, chance, person, case)

    async def claim(self, chance: random.Random, person: str, case: Case) -> None:
        await self.press(chance, person, "claim", case["number"])

    async def release(self, chance: random.Random, person: str, case: Case) -> None:
        await self.press(chance, person, "release", case["number"])

    async def customer_answered(self, chance: random.Random, person: str, case: Case) -> None:
        await self.press(chance, person, "customer_answered", case["number"])

    async def note(self, chance: random.Random, person: str, case: Case) -> None:
        words = f"Note {next(self.users.numbers)} by {person}."
        remark = self.users.remarks[words] = Remark(case["number"])
        remark.is_accepted = await self._send_form(chance, person, "note", case, note=text_field(words))

    async def decide(self, chance: random.Random, person: str, case: Case) -> None:
        words = f"Decision {next(self.users.numbers)} by {person}."
        remark = self.users.decisions[words] = Remark(case["number"])
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

    async def await_customer(self, chance: random.Random, person: str, case: Case) -> None:
        await self._send_form(chance, person, "await_customer", case, what=text_field("A photo, please."))

    async def change(self, chance: random.Random, person: str, case: Case) -> None:
        """Reclassify the case, often to a reason of another queue."""
        reason = choice_field(chance.choice(REASONS))
        priority, why = choice_field(str(chance.randint(1, 4))), text_field("Wrongly filed.")
        await self._send_form(chance, person, "change", case, reason=reason, priority=priority, why=why)

    async def reopen(self, chance: random.Random, person: str, case: Case) -> None:
        await self._send_form(chance, person, "reopen", case, why=text_field("The customer called again."))

    async def press(self, chance: random.Random, person: str, action: str, case_id: str) -> None:
        pressed = {"type": "button", "action_id": f"{action}:x", "block_id": "b", "value": case_id}
        channel = {"id": "C0BILLING", "name": "billing-disputes"}
        container = {"type": "message", "message_ts": "1.1", "channel_id": "C0BILLING"}
        payload = interaction(
            "block_actions", person, actions=[pressed], channel=channel, container=container
        )
        await self._send_until_answered(chance, payload)

    async def _send_form(
        self, chance: random.Random, person: str, form: str, case: Case, **fields: dict[str, Any]
    ) -> bool:
        """Whether the bot accepted it; False also when the person gave up before an answer."""
        view = {
            "id": f"V{next(self.users.numbers)}",
            "type": "modal",
            "callback_id": form,
            "private_metadata": orjson.dumps({"case_id": case["number"]}).decode(),
            "state": {"values": {name: {name: control} for name, control in fields.items()}},
            "blocks": [{"type": "input", "block_id": name} for name in fields],
        }
        said = await self._send_until_answered(chance, interaction("view_submission", person, view=view))
        return said in (None, {})

    async def _send_until_answered(self, chance: random.Random, payload: dict[str, Any]) -> Any:
        """Send it to the bot as Slack does; retry while there is no answer, until the person gives up."""
        raw = urlencode({"payload": orjson.dumps(payload).decode()}).encode()
        for _ in range(chance.choice((1, 40, 40, 40))):
            status, said = await self.users.call(chance, "POST", "/slack/events", raw)
            if status == 200:
                return said
            if status not in (0, 401, 503):
                self.users.unexpected_answers.append(f"A click was answered {status}: {said}")
                break
            await asyncio.sleep(chance.uniform(0, 0.3))
        return "given up"


UserAction = Callable[[SlackUsers, random.Random, str, Case], Awaitable[None]]


def _choose_action(chance: random.Random, case: Case, person: str) -> UserAction:
    """What a person does with a case in this state; much of it is refused, when another person was faster."""
    has_case = case["resolver"] in ids_of(person) or person == DANA
    match case["status"]:
        case "open":
            actions: tuple[UserAction, ...] = (
                SlackUsers.claim,
                SlackUsers.claim,
                SlackUsers.note,
                SlackUsers.change,
            )
        case "under_review" if has_case:
            actions = (
                SlackUsers.decide,
                SlackUsers.note,
                SlackUsers.reassign,
                SlackUsers.release,
                SlackUsers.await_customer,
                SlackUsers.change,
            )
        case "waiting_on_customer" if has_case:
            actions = (SlackUsers.customer_answered, SlackUsers.decide, SlackUsers.note)
        case "closed":
            actions = (SlackUsers.note, SlackUsers.reopen)
        case _:
            actions = (SlackUsers.note, SlackUsers.claim, SlackUsers.reassign)
    return chance.choice(actions)
