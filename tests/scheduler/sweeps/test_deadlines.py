"""Tests of the sweep of deadlines: each takes effect exactly once, whatever another case does."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core import deadlines as ticking
from core.case import Case
from core.outcome import Outcome
from scheduler.sweeps.deadlines import RETRY_FAILED_AFTER, DeadlineSweep
from store.transaction import Transaction
from tests.builders import OFFICE_HOURS
from tests.scheduler.harness import BILLING, FINN, Harness, store_at

WARNED, MISSED = timedelta(minutes=45), timedelta(minutes=61)


async def told(harness: Harness, case_id: str) -> Counter[str]:
    def read(tx: Transaction) -> Counter[str]:
        return Counter(entry.kind for entry in tx.timeline.list(case_id))

    return await harness.store.read(read)


async def test_nothing_happens_before_its_time(harness: Harness) -> None:
    case_id = await harness.raise_one()
    harness.time.add(WARNED - timedelta(seconds=1))
    assert await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now()) == 0
    assert (await told(harness, case_id))["SlaWarned"] == 0


async def test_a_warning_comes_once_with_two_sweeps_at_once(harness: Harness) -> None:
    case_ids = await harness.raise_many(30)
    harness.time.add(WARNED)
    now = harness.time.now()
    await asyncio.gather(*(DeadlineSweep().sweep_deadlines(harness.store, now) for _ in range(4)))
    await DeadlineSweep().sweep_deadlines(harness.store, now)
    assert [(await told(harness, case_id))["SlaWarned"] for case_id in case_ids] == [1] * 30


async def test_more_than_a_batch_is_done_in_one_sweep(harness: Harness) -> None:
    case_ids = await harness.raise_many(130)
    harness.time.add(MISSED)
    assert await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now()) == 130
    assert [(await told(harness, case_id))["SlaBreached"] for case_id in case_ids] == [1] * 130


async def test_one_bad_case_holds_up_nobody_and_is_left_alone_for_a_while(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = await harness.raise_many(60)
    tries: Counter[str] = Counter()

    def tick(case: Case, *args: object) -> Outcome:
        tries[case.id] += 1
        if case.id == bad:
            raise RuntimeError("a bug")
        return ticking.apply_deadlines(case, *args)  # type: ignore[arg-type]

    monkeypatch.setattr("scheduler.sweeps.deadlines.apply_deadlines", tick)
    harness.time.add(WARNED)
    sweep = DeadlineSweep()
    for _ in range(3):
        await sweep.sweep_deadlines(harness.store, harness.time.now())
    assert [(await told(harness, case_id))["SlaWarned"] for case_id in good] == [1] * 59
    assert (tries[bad], sweep.failed) == (2, 1), "once with its batch, once alone"

    monkeypatch.undo()
    harness.time.add(RETRY_FAILED_AFTER)
    await sweep.sweep_deadlines(harness.store, harness.time.now())
    assert (await told(harness, bad))["SlaWarned"] == 1


async def test_a_case_that_is_due_for_nothing_is_not_looked_at_for_ever(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the policy changed since its deadline was written down."""
    await harness.raise_many(60)
    monkeypatch.setattr("scheduler.sweeps.deadlines.apply_deadlines", lambda case, *_: Outcome(case))
    harness.time.add(WARNED)
    sweep = DeadlineSweep()
    assert await sweep.sweep_deadlines(harness.store, harness.time.now()) == 60
    assert await sweep.sweep_deadlines(harness.store, harness.time.now()) == 0


async def test_a_missed_target_reaches_the_manager_in_the_channel_and_in_person(harness: Harness) -> None:
    case_id = await harness.raise_one()
    harness.time.add(MISSED)
    await DeadlineSweep().sweep_deadlines(harness.store, harness.time.now())
    await harness.deliver_all()
    (alert,) = harness.cards("D0DANA")
    assert case_id in str(alert["blocks"])
    assert any(one.get("subtype") == "thread_broadcast" for one in harness.slack.messages(BILLING))


async def test_the_ladder_is_climbed_and_nobody_is_told_at_night(harness: Harness) -> None:
    await harness.raise_one()
    sweep = DeadlineSweep()
    told_at = []
    for _ in range(8 * 24):
        harness.time.add(timedelta(minutes=15))
        before = len(harness.cards("D0DANA")) + len(harness.cards("D0FINN"))
        await sweep.sweep_deadlines(harness.store, harness.time.now())
        await harness.deliver()
        if len(harness.cards("D0DANA")) + len(harness.cards("D0FINN")) > before:
            told_at.append(harness.time.now())
    assert harness.cards("D0FINN"), FINN
    assert all(
        harness.services.policy.queue("billing").calendar.is_working(at - timedelta(minutes=15))
        for at in told_at
    )


async def test_a_calendar_that_changed_moves_the_deadline_and_nobody_is_told_early(
    harness: Harness, tmp_path: Path
) -> None:
    case_id = await harness.raise_one()
    closed_today = replace(OFFICE_HOURS, holidays=frozenset({harness.time.now().date()}))
    queues = {"billing": replace(harness.store.policy.queues["billing"], calendar=closed_today)}
    changed = replace(harness.store.policy, queues={**harness.store.policy.queues, **queues})
    store = store_at(tmp_path / "ombud.db", changed)
    harness.time.add(WARNED)
    assert await DeadlineSweep().sweep_deadlines(store, harness.time.now()) == 1
    assert (await told(harness, case_id))["SlaWarned"] == 0
    assert await DeadlineSweep().sweep_deadlines(store, harness.time.now()) == 0
    await store.close()
