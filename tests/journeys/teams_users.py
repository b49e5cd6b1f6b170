"""Simulated people in Teams: they press buttons of their cards, and fill in the forms that open."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import orjson

from sandbox.teams.cards.controls import Node, nodes
from sandbox.teams.company import ANA, BEN, CLEO, DANA, DELIVERY, ELIF
from sandbox.teams.errors import GENERIC_ERROR
from tests.journeys.simulated_users import BEN as BEN_IN_SLACK
from tests.journeys.simulated_users import Remark, SimulatedUsers, Work
from tests.journeys.slack_users import SlackUsers
from tests.journeys.teams_screen import Place, Screen, submit_button_of

Answer = Mapping[str, Any]
CHANGES = ("claim", "release", "customer_answered")
FORMS = ("ask_note", "ask_decide", "ask_reassign", "ask_change", "ask_await_customer", "ask_reopen")
MAX_RENDERS = 3
"""How often a form may be shown again, as after a choice that needs other fields."""
STALE_SCREEN = ("There is no such button", "No dialog is open.")
"""Errors of the pretend Teams for a person whose screen was not up to date."""


@dataclass
class TeamsUsers:
    users: SimulatedUsers
    screen: Screen
    in_slack: SlackUsers

    def works(self) -> list[Work]:
        """Each person acts once at a time, since each has one dialog."""
        return [*(partial(self.work, person) for person in (BEN, CLEO, DANA, ELIF)), self.race]

    async def work(self, person: str, chance: random.Random) -> None:
        """Look at a card, and do one of the actions that it offers to this person."""
        place = self.screen.choose(chance)
        if place is None:
            return
        await self._post_route("view", **_at(person, place))
        offered = self.screen.offered(place, person)
        known = [one for one in (*CHANGES, *FORMS) if one in offered]
        if not known:
            return
        wanted = "claim" if "claim" in known and chance.random() < 0.5 else chance.choice(known)
        if wanted in CHANGES:
            await self._press(chance, person, place, offered[wanted])
        else:
            await self._fill_in(chance, person, place, wanted, offered[wanted])

    async def race(self, chance: random.Random) -> None:
        """One person claims in Slack and another one in Teams, at once."""
        place = self.screen.choose(chance, DELIVERY)
        if place is None:
            return
        claim = self.screen.offered(place, ANA).get("claim")
        if claim is None:
            return
        await asyncio.gather(
            self._press(chance, ANA, place, claim),
            self.in_slack.press(chance, BEN_IN_SLACK, "claim", self.screen.cards[place]),
        )

    async def _press(self, chance: random.Random, person: str, place: Place, pressed: Node) -> None:
        wanted = _at(person, place) | {"data": pressed["data"], "verb": pressed.get("verb")}
        answer = await self._send_until_answered(chance, "press", wanted)
        if pressed.get("verb") == "claim" and answer.get("ok") and "said" not in answer:
            self.users.claims.append((self.screen.cards[place], person))

    async def _fill_in(
        self, chance: random.Random, person: str, place: Place, asked: str, opens: Node
    ) -> None:
        """Open the form, send it until it is accepted or refused, and close it."""
        turn = self.screen.dialog_version(person)
        answer = await self._send_until_answered(
            chance, "press", _at(person, place) | {"data": opens["data"]}
        )
        if answer.get("ok") and await self.screen.wait_for_dialog_change(person, turn):
            remark = self._remark(asked, self.screen.cards[place], person)
            for _ in range(MAX_RENDERS):
                form = self.screen.open_form(person)
                if form is None or not await self._send(chance, person, form, remark):
                    break
        await self._post_route("close", person=person)

    def _remark(self, asked: str, case_id: str, person: str) -> tuple[str, Remark]:
        """A unique text; only notes and decisions are recorded, since only they are in the timeline."""
        words, remark = f"Said {next(self.users.numbers)} in Teams by {person[-1]}.", Remark(case_id)
        kept = {"ask_note": self.users.remarks, "ask_decide": self.users.decisions}.get(asked)
        if kept is not None:
            kept[words] = remark
        return words, remark

    async def _send(self, chance: random.Random, person: str, form: Node, remark: tuple[str, Remark]) -> bool:
        """Send the form, sometimes twice at once; returns whether it was shown again."""
        sender, turn = submit_button_of(form), self.screen.dialog_version(person)
        assert sender is not None
        wanted = {"person": person, "data": sender["data"], "inputs": _inputs(chance, form, remark[0])}
        hands = 2 if chance.random() < 0.2 else 1
        answers = await asyncio.gather(
            *(self._send_until_answered(chance, "submit", wanted) for _ in range(hands))
        )
        if not any(answer.get("ok") for answer in answers):
            return False
        has_turned = await self.screen.wait_for_dialog_change(person, turn)
        remark[1].is_accepted = has_turned and self.screen.dialogs[person] is None
        return has_turned and not remark[1].is_accepted

    async def _send_until_answered(self, chance: random.Random, act: str, wanted: dict[str, Any]) -> Answer:
        """Retry while Teams answers with its generic error; some give up earlier."""
        answer: Answer = {}
        for _ in range(chance.choice((1, 40, 40, 40))):
            answer = await self._post_route(act, **wanted)
            if answer.get("problem") != GENERIC_ERROR:
                self.users.actions_in_teams += bool(answer.get("ok"))
                break
            await asyncio.sleep(chance.uniform(0, 0.3))
        return answer

    async def _post_route(self, act: str, **wanted: Any) -> Answer:
        url = f"{self.users.deployment.slack_url}/sandbox/teams/{act}"
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self.users.deployment.http.post(url, data=orjson.dumps(wanted)) as answer:
                said: Answer = orjson.loads(await answer.read())
            problem = str(said.get("problem") or GENERIC_ERROR)
            if problem != GENERIC_ERROR and not problem.partition(": ")[2].startswith(STALE_SCREEN):
                self.users.unexpected_answers.append(f"{act} by {person_of(wanted)}: {problem}")
            return said
        return {"ok": False, "problem": GENERIC_ERROR}


def person_of(wanted: Mapping[str, Any]) -> str:
    return str(wanted["person"])


def _at(person: str, place: Place) -> dict[str, Any]:
    return {"person": person, "conversation": place[0], "message": place[1]}


def _inputs(chance: random.Random, form: Node, words: str) -> dict[str, str]:
    """A value for every field; a part of the amount is never chosen."""
    filled = {}
    for one in nodes(form):
        if one["type"] == "Input.Text":
            filled[one["id"]] = "" if one["id"] == "internal_text" else words
        elif one["type"] == "Input.ChoiceSet":
            choices = [choice["value"] for choice in one["choices"]]
            filled[one["id"]] = chance.choice([each for each in choices if each != "part_accepted"])
    return filled
