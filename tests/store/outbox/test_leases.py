"""Tests of leases: they end with their process and not before, whatever a clock says."""

from __future__ import annotations

from datetime import timedelta

from store.engine import Store
from store.outbox.repository import OutboxRow
from store.transaction import Transaction
from tests.builders import MONDAY_9AM
from tests.store.transactions import add_outbox_rows, keys_of

CHANNEL = "slack:#billing"
LEASE = timedelta(seconds=90)
HOUR = timedelta(hours=1)


def lease(tx: Transaction, holder: str, later: timedelta = timedelta()) -> list[OutboxRow]:
    return tx.outbox.lease_rows(CHANNEL, holder=holder, now=MONDAY_9AM + later, lease=LEASE, limit=1)


def due_lanes(tx: Transaction, holder: str, later: timedelta = timedelta()) -> list[str]:
    return tx.outbox.list_due_lanes(MONDAY_9AM + later, 10, holder=holder)


def beat(tx: Transaction, name: str) -> None:
    tx.processes.save_heartbeat(name, MONDAY_9AM)


def bury(tx: Transaction) -> int:
    """Everybody not seen since nine is dead."""
    tx.processes.remove_dead(MONDAY_9AM + timedelta(seconds=1), MONDAY_9AM + HOUR)
    return tx.outbox.free_lanes()


def test_a_process_takes_up_its_own_lease_again(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    store.run_blocking(lease, "me")
    assert store.run_blocking(due_lanes, "me") == [CHANNEL], "after a result that couldn't be saved"
    assert store.run_blocking(due_lanes, "other") == []
    (row,) = store.run_blocking(lease, "me")
    assert row.attempted_at_before == MONDAY_9AM, "so it is looked for before it is sent again"


def test_a_living_process_keeps_its_lease_for_a_clock_that_is_ahead(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    store.run_blocking(beat, "me")
    store.run_blocking(lease, "me")
    assert store.run_blocking(due_lanes, "other", HOUR) == []
    assert store.run_blocking(lease, "other", HOUR) == []


def test_the_leases_of_a_dead_process_end_with_it(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    store.run_blocking(beat, "dead")
    store.run_blocking(lease, "dead")
    assert store.run_blocking(bury) == 1
    assert keys_of(store.run_blocking(lease, "other")) == ["a"]
    assert store.run_blocking(bury) == 1, "the other never had a heartbeat"


def test_the_living_lose_nothing_when_others_die(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    store.run_blocking(lambda tx: tx.processes.save_heartbeat("me", MONDAY_9AM + timedelta(seconds=2)))
    store.run_blocking(beat, "dead")
    store.run_blocking(lease, "me")
    assert store.run_blocking(bury) == 0
    assert store.run_blocking(lease, "other", HOUR) == []


def test_after_the_clock_was_set_back_nothing_waits_for_its_old_time(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "a", at=MONDAY_9AM + HOUR)
    assert store.run_blocking(due_lanes, "me") == []
    assert store.run_blocking(lambda tx: tx.outbox.end_waits(MONDAY_9AM)) == 1
    assert store.run_blocking(due_lanes, "me") == [CHANNEL]


def test_the_databases_clock_runs(store: Store) -> None:
    first = store.read_blocking(lambda tx: tx.processes.now())
    second = store.read_blocking(lambda tx: tx.processes.now())
    assert MONDAY_9AM < first <= second
