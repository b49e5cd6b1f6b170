"""Tests of the recomputation of deadlines: a changed policy reaches every open case."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.services import Services
from scheduler.sweeps import recompute_deadlines as module
from scheduler.sweeps.recompute_deadlines import recompute_deadlines
from store.cases.repository import Cases
from store.engine import Store
from store.errors import StoreUnavailable
from tests.scheduler.harness import Harness, a_company

SOONER = replace(a_company(), nudge_minutes=1, digest="sooner")


async def nudged(harness: Harness, services: Services) -> int:
    """How many of the cases are due by the time of the shorter nudge."""
    soon = harness.time.now() + timedelta(minutes=5)
    return len(await services.store.run(lambda tx: tx.cases.lock_due(soon, 1000)))


@pytest.fixture
async def changed(harness: Harness, store: Store, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Five claimed cases, reckoned in pairs by a policy that nudges sooner than theirs."""
    monkeypatch.setattr(module, "BATCH", 2)
    for case_id in await harness.raise_many(5):
        await harness.claim(case_id)
    await recompute_deadlines(harness.services)
    monkeypatch.setattr(store._backend, "policy", SOONER)
    monkeypatch.setattr(store, "policy", SOONER)
    return harness.services


async def test_every_open_case_is_reckoned_once(harness: Harness, changed: Services) -> None:
    assert await nudged(harness, changed) == 0
    assert await recompute_deadlines(changed) == 5
    assert await nudged(harness, changed) == 5
    assert await recompute_deadlines(changed) == 0


async def test_two_processes_at_once_do_no_harm(harness: Harness, changed: Services) -> None:
    await asyncio.gather(recompute_deadlines(changed), recompute_deadlines(changed))
    assert await nudged(harness, changed) == 5
    assert (
        await harness.store.read(lambda tx: [tx.timeline.verify(f"D-100{n}") for n in range(1, 6)])
        == [[]] * 5
    )


async def test_what_was_broken_off_half_way_is_begun_anew(
    harness: Harness, changed: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Cases.recompute_deadlines

    def breaks_off(self: Cases, case_id: str) -> None:
        if case_id == "D-1003":
            raise StoreUnavailable("The disk is full.")
        usual(self, case_id)

    monkeypatch.setattr(Cases, "recompute_deadlines", breaks_off)
    with pytest.raises(StoreUnavailable):
        await recompute_deadlines(changed)
    assert await nudged(harness, changed) == 2
    monkeypatch.setattr(Cases, "recompute_deadlines", usual)
    assert await recompute_deadlines(changed) == 5


async def test_a_case_that_cannot_be_reckoned_holds_up_nobody(
    harness: Harness, changed: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Cases.recompute_deadlines

    def fails(self: Cases, case_id: str) -> None:
        if case_id == "D-1003":
            raise ValueError(case_id)
        usual(self, case_id)

    monkeypatch.setattr(Cases, "recompute_deadlines", fails)
    assert await recompute_deadlines(changed) == 5
    assert await nudged(harness, changed) == 4
