"""Is whoever can help called once, and left in peace when nobody is needed any more?"""

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


async def let_pass(desk: Harness, span: timedelta) -> None:
    desk.time.add(span)
    await DeadlineSweep().sweep_deadlines(desk.store, desk.time.now())


async def a_late_case(desk: Harness) -> str:
    """Nobody claimed it in time, and Dana was called."""
    case_id = await desk.raise_one()
    await desk.deliver_all()
    await let_pass(desk, MISSED)
    await desk.deliver_all()
    return case_id


def alerts(desk: Harness) -> list[Any]:
    return [one for one in desk.slack.messages(BILLING) if one.get("subtype") == "thread_broadcast"]


def calls(messages: list[Any]) -> list[Any]:
    """Those that still look urgent or offer something."""
    return [one for one in messages if "🔴" in one["text"] or has_buttons(one)]


def has_buttons(message: Any) -> bool:
    return any(block["type"] == "actions" for block in message["blocks"])


async def test_a_missed_target_is_one_message_in_the_channel_and_one_to_the_manager(desk: Harness) -> None:
    case_id = await a_late_case(desk)
    card, call = desk.slack.messages(BILLING)
    head = f"🔴 Needs you: {case_id} · Wrong amount · €120.00 · Nordwind GmbH. Claim was due "
    assert call["text"].startswith(head)
    assert (call["subtype"], call["thread_ts"]) == ("thread_broadcast", card["ts"])
    assert len(desk.cards("D0DANA")) == 1


@pytest.mark.parametrize("ending", ["claimed", "reassigned", "withdrawn", "moved"])
async def test_a_call_that_was_answered_goes_quiet_wherever_it_stands(desk: Harness, ending: str) -> None:
    case_id = await a_late_case(desk)
    assert len(calls(alerts(desk))) == len(calls(desk.cards("D0DANA"))) == 1
    if ending == "claimed":
        await desk.claim(case_id)
    elif ending == "reassigned":
        for one in (ANA, BEN):
            await desk.store.run(know, one)
        await desk.act(case_id, reassign, resolver_id=BEN.id, why="Ana is away", **BY_ANA)
    elif ending == "withdrawn":
        await desk.act(case_id, withdraw, why="They paid", **BY_ANA)
    else:
        policy = desk.services.policy
        await desk.act(case_id, change_reason, reason_id="damaged", policy=policy, why="Damage", **BY_ANA)
    await desk.deliver_all()
    (told,), (in_person,) = alerts(desk), desk.cards("D0DANA")
    assert calls([told, in_person]) == []
    assert told["text"] == in_person["text"]
    assert "Claim was due" in told["text"]


async def test_an_answered_call_says_who_took_the_case_up_and_when(desk: Harness) -> None:
    case_id = await a_late_case(desk)
    await desk.claim(case_id)
    await desk.deliver_all()
    (told,) = alerts(desk)
    head = "✅ Taken up: D-1000 · Wrong amount · €120.00 · Nordwind GmbH · by Ana Ruiz, 2026-03-02 10"
    assert told["text"].startswith(head.replace("D-1000", case_id))
    assert told["metadata"]["event_payload"]["key"].endswith("alert_managers:slack:#billing-disputes")


async def test_a_repeat_makes_the_one_before_it_quiet(desk: Harness) -> None:
    await a_late_case(desk)
    await let_pass(desk, REPEATED)
    await desk.deliver_all()
    for messages in (alerts(desk), desk.cards("D0DANA")):
        former, latest = messages
        assert former["text"].startswith("🔁 Called again: ")
        assert not has_buttons(former)
        assert latest["text"].startswith("🔴 Still waiting: ")
        assert has_buttons(latest)


async def test_nobody_is_needed_any_more_at_any_rung(desk: Harness) -> None:
    case_id = await a_late_case(desk)
    await let_pass(desk, timedelta(days=1))
    await desk.deliver_all()
    assert desk.cards("D0FINN")
    await desk.act(case_id, withdraw, why="They paid", **BY_ANA)
    await desk.deliver_all()
    assert calls(alerts(desk)) == calls(desk.cards("D0DANA")) == calls(desk.cards("D0FINN")) == []


async def test_a_call_to_somebody_who_is_no_manager_any_more_goes_quiet_too(
    desk: Harness, tmp_path: object
) -> None:
    case_id = await a_late_case(desk)
    policy = a_company()
    queues = {name: replace(queue, managers=(FINN,)) for name, queue in policy.queues.items()}
    store = Store.open(f"sqlite:///{tmp_path}/ombud.db", replace(policy, queues=queues))
    desk.store, desk.services = store, replace(desk.services, store=store)
    desk.drain = OutboxDrain(desk.services, holder="test")
    await desk.claim(case_id)
    await desk.deliver_all()
    assert calls(desk.cards("D0DANA")) == []
    await store.close()


