"""Presses the button that `test_adding_a_form.py` has added to a copy of the packages, on both platforms.

Run as a module in that copy, with the path of a migrated database; prints what happened to the case.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from typing import Any

from cards import slack, teams
from cards.present import case_view
from handlers.actions import FORMS
from store.engine import Store
from tests.bot.teams.harness import actions_of, fields_of
from tests.builders import a_policy
from tests.handlers.both_edges import SlackForms, TeamsForms
from tests.handlers.harness import ANA, ANA_TEAMS, BILLING_TEAMS, Harness, add_teams_people


async def press_in_slack(harness: Harness, case_id: str) -> None:
    card = slack.message(case_view(harness.case(case_id), policy=a_policy(), people={}, now=harness.now))
    elements = [one for block in card["blocks"] for one in block.get("elements", ())]
    assert f"ask_flag:{case_id}" in [one.get("action_id") for one in elements]
    person = SlackForms(harness.store, ANA, harness.now)
    form = await person.open(f"ask_flag:{case_id}", case_id)
    assert (form["callback_id"], _inputs(form)) == ("flag", ["weight"])
    form = await person.choose(form, "choose_weight", {"weight": "heavy"})
    assert _inputs(form) == ["weight", "why"]
    refused = await person.send(form, {"weight": "heavy", "why": " "})
    assert refused == {"response_action": "errors", "errors": {"why": "Say why."}}
    assert await person.send(form, {"weight": "heavy", "why": "They are upset."}) == {}


async def press_in_teams(harness: Harness, case_id: str) -> None:
    card = teams.message(case_view(harness.case(case_id), policy=a_policy(), people={}, now=harness.now))
    assert "ask_flag" in actions_of(card)
    person = TeamsForms(harness.store, ANA_TEAMS, harness.now)
    form = await person.open("ask_flag", case_id)
    assert fields_of(form) == ["weight"]
    redrawn = await person.send(form, {"weight": "heavy"})
    assert redrawn is not None
    assert fields_of(redrawn) == ["weight", "why"]
    refused = await person.send(redrawn, {"weight": "heavy", "why": " "})
    assert refused is not None
    assert "Say why." in str(refused)
    assert await person.send(refused, {"weight": "heavy", "why": "They are upset."}) is None


def _inputs(view: dict[str, Any]) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def main(database: str) -> None:
    assert "flag" in FORMS, "this is to be run in the copy"
    policy = a_policy()
    billing = replace(policy.queues["billing"], teams_channel=BILLING_TEAMS)
    store = Store.open(f"sqlite:///{database}", replace(policy, queues={**policy.queues, "billing": billing}))
    harness = Harness(store)
    store.run_blocking(add_teams_people)
    case_id = harness.create_case()
    asyncio.run(press_in_slack(harness, case_id))
    asyncio.run(press_in_teams(harness, case_id))
    print(*(name for name in harness.event_names(case_id) if name == "CaseFlagged"))
    store.close_blocking()


if __name__ == "__main__":
    main(sys.argv[1])
