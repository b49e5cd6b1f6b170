"""Tests of the jobs: they start and stop with the process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler import jobs as jobs_module
from scheduler.jobs import DELIVERED_KEPT_FOR, INBOX_KEPT_FOR, Jobs
from scheduler.rate_limits import RateLimiter
from store.errors import StoreUnavailable
from store.outbox.repository import Outbox
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import wait_until
from tests.scheduler.harness import BILLING, Harness


@pytest.fixture
async def jobs(harness: Harness) -> Jobs:
    limiter = RateLimiter(harness.time.now, asyncio.sleep)
    return Jobs(replace(harness.services, sleep=asyncio.sleep, rate_limiter=limiter), holder="jobs")


async def test_each_job_has_a_name_of_its_own(jobs: Jobs) -> None:
    names = [job.name for job in jobs.table()]
    assert names == [
        "sweep_deadlines",
        "reckon_cases",
        "drain_tick",
        "watch_delivery",
        "sync_people",
        "digests",
        "scan_files",
        "sweep_files",
        "purge",
    ]


async def test_work_goes_out_and_time_passes_without_anybody_asking(
    harness: Harness, slack: Slack, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "SWEEP_EVERY", timedelta(milliseconds=50))
    jobs.start()
    await harness.raise_one()
    await wait_until(lambda: len(harness.cards(BILLING)) == len(harness.cards("D0DANA")) == 1)
    await wait_until(
        lambda: jobs.drain.busy_lanes == 0
    )  # what the clock's jump catches under way waits by the clock
    harness.time.add(timedelta(minutes=61))
    await wait_until(lambda: any("was due" in str(one["blocks"]) for one in harness.cards("D0DANA")))
    await jobs.stop()
    assert {"sweep_deadlines", "digests"} <= set(jobs.last_run_at)
    assert None not in (jobs.health().last_round_at, jobs.health().last_sweep_at)
    assert jobs.drain.busy_lanes == 0


async def test_after_the_stop_nothing_goes_out(harness: Harness, slack: Slack, jobs: Jobs) -> None:
    jobs.start()
    await jobs.stop()
    calls = len(slack.calls())
    await harness.raise_one()
    await asyncio.sleep(0.05)
    assert len(slack.calls()) == calls


async def test_a_job_that_fails_neither_ends_itself_nor_counts_as_done(
    harness: Harness, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> int:
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr(jobs_module, "send_digests", broken)
    await jobs.run_once("digests")
    assert "digests" not in jobs.last_run_at
    monkeypatch.undo()
    await jobs.run_once("digests")
    assert "digests" in jobs.last_run_at


async def test_the_drain_outlives_a_database_that_is_away(
    harness: Harness, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def away(*_: object, **__: object) -> int:
        nonlocal tries
        tries += 1
        raise StoreUnavailable("Nobody answers.")

    monkeypatch.setattr("scheduler.outbox.drain.PAUSE_AFTER_ERROR", 0.01)
    monkeypatch.setattr(jobs.drain, "start_due_lanes", away)
    jobs.drain.start()
    await wait_until(lambda: tries > 1)
    monkeypatch.undo()
    await harness.raise_one()
    await wait_until(lambda: len(harness.cards(BILLING)) == 1)
    await jobs.stop()


async def test_an_outbox_that_takes_nothing_is_felt_until_it_does_again(
    harness: Harness, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(*_: object, **__: object) -> None:
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr("scheduler.outbox.drain.PAUSE_AFTER_ERROR", 0.01)
    monkeypatch.setattr(Outbox, "lease_rows", is_full)
    await harness.raise_one()
    jobs.drain.start()
    await wait_until(lambda: jobs.health().failing_since is not None)
    monkeypatch.undo()
    await wait_until(lambda: len(harness.cards(BILLING)) == 1)
    await wait_until(lambda: jobs.health().failing_since is None)
    await jobs.stop()


async def test_what_was_delivered_long_ago_is_forgotten(harness: Harness, jobs: Jobs) -> None:
    await harness.raise_one()
    await harness.deliver_all()
    await harness.raise_one()
    await harness.deliver_all()
    await jobs.run_once("purge")
    assert not await _is_free(harness, "D-1001:2:post_card:slack:#billing-disputes")
    harness.time.add(DELIVERED_KEPT_FOR + timedelta(hours=1))
    await jobs.run_once("purge")
    assert await _is_free(harness, "D-1001:2:post_card:slack:#billing-disputes")


async def test_an_answer_is_known_for_ninety_days_and_then_forgotten(harness: Harness, jobs: Jobs) -> None:
    at = harness.time.now()
    await harness.store.run(lambda tx: tx.inbox.save_response("stripe", "evt_1", "D-1001", at=at))
    harness.time.add(INBOX_KEPT_FOR)
    await jobs.run_once("purge")
    assert await harness.store.read(lambda tx: tx.inbox.find_response("stripe", "evt_1")) == "D-1001"
    harness.time.add(timedelta(seconds=1))
    await jobs.run_once("purge")
    assert await harness.store.read(lambda tx: tx.inbox.find_response("stripe", "evt_1")) is None


async def _is_free(harness: Harness, key: str) -> bool:
    """Whether no row with this key is left."""
    now = harness.time.now()
    return await harness.store.run(
        lambda tx: tx.outbox.add(key=key, address="slack:C0X", effect="post_card", due_at=now)
    )


async def test_a_stop_during_slacks_sync_begins_no_sync_of_teams(
    jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, syncs = asyncio.Event(), list[str]()

    async def endless(_services: object) -> None:
        syncs.append("slack")
        begun.set()
        await asyncio.Event().wait()

    async def note(_services: object) -> None:
        syncs.append("teams")

    monkeypatch.setattr(jobs_module, "sync_slack_people", endless)
    monkeypatch.setattr(jobs_module, "sync_teams_people", note)
    syncing = asyncio.create_task(jobs.run_once("sync_people"))
    await begun.wait()
    syncing.cancel()
    await asyncio.gather(syncing, return_exceptions=True)
    assert syncs == ["slack"]


async def test_a_fault_at_slack_keeps_nothing_from_teams(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = list[str]()

    async def fail(_services: object) -> None:
        raise OSError

    async def note(_services: object) -> None:
        syncs.append("teams")

    monkeypatch.setattr(jobs_module, "sync_slack_people", fail)
    monkeypatch.setattr(jobs_module, "sync_teams_people", note)
    await jobs.run_once("sync_people")
    assert syncs == ["teams"]
    assert "sync_people" not in jobs.last_run_at
