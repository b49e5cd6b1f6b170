"""Tests of heartbeats: processes whose clocks differ share one database and do nothing late or twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from connectors.errors import OwnRateReached, TryAgain
from scheduler.clock import MOST_SKEW, Clock
from scheduler.deliver import send_once
from scheduler.deliver.send_once import check_lease
from scheduler.heartbeat import DEAD_AFTER, SEND_WITHIN, Heartbeat
from scheduler.lease import LEASE
from scheduler.outbox.drain import OutboxDrain
from scheduler.rate_limits import UPDATES, RateLimiter
from scheduler.services import Services
from store.engine import Store
from store.outbox.repository import Outbox
from store.transaction import Transaction
from tests.connectors.sandbox_slack import Slack
from tests.scheduler.fake_clocks import FakeTime
from tests.scheduler.harness import BILLING, Harness, a_company

HOUR = timedelta(hours=1)
ADDRESS = "slack:#billing-disputes"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """On SQLite and on PostgreSQL."""
    store = Store.open(url, a_company())
    yield store
    await store.close()


class Process:
    """One process on the harness's store and Slack; its machine's clock is `ahead` of the true time."""

    def __init__(self, harness: Harness, name: str, ahead: timedelta = timedelta()) -> None:
        self.elapsed = 0.0
        self.clock = Clock(
            machine=lambda: datetime.now(UTC) + ahead,
            elapsed=lambda: datetime.now(UTC).timestamp() + self.elapsed,
        )
        self.limiter = RateLimiter(self.clock.now, harness.time.sleep)
        self.heartbeat = Heartbeat(harness.store, self.clock, name=name, rate_limiter=self.limiter)
        self.services: Services = replace(
            harness.services,
            now=self.clock.now,
            rate_limiter=self.limiter,
            heartbeat=self.heartbeat,
        )
        self.drain = OutboxDrain(self.services, holder=name)

    @property
    def name(self) -> str:
        return self.heartbeat.name


async def raise_by(process: Process, harness: Harness) -> str:
    """A dispute that comes in by this process, at its time."""
    harness.time.add(process.clock.now() - harness.time.now())
    return await harness.raise_one()


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), HOUR, -HOUR])
async def test_what_comes_in_by_a_process_with_another_clock_is_delivered_at_once(
    harness: Harness, ahead: timedelta
) -> None:
    true, wrong = Process(harness, "true"), Process(harness, "wrong", ahead)
    for process in (true, wrong):
        await process.heartbeat.beat()
    case_ids = [await raise_by(wrong, harness), await raise_by(true, harness)]
    await true.drain.run_until_empty()
    assert [card["text"][:6] for card in harness.cards(BILLING)] == case_ids


async def test_processes_with_other_clocks_deliver_each_message_once(harness: Harness) -> None:
    processes = [Process(harness, f"{place}", place * HOUR) for place in (-1, 0, 1)]
    for process in processes:
        await process.heartbeat.beat()
    case_ids = [await raise_by(process, harness) for process in processes * 2]
    await asyncio.gather(*(process.drain.run_until_empty() for process in processes))
    while (await harness.figures()).pending:
        await asyncio.gather(*(process.drain.run_until_empty() for process in processes))
    assert sorted(card["text"][:6] for card in harness.cards(BILLING)) == case_ids


async def test_a_clock_far_from_the_databases_is_reported_once(harness: Harness) -> None:
    process = Process(harness, "wrong", HOUR)
    with structlog.testing.capture_logs() as logs:
        await process.heartbeat.beat()
        await process.heartbeat.beat()
    (said,) = [one for one in logs if one["event"] == "clock_skewed"]
    assert abs(said["seconds_ahead"] - HOUR.total_seconds()) < MOST_SKEW.total_seconds()
    assert abs(process.heartbeat.skew - HOUR) < MOST_SKEW


async def test_processes_share_what_is_counted_for_the_whole_workspace(harness: Harness) -> None:
    """Two that live go half as fast each; once the other is dead, the whole rate is the living one's."""
    living, dead = Process(harness, "living"), Process(harness, "dead")
    for process in (living, dead, living):
        await process.heartbeat.beat()
    assert [one.limiter.processes for one in (living, dead)] == [2, 2]
    both = [await _places_at_once(one.limiter) for one in (living, dead)]
    await harness.store.run(_be_seen, "dead", -2 * DEAD_AFTER)
    await living.heartbeat.beat()
    assert living.limiter.processes == 1
    assert both == [UPDATES.burst // 2] * 2


async def test_a_rest_that_one_process_was_asked_for_is_kept_by_all(harness: Harness) -> None:
    asked, other = Process(harness, "asked"), Process(harness, "other")
    for process in (asked, other):
        await process.heartbeat.beat()
    with suppress(TryAgain), asked.limiter.shared_rest("conversations.open"):
        raise TryAgain("429", after=HOUR)
    asked.limiter.pause_updates(asked.clock.now() + HOUR)
    for process in (asked, other):
        await process.heartbeat.beat()
    with pytest.raises(OwnRateReached):
        await other.limiter.wait_for_lookup("conversations.open")
    with pytest.raises(OwnRateReached):
        await other.limiter.wait_for_update()
    await other.limiter.wait_for_lookup("users.info")
    assert asked.limiter.new_rests == other.limiter.new_rests == {}


async def test_a_rest_of_before_the_clock_was_set_back_is_nobodys(harness: Harness) -> None:
    process = Process(harness, "here")
    await process.heartbeat.beat()
    before = process.clock.now() + HOUR
    await harness.store.run(lambda tx: tx.processes.save_rests({"update": before}, before - SEND_WITHIN))
    await process.heartbeat.beat()
    await process.limiter.wait_for_update()
    assert not process.limiter.waits


async def _places_at_once(limiter: RateLimiter) -> int:
    """Updates that may go out before one must wait."""
    count = 0
    while not limiter.waits:
        await limiter.wait_for_update()
        count += 1
    return count - 1


async def test_the_lanes_of_a_dead_process_go_to_the_living(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_once, "LONGEST_LATENESS", timedelta())  # what it sent has arrived by now
    living, dead = Process(harness, "living"), Process(harness, "dead")
    for process in (living, dead):
        await process.heartbeat.beat()
    case_id = await raise_by(dead, harness)
    await harness.store.run(_take, dead)
    await living.drain.run_until_empty()
    assert harness.cards(BILLING) == [], "the other may still be sending"
    await harness.store.run(_be_seen, "dead", -2 * DEAD_AFTER)
    woken = asyncio.Event()
    living.heartbeat.on_freed = woken.set
    await living.heartbeat.beat()
    assert woken.is_set()
    await living.drain.run_until_empty()
    assert [card["text"][:6] for card in harness.cards(BILLING)] == [case_id]


async def test_after_an_outage_of_the_database_nobody_counts_as_dead_at_once(harness: Harness) -> None:
    living, other = Process(harness, "living"), Process(harness, "other")
    for process in (living, other):
        await process.heartbeat.beat()
        await harness.store.run(_be_seen, process.name, -2 * DEAD_AFTER)
    await raise_by(other, harness)
    await harness.store.run(_take, other)
    await living.heartbeat.beat()
    await other.heartbeat.beat()
    await living.heartbeat.beat()
    assert not await harness.store.run(_take, living)


async def test_a_process_that_others_may_count_as_dead_sends_nothing(harness: Harness) -> None:
    process = Process(harness, "frozen")
    await process.heartbeat.beat()
    await raise_by(process, harness)
    process.elapsed += 2 * SEND_WITHIN.total_seconds()
    assert not process.services.is_alive()
    await process.drain.start_due_lanes()
    await asyncio.gather(*process.drain._lanes.values())
    assert harness.cards(BILLING) == []
    await process.heartbeat.beat()
    assert process.services.is_alive()
    check_lease(process.services, (await harness.pending(ADDRESS))[0])


@pytest.mark.parametrize("has_other", [False, True])
async def test_a_clock_that_was_set_back_silences_nothing(harness: Harness, has_other: bool) -> None:
    process = Process(harness, "here")
    await process.heartbeat.beat()
    harness.time.add(process.clock.now() + HOUR - harness.time.now())
    case_id = await harness.raise_one()
    await process.drain.run_until_empty()
    assert harness.cards(BILLING) == []
    await harness.store.run(_be_seen, "other" if has_other else "here", HOUR)
    await process.heartbeat.beat()
    await process.drain.run_until_empty()
    assert [card["text"][:6] for card in harness.cards(BILLING)] == [case_id]


async def test_a_process_that_stops_leaves_its_lanes_to_others_at_once(harness: Harness) -> None:
    stopping, other = Process(harness, "stopping"), Process(harness, "other")
    for process in (stopping, other):
        await process.heartbeat.beat()
    await raise_by(stopping, harness)
    await harness.store.run(_take, stopping)
    await stopping.heartbeat.stop()
    assert await harness.store.run(_take, other)


async def test_a_lane_whose_result_could_not_be_saved_goes_on_at_once(
    harness: Harness, slack: Slack, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await harness.raise_one()
    save_results, failures = Outbox.save_results, [OSError("the disk is full")]

    def fail_once(self: Outbox, *args: object, **kwargs: object) -> None:
        if failures:
            raise failures.pop()
        save_results(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Outbox, "save_results", fail_once)
    began = time.now()
    while (await harness.figures()).pending and time.now() - began < LEASE:
        await harness.deliver()
    assert (await harness.figures()).pending == 0
    assert [card["text"][:6] for card in harness.cards(BILLING)] == [case_id]
    assert time.now() - began < LEASE


def _take(tx: Transaction, process: Process) -> bool:
    now = process.clock.now()
    return bool(tx.outbox.lease_rows(ADDRESS, holder=process.name, now=now, lease=LEASE, limit=1))


def _be_seen(tx: Transaction, name: str, later: timedelta) -> None:
    tx.processes.save_heartbeat(name, tx.processes.now() + later)
