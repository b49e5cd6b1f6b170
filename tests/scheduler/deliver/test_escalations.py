"""Tests of escalation alerts: sent once, and replaced when they are no longer needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.claiming import reassign
from core.closing import withdraw
from core.person import Person
from core.reclassifying import change_reason
from core.snoozing import await_customer
from scheduler.deliver.escalations import retire_alerts
from scheduler.outbox.drain import OutboxDrain
from scheduler.sweeps.deadlines import DeadlineSweep
from store.engine import Store
from store.transaction import Transaction
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import ANA, BEN, BILLING, DANA, FINN, Harness, a_company

MISSED, REPEATED = timedelta(minutes=61), timedelta(hours=4)
DANA_HERSELF = Person(id="slack:U0DANA", name="Dana Whitfield", email=DANA, slack_ref="U0DANA")
BY_ANA = {"actor_id": ANA.id}


def know(tx: Transaction, person: Person) -> None:
    tx.people.save(person)


async def let_pass(harness: Harness, span: timedelta) -> None:
    harness.time.add(span)
    await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now())


async def a_late_case(harness: Harness) -> str:
    """Nobody claimed it in time, and Dana was called."""
    case_id = await harness.raise_one()
    await harness.deliver_all()
    await let_pass(harness, MISSED)
    await harness.deliver_all()
    return case_id


def alerts(harness: Harness) -> list[Any]:
    return [one for one in harness.slack.messages(BILLING) if one.get("subtype") == "thread_broadcast"]


def calls(messages: list[Any]) -> list[Any]:
    """Those that still look urgent or offer something."""
    return [one for one in messages if "🔴" in one["text"] or has_buttons(one)]


def has_buttons(message: Any) -> bool:
    return any(block["type"] == "actions" for block in message["blocks"])


async def test_a_missed_target_is_one_message_in_the_channel_and_one_to_the_manager(harness: Harness) -> None:
    case_id = await a_late_case(harness)
    card, call = harness.slack.messages(BILLING)
    head = f"🔴 Needs you: {case_id} · Wrong amount · €120.00 · Nordwind GmbH. Claim was due "
    assert call["text"].startswith(head)
    assert (call["subtype"], call["thread_ts"]) == ("thread_broadcast", card["ts"])
    assert len(harness.cards("D0DANA")) == 1


@pytest.mark.parametrize("ending", ["claimed", "reassigned", "withdrawn", "moved"])
async def test_a_call_that_was_answered_goes_quiet_wherever_it_stands(harness: Harness, ending: str) -> None:
    case_id = await a_late_case(harness)
    assert len(calls(alerts(harness))) == len(calls(harness.cards("D0DANA"))) == 1
    if ending == "claimed":
        await harness.claim(case_id)
    elif ending == "reassigned":
        for one in (ANA, BEN):
            await harness.store.run(know, one)
        await harness.act(case_id, reassign, resolver_id=BEN.id, why="Ana is away", **BY_ANA)
    elif ending == "withdrawn":
        await harness.act(case_id, withdraw, why="They paid", **BY_ANA)
    else:
        policy = harness.services.policy
        await harness.act(case_id, change_reason, reason_id="damaged", policy=policy, why="Damage", **BY_ANA)
    await harness.deliver_all()
    (told,), (in_person,) = alerts(harness), harness.cards("D0DANA")
    assert calls([told, in_person]) == []
    assert told["text"] == in_person["text"]
    assert "Claim was due" in told["text"]


async def test_an_answered_call_says_who_took_the_case_up_and_when(harness: Harness) -> None:
    case_id = await a_late_case(harness)
    await harness.claim(case_id)
    await harness.deliver_all()
    (told,) = alerts(harness)
    head = "✅ Taken up: D-1000 · Wrong amount · €120.00 · Nordwind GmbH · by Ana Ruiz, 2026-03-02 10"
    assert told["text"].startswith(head.replace("D-1000", case_id))
    assert told["metadata"]["event_payload"]["key"].endswith("alert_managers:slack:#billing-disputes")


async def test_a_repeat_makes_the_one_before_it_quiet(harness: Harness) -> None:
    await a_late_case(harness)
    await let_pass(harness, REPEATED)
    await harness.deliver_all()
    for messages in (alerts(harness), harness.cards("D0DANA")):
        former, latest = messages
        assert former["text"].startswith("🔁 Called again: ")
        assert not has_buttons(former)
        assert latest["text"].startswith("🔴 Still waiting: ")
        assert has_buttons(latest)


async def test_nobody_is_needed_any_more_at_any_rung(harness: Harness) -> None:
    case_id = await a_late_case(harness)
    await let_pass(harness, timedelta(days=1))
    await harness.deliver_all()
    assert harness.cards("D0FINN")
    await harness.act(case_id, withdraw, why="They paid", **BY_ANA)
    await harness.deliver_all()
    assert calls(alerts(harness)) == calls(harness.cards("D0DANA")) == calls(harness.cards("D0FINN")) == []


async def test_a_call_to_somebody_who_is_no_manager_any_more_goes_quiet_too(
    harness: Harness, tmp_path: object
) -> None:
    case_id = await a_late_case(harness)
    policy = a_company()
    queues = {name: replace(queue, managers=(FINN,)) for name, queue in policy.queues.items()}
    store = Store.open(f"sqlite:///{tmp_path}/ombud.db", replace(policy, queues=queues))
    harness.store, harness.services = store, replace(harness.services, store=store)
    harness.drain = OutboxDrain(harness.services, holder="test")
    await harness.claim(case_id)
    await harness.deliver_all()
    assert calls(harness.cards("D0DANA")) == []
    await store.close()


async def test_a_call_that_is_answered_before_it_was_made_calls_nobody(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.deliver_all()
    await let_pass(harness, MISSED)
    await harness.claim(case_id)
    await harness.deliver_all()
    assert harness.cards("D0DANA") == []
    assert alerts(harness) == []
    told = [text for text in harness.texts(BILLING) if "Claim was due" in text]
    assert len(told) == 1
    assert "Needs you" not in told[0]


async def test_a_call_whose_end_is_unknown_is_found_and_goes_quiet(harness: Harness, slack: Slack) -> None:
    case_id = await harness.raise_one()
    await harness.deliver_all()
    await let_pass(harness, MISSED)
    await slack.fail_next("lose_answer", method="chat.postMessage", channel="D0DANA")
    await harness.deliver()
    await harness.claim(case_id)
    await harness.deliver_all()
    (in_person,) = harness.cards("D0DANA")
    assert in_person["text"].startswith("✅ Taken up: ")


async def test_a_call_that_somebody_deleted_has_its_peace(harness: Harness, slack: Slack) -> None:
    case_id = await a_late_case(harness)
    workspace = slack.world.slack.workspace
    workspace.remove(workspace.channels["D0DANA"], harness.cards("D0DANA")[0]["ts"])
    await harness.claim(case_id)
    await harness.deliver_all()
    assert harness.cards("D0DANA") == []
    assert await harness.parked() == []


async def test_going_quiet_waits_for_slack_and_takes_up_where_it_was(harness: Harness, slack: Slack) -> None:
    case_id = await a_late_case(harness)
    await let_pass(harness, REPEATED)
    await harness.deliver_all()
    await slack.fail_next("ratelimited", method="chat.update", channel="D0DANA", retry_after=20)
    await harness.claim(case_id)
    await harness.deliver_all()
    assert calls(harness.cards("D0DANA")) == []
    assert len(harness.cards("D0DANA")) == 2


async def test_settling_again_changes_nothing(harness: Harness, slack: Slack) -> None:
    case_id = await a_late_case(harness)
    await harness.claim(case_id)
    (row,) = [one for one in await harness.pending(f"person:{DANA}") if one.effect == "settle_alerts"]
    await retire_alerts(harness.services, row)
    updates = len(slack.calls("chat.update"))
    await retire_alerts(harness.services, row)
    assert len(slack.calls("chat.update")) == updates
    assert calls(harness.cards("D0DANA")) == []


async def test_a_manager_is_reminded_of_a_case_of_their_own_instead_of_called(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.claim(case_id, DANA_HERSELF)
    await harness.deliver_all()
    await let_pass(harness, timedelta(hours=4))
    await harness.deliver_all()
    told = [card["text"] for card in harness.cards("D0DANA")]
    assert len([text for text in told if "First answer was due" in text]) == 1
    assert not [text for text in told if "Needs you" in text]
    (aloud,) = alerts(harness)
    assert "<@U0DANA>" not in str(aloud["blocks"])


async def test_the_resolver_is_told_that_their_manager_was_called(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    await let_pass(harness, timedelta(hours=4))
    await harness.deliver_all()
    told = [card["text"] for card in harness.cards("D0ANA") if "First answer was due" in card["text"]]
    assert len(told) == 1
    assert told[0].endswith("Told: Dana Whitfield.")
    await harness.act(case_id, await_customer, what="The note", **BY_ANA)
    await harness.deliver_all()
    (in_person,) = harness.cards("D0DANA")
    assert in_person["text"].startswith("✅ The customer was answered: ")


async def test_a_second_target_that_is_missed_calls_nobody_anew(harness: Harness) -> None:
    case_id = await a_late_case(harness)
    await let_pass(harness, timedelta(hours=3))
    await harness.deliver_all()
    assert len(alerts(harness)) == len(harness.cards("D0DANA")) == 1
    assert [text for text in harness.texts(BILLING) if text.startswith("🔴 First answer was due")]
    await harness.claim(case_id)
    await harness.deliver_all()
    assert calls(alerts(harness)) == calls(harness.cards("D0DANA")) == []