async def test_a_call_that_is_answered_before_it_was_made_calls_nobody(desk: Harness) -> None:
    case_id = await desk.raise_one()
    await desk.deliver_all()
    await let_pass(desk, MISSED)
    await desk.claim(case_id)
    await desk.deliver_all()
    assert desk.cards("D0DANA") == []
    assert alerts(desk) == []
    told = [text for text in desk.texts(BILLING) if "Claim was due" in text]
    assert len(told) == 1
    assert "Needs you" not in told[0]


async def test_a_call_whose_end_is_unknown_is_found_and_goes_quiet(desk: Harness, slack: Slack) -> None:
    case_id = await desk.raise_one()
    await desk.deliver_all()
    await let_pass(desk, MISSED)
    await slack.fail_next("lose_answer", method="chat.postMessage", channel="D0DANA")
    await desk.deliver()
    await desk.claim(case_id)
    await desk.deliver_all()
    (in_person,) = desk.cards("D0DANA")
    assert in_person["text"].startswith("✅ Taken up: ")


async def test_a_call_that_somebody_deleted_has_its_peace(desk: Harness, slack: Slack) -> None:
    case_id = await a_late_case(desk)
    workspace = slack.world.workspace
    workspace.remove(workspace.channels["D0DANA"], desk.cards("D0DANA")[0]["ts"])
    await desk.claim(case_id)
    await desk.deliver_all()
    assert desk.cards("D0DANA") == []
    assert await desk.parked() == []


async def test_going_quiet_waits_for_slack_and_takes_up_where_it_was(desk: Harness, slack: Slack) -> None:
    case_id = await a_late_case(desk)
    await let_pass(desk, REPEATED)
    await desk.deliver_all()
    await slack.fail_next("ratelimited", method="chat.update", channel="D0DANA", retry_after=20)
    await desk.claim(case_id)
    await desk.deliver_all()
    assert calls(desk.cards("D0DANA")) == []
    assert len(desk.cards("D0DANA")) == 2


async def test_settling_again_changes_nothing(desk: Harness, slack: Slack) -> None:
    case_id = await a_late_case(desk)
    await desk.claim(case_id)
    (row,) = [one for one in await desk.pending(f"person:{DANA}") if one.effect == "settle_alerts"]
    await retire_alerts(desk.services, row)
    updates = len(slack.calls("chat.update"))
    await retire_alerts(desk.services, row)
    assert len(slack.calls("chat.update")) == updates
    assert calls(desk.cards("D0DANA")) == []


async def test_a_manager_is_reminded_of_a_case_of_their_own_instead_of_called(desk: Harness) -> None:
    case_id = await desk.raise_one()
    await desk.claim(case_id, DANA_HERSELF)
    await desk.deliver_all()
    await let_pass(desk, timedelta(hours=4))
    await desk.deliver_all()
    told = [card["text"] for card in desk.cards("D0DANA")]
    assert len([text for text in told if "First answer was due" in text]) == 1
    assert not [text for text in told if "Needs you" in text]
    (aloud,) = alerts(desk)
    assert "<@U0DANA>" not in str(aloud["blocks"])


async def test_the_resolver_is_told_that_their_manager_was_called(desk: Harness) -> None:
    case_id = await desk.raise_one()
    await desk.claim(case_id)
    await let_pass(desk, timedelta(hours=4))
    await desk.deliver_all()
    told = [card["text"] for card in desk.cards("D0ANA") if "First answer was due" in card["text"]]
    assert len(told) == 1
    assert told[0].endswith("Told: Dana Whitfield.")
    await desk.act(case_id, await_customer, what="The note", **BY_ANA)
    await desk.deliver_all()
    (in_person,) = desk.cards("D0DANA")
    assert in_person["text"].startswith("✅ The customer was answered: ")


async def test_a_second_target_that_is_missed_calls_nobody_anew(desk: Harness) -> None:
    case_id = await a_late_case(desk)
    await let_pass(desk, timedelta(hours=3))
    await desk.deliver_all()
    assert len(alerts(desk)) == len(desk.cards("D0DANA")) == 1
    assert [text for text in desk.texts(BILLING) if text.startswith("🔴 First answer was due")]
    await desk.claim(case_id)
    await desk.deliver_all()
    assert calls(alerts(desk)) == calls(desk.cards("D0DANA")) == []
