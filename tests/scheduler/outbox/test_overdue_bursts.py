"""Tests of bursts of escalations: one list per channel and per manager."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.closing import withdraw
from scheduler.outbox.bursts import FIRST_FEW
from scheduler.sweeps.deadlines import DeadlineSweep
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.harness import ANA, BILLING, Harness

pytestmark = pytest.mark.slow

MISSED, REPEATED = timedelta(minutes=61), timedelta(hours=4)
TO_MANAGER = "D0DANA"


async def let_pass(harness: Harness, span: timedelta) -> None:
    """Until nothing is due any more, so that everything that follows waits in the lanes."""
    harness.time.add(span)
    for _ in range(20):
        if not await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now()):
            return


async def overdue(harness: Harness, count: int, at_once: int = 20) -> list[str]:
    """Raised `at_once`; past the threshold most have no card of their own."""
    case_ids: list[str] = []
    while len(case_ids) < count:
        case_ids += await harness.raise_many(min(at_once, count - len(case_ids)))
        await harness.deliver_all()
    await let_pass(harness, MISSED)
    return case_ids


def posts(slack: Slack, channel: str) -> list[Any]:
    return [call for call in slack.calls("chat.postMessage") if call["args"]["channel"] == channel]


def lists_in(harness: Harness, channel: str) -> list[str]:
    return [str(one["blocks"]) for one in harness.cards(channel) if "more overdue" in str(one["blocks"])]


@pytest.mark.parametrize("count", [100, 500])
@pytest.mark.parametrize("at_once", [20, 500], ids=["with cards", "listed"])
async def test_overdue_cases_are_a_few_messages_at_each_rung(
    harness: Harness, slack: Slack, count: int, at_once: int
) -> None:
    await overdue(harness, count, at_once)
    for span in (REPEATED, REPEATED):
        before = len(posts(slack, BILLING)), len(posts(slack, TO_MANAGER))
        await harness.deliver_all()
        assert len(posts(slack, BILLING)) - before[0] == FIRST_FEW + 1
        assert len(posts(slack, TO_MANAGER)) - before[1] == FIRST_FEW + 1
        await let_pass(harness, span)
    assert not await harness.parked()


async def test_the_list_names_the_most_urgent_and_counts_the_rest(harness: Harness) -> None:
    first = await harness.raise_many(1)
    harness.time.add(timedelta(minutes=1))
    case_ids = [*first, *await overdue(harness, 39)]
    await harness.deliver_all()
    (told,), (in_person,) = lists_in(harness, BILLING), lists_in(harness, TO_MANAGER)
    for said in (told, in_person):
        assert "37 more overdue disputes" in said
        assert "Another 17 of them: /disputes overdue" in said
        assert case_ids[FIRST_FEW] in said
        assert case_ids[-1] not in said


async def test_a_case_that_needs_nobody_by_now_is_not_in_the_list(harness: Harness) -> None:
    case_ids = await overdue(harness, 40)
    await harness.claim(case_ids[10])
    await harness.act(case_ids[11], withdraw, why="They paid", actor_id=ANA.id)
    await harness.deliver_all()
    (told,) = lists_in(harness, BILLING)
    assert case_ids[11] not in told
    assert case_ids[12] in told


async def test_as_many_as_the_threshold_each_get_an_alert(harness: Harness, slack: Slack) -> None:
    await overdue(harness, 20)
    before = len(posts(slack, TO_MANAGER))
    await harness.deliver_all()
    assert len(posts(slack, TO_MANAGER)) - before == 20
    assert lists_in(harness, TO_MANAGER) == []


async def test_a_list_whose_answer_was_lost_is_not_doubled(harness: Harness, slack: Slack) -> None:
    await overdue(harness, 40)
    for _ in range(FIRST_FEW + 1):
        await slack.fail_next("lose_answer", method="chat.postMessage", channel=TO_MANAGER)
    await harness.deliver_all()
    assert len(lists_in(harness, TO_MANAGER)) == 1
    assert len(harness.cards(TO_MANAGER)) == FIRST_FEW + 1
