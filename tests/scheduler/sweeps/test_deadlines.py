"""Does every deadline that runs out have its consequence exactly once, whatever another case does?"""

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


async def told(desk: Harness, case_id: str) -> Counter[str]:
    def read(tx: Transaction) -> Counter[str]:
        return Counter(entry.kind for entry in tx.timeline.list(case_id))

    return await desk.store.read(read)


async def test_nothing_happens_before_its_time(desk: Harness) -> None:
    case_id = await desk.raise_one()
    desk.time.add(WARNED - timedelta(seconds=1))
    assert await DeadlineSweep().sweep_deadlines(desk.store, desk.time.now()) == 0
    assert (await told(desk, case_id))["SlaWarned"] == 0


async def test_a_warning_comes_once_with_two_sweeps_at_once(desk: Harness) -> None:
    case_ids = await desk.raise_many(30)
    desk.time.add(WARNED)
    now = desk.time.now()
    await asyncio.gather(*(DeadlineSweep().sweep_deadlines(desk.store, now) for _ in range(4)))
    await DeadlineSweep().sweep_deadlines(desk.store, now)
    assert [(await told(desk, case_id))["SlaWarned"] for case_id in case_ids] == [1] * 30


async def test_more_than_a_batch_is_done_in_one_sweep(desk: Harness) -> None:
    case_ids = await desk.raise_many(130)
    desk.time.add(MISSED)
    assert await DeadlineSweep().sweep_deadlines(desk.store, desk.time.now()) == 130
    assert [(await told(desk, case_id))["SlaBreached"] for case_id in case_ids] == [1] * 130


async def test_one_bad_case_holds_up_nobody_and_is_left_alone_for_a_while(
    desk: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, *good = await desk.raise_many(60)
    tries: Counter[str] = Counter()

    def tick(case: Case, *args: object) -> Outcome:
        tries[case.id] += 1
        if case.id == bad:
            raise RuntimeError("a bug")
        return ticking.apply_deadlines(case, *args)  # type: ignore[arg-type]

    monkeypatch.setattr("scheduler.sweeps.deadlines.apply_deadlines", tick)
    desk.time.add(WARNED)
    sweep = DeadlineSweep()
    for _ in range(3):
        await sweep.sweep_deadlines(desk.store, desk.time.now())
    assert [(await told(desk, case_id))["SlaWarned"] for case_id in good] == [1] * 59
    assert (tries[bad], sweep.failed) == (2, 1), "once with its batch, once alone"

    monkeypatch.undo()
    desk.time.add(RETRY_FAILED_AFTER)
    await sweep.sweep_deadlines(desk.store, desk.time.now())
    assert (await told(desk, bad))["SlaWarned"] == 1


async def test_a_case_that_is_due_for_nothing_is_not_looked_at_for_ever(
    desk: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the policy changed since its deadline was written down."""
    await desk.raise_many(60)
    monkeypatch.setattr("scheduler.sweeps.deadlines.apply_deadlines", lambda case, *_: Outcome(case))
    desk.time.add(WARNED)
    sweep = DeadlineSweep()
    assert await sweep.sweep_deadlines(desk.store, desk.time.now()) == 60
    assert await sweep.sweep_deadlines(desk.store, desk.time.now()) == 0


async def test_a_missed_target_reaches_the_manager_in_the_channel_and_in_person(desk: Harness) -> None:
    case_id = await desk.raise_one()
    desk.time.add(MISSED)
    await DeadlineSweep().sweep_deadlines(desk.store, desk.time.now())
    await desk.deliver_all()
    (alert,) = desk.cards("D0DANA")
    assert case_id in str(alert["blocks"])
    assert any(one.get("subtype") == "thread_broadcast" for one in desk.slack.messages(BILLING))


async def test_the_ladder_is_climbed_and_nobody_is_told_at_night(desk: Harness) -> None:
    await desk.raise_one()
    sweep = DeadlineSweep()
    told_at = []
    for _ in range(8 * 24):
        desk.time.add(timedelta(minutes=15))
        before = len(desk.cards("D0DANA")) + len(desk.cards("D0FINN"))
        await sweep.sweep_deadlines(desk.store, desk.time.now())
        await desk.deliver()
        if len(desk.cards("D0DANA")) + len(desk.cards("D0FINN")) > before:
            told_at.append(desk.time.now())
    assert desk.cards("D0FINN"), FINN
    assert all(
        desk.services.policy.queue("billing").calendar.is_working(at - timedelta(minutes=15))
        for at in told_at
    )


async def test_a_calendar_that_changed_moves_the_deadline_and_nobody_is_told_early(
    desk: Harness, tmp_path: Path
) -> None:
    case_id = await desk.raise_one()
    closed_today = replace(OFFICE_HOURS, holidays=frozenset({desk.time.now().date()}))
    queues = {"billing": replace(desk.store.policy.queues["billing"], calendar=closed_today)}
    changed = replace(desk.store.policy, queues={**desk.store.policy.queues, **queues})
    store = store_at(tmp_path / "ombud.db", changed)
    desk.time.add(WARNED)
    assert await DeadlineSweep().sweep_deadlines(store, desk.time.now()) == 1
    assert (await told(desk, case_id))["SlaWarned"] == 0
    assert await DeadlineSweep().sweep_deadlines(store, desk.time.now()) == 0
    await store.close()
