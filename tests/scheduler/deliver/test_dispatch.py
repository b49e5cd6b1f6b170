"""Tests of deliveries: each person and channel is told what concerns them, as it is now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.claiming import reassign, release
from core.closing import withdraw
from core.noting import add_note
from core.reclassifying import change_reason
from core.snoozing import snooze
from scheduler.sweeps.deadlines import DeadlineSweep
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import ANA, BEN, BILLING, DELIVERY, Harness


async def test_a_reassigned_case_tells_both_resolvers(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.claim(case_id, ANA)
    await harness.deliver()
    await harness.store.run(lambda tx: tx.people.save(BEN))
    await harness.act(case_id, reassign, resolver_id=BEN.id, actor_id=BEN.id, why="Ana is on leave")
    await harness.deliver()
    assert case_id in str(harness.cards("D0BEN")[0]["blocks"])
    brief, told = harness.cards("D0ANA")
    assert "now with" in str(brief["blocks"])
    assert "Ana is on leave" in str(told["blocks"])


async def test_who_loses_a_case_or_has_it_ended_by_somebody_else_is_told(harness: Harness) -> None:
    by_ben = {"actor_id": BEN.id, "why": "Tidying up"}
    released, moved, ended = await harness.raise_many(3)
    for case_id in (released, moved, ended):
        await harness.claim(case_id, ANA)
    await harness.deliver_all()
    await harness.act(released, release, actor_id=BEN.id)
    await harness.act(moved, change_reason, reason_id="damaged", policy=harness.services.policy, **by_ben)
    await harness.act(ended, withdraw, **by_ben)
    await harness.deliver_all()
    told = [str(card["blocks"]) for card in harness.cards("D0ANA")[3:]]
    assert len(told) == 3
    assert released in told[0]
    assert "put it back into the queue" in told[0]
    assert moved in told[1]
    assert "no longer with you" in told[1]
    assert ended in told[2]
    assert "Tidying up" in told[2]


async def test_a_moved_case_leaves_a_signpost_and_gets_its_card_in_the_new_channel(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.deliver()
    await harness.act(
        case_id,
        change_reason,
        reason_id="damaged",
        policy=harness.services.policy,
        actor_id=ANA.id,
        why="It is about the damage",
    )
    await harness.deliver_all()
    (left,) = harness.cards(BILLING)
    (card,) = harness.cards(DELIVERY)
    assert "Moved to Logistics disputes" in str(left["blocks"])
    assert not any(block["type"] == "actions" for block in left["blocks"])
    assert any(block["type"] == "actions" for block in card["blocks"])


async def test_a_case_that_moves_before_its_card_is_posted_is_posted_in_one_channel_only(
    harness: Harness,
) -> None:
    case_id = await harness.raise_one()
    moved = {"reason_id": "damaged", "policy": harness.services.policy, "actor_id": ANA.id, "why": "Damage"}
    await harness.act(case_id, change_reason, **moved)
    await harness.deliver_all()
    assert (len(harness.cards(BILLING)), len(harness.cards(DELIVERY))) == (0, 1)


@pytest.mark.parametrize("says_something", [False, True])
async def test_a_card_that_got_lost_is_found_and_made_a_signpost_after_its_case_has_moved(
    harness: Harness, slack: Slack, says_something: bool
) -> None:
    """It was posted without being saved: its buttons must not stay for ever."""
    case_id = await harness.raise_one()
    await slack.fail_next("lose_answer", method="chat.postMessage")
    await harness.deliver()
    if says_something:
        await harness.act(case_id, add_note, actor_id=ANA.id, text="Called them")
    moved = {"reason_id": "damaged", "policy": harness.services.policy, "actor_id": ANA.id, "why": "Damage"}
    await harness.act(case_id, change_reason, **moved)
    await harness.deliver_all()
    (left,) = harness.cards(BILLING)
    assert "Moved to Logistics disputes" in str(left["blocks"])
    assert not any(block["type"] == "actions" for block in left["blocks"])
    assert (
        await harness.store.read(lambda tx: tx.posted_cards.find(case_id, "slack:#billing-disputes"))
        is not None
    )


async def test_who_gave_the_case_back_at_once_gets_no_brief(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    await harness.act(case_id, release, actor_id=ANA.id)
    await harness.deliver_all()
    assert harness.cards("D0ANA") == []


async def test_the_end_of_a_snooze_reaches_the_resolver(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.claim(case_id)
    until = harness.time.now() + timedelta(hours=1)
    await harness.act(case_id, snooze, until=until, why="Waiting for the depot", actor_id=ANA.id)
    await harness.deliver()
    harness.time.add(timedelta(hours=1))
    await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now())
    await harness.deliver_all()
    assert "snooze is over" in str(harness.cards("D0ANA")[-1]["blocks"])


async def test_a_withdrawn_case_ends_its_card(harness: Harness) -> None:
    case_id = await harness.raise_one()
    await harness.deliver()
    await harness.act(case_id, withdraw, why="They paid", actor_id=ANA.id)
    await harness.deliver()
    (card,) = harness.cards(BILLING)
    assert "Withdrawn" in str(card["blocks"])


async def test_a_manager_named_by_address_is_looked_up_once(harness: Harness, slack: Slack) -> None:
    await harness.raise_many(3)
    harness.time.add(timedelta(minutes=61))
    await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now())
    await harness.deliver_all()
    assert len(harness.cards("D0DANA")) == 3
    assert len(slack.calls("users.lookupByEmail")) == 1
    assert len(slack.calls("conversations.open")) == 1


async def test_a_channel_is_looked_for_once(harness: Harness, slack: Slack) -> None:
    await harness.raise_many(3)
    await harness.deliver_all()
    assert len(slack.calls("conversations.list")) == 1


async def test_no_message_text_is_ever_logged(harness: Harness, slack: Slack, capsys: object) -> None:
    await slack.fail_next("invalid_blocks", method="chat.postMessage")
    await harness.raise_one(statement="Our secret agreement of 2019")
    await harness.raise_one(statement="Our secret agreement of 2019")
    await harness.deliver_all()
    out = capsys.readouterr()  # type: ignore[attr-defined]
    assert "parked" in out.out
    assert "secret agreement" not in out.out + out.err
    assert "xoxb" not in out.out + out.err
