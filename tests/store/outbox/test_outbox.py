"""Tests of the outbox: rows are delivered in order, by one holder at a time, and never lost."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from store.engine import Store
from store.outbox.repository import AttemptResult, Delivered, OutboxFigures, OutboxRow, Parked, Postponed
from store.transaction import Transaction
from tests.builders import MONDAY_9AM, a_case
from tests.store.transactions import add_cases, add_outbox_rows, claim, keys_of

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
CHANNEL = "slack:#billing"


def lease(
    tx: Transaction, address: str = CHANNEL, holder: str = "me", now: datetime = MONDAY_9AM, limit: int = 10
) -> list[OutboxRow]:
    return tx.outbox.lease_rows(address, holder=holder, now=now, lease=LEASE, limit=limit)


def save_results(
    tx: Transaction, results: Sequence[AttemptResult], open_at: datetime | None = None, release: bool = True
) -> None:
    tx.outbox.save_results(CHANNEL, holder="me", results=results, open_at=open_at, release=release)


def due_lanes(tx: Transaction, now: datetime = MONDAY_9AM) -> list[str]:
    return tx.outbox.list_due_lanes(now, 100)


def test_a_promise_with_a_key_that_was_used_is_a_repeat_and_dropped(store: Store) -> None:
    assert store.run_blocking(add_outbox_rows, CHANNEL, "a", "b", "a") == [True, True, False]
    assert store.run_blocking(add_outbox_rows, CHANNEL, "b") == [False]
    assert keys_of(store.run_blocking(lease)) == ["a", "b"]


def test_a_lane_keeps_its_order_and_takes_no_more_than_asked(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, *"abcd")
    assert keys_of(store.run_blocking(lease, limit=3)) == ["a", "b", "c"]


def test_a_payload_comes_back_as_it_was_given(store: Store) -> None:
    store.run_blocking(add_cases, a_case())
    payload = {"text": "Ümläut “quoted”", "numbers": [1, 2.5, None, True]}
    store.run_blocking(
        lambda tx: tx.outbox.add(
            key="k",
            address="person:x",
            effect="digest",
            due_at=MONDAY_9AM,
            case_id="D-1001",
            seq=1,
            payload=payload,
        )
    )
    (row,) = store.run_blocking(lease, "person:x")
    assert (row.payload, row.case_id, row.seq, row.effect) == (payload, "D-1001", 1, "digest")
    assert (row.created_at, row.attempts, row.attempted_at_before) == (MONDAY_9AM, 1, None)


def test_while_somebody_holds_a_lane_nobody_else_gets_it(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    assert store.run_blocking(due_lanes) == [CHANNEL]
    store.run_blocking(lease)
    assert store.run_blocking(due_lanes) == []
    assert store.run_blocking(lease, holder="other") == []
    assert keys_of(store.run_blocking(lease)) == ["a"], "its holder may go on"


def test_a_lease_that_ran_out_frees_the_lane_and_says_that_an_attempt_began(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    store.run_blocking(lease)
    later = MONDAY_9AM + LEASE
    assert store.run_blocking(due_lanes, later) == [CHANNEL]
    (row,) = store.run_blocking(lease, holder="other", now=later)
    assert (row.attempts, row.attempted_at_before) == (2, MONDAY_9AM)


def test_of_several_takers_at_once_one_gets_the_lane(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        for round_ in range(30):
            address = f"slack:#{round_}"
            store.run_blocking(add_outbox_rows, address, f"{round_}")
            taken = list(
                pool.map(
                    lambda holder, to=address: store.run_blocking(lease, to, holder), ["a", "b", "c", "d"]
                )
            )
            assert sorted(map(len, taken)) == [0, 0, 0, 1]


def test_delivered_rows_are_gone_and_the_next_come(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, *"abc")
    first, second = store.run_blocking(lease, limit=2)
    store.run_blocking(
        save_results, [AttemptResult(first.id, Delivered()), AttemptResult(second.id, Delivered())]
    )
    assert keys_of(store.run_blocking(lease, holder="other")) == ["c"]


def test_a_postponed_row_holds_up_those_after_it_until_it_is_due(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, *"ab")
    (first, _) = store.run_blocking(lease)
    store.run_blocking(save_results, [AttemptResult(first.id, Postponed(MONDAY_9AM + 5 * SECOND, "429"))])
    assert store.run_blocking(lease, now=MONDAY_9AM + 4 * SECOND) == []
    assert store.run_blocking(due_lanes, MONDAY_9AM + 4 * SECOND) == []
    rows = store.run_blocking(lease, now=MONDAY_9AM + 5 * SECOND)
    assert keys_of(rows) == ["a", "b"]
    assert rows[0].error == "429"


@pytest.mark.parametrize(("is_unknown", "before"), [(True, MONDAY_9AM), (False, None)])
def test_only_an_unknown_end_is_remembered_as_an_earlier_attempt(
    store: Store, is_unknown: bool, before: datetime | None
) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    (row,) = store.run_blocking(lease)
    assert row.taken_at == MONDAY_9AM
    store.run_blocking(
        save_results, [AttemptResult(row.id, Postponed(MONDAY_9AM + SECOND, "429", is_unknown))]
    )
    (again,) = store.run_blocking(lease, now=MONDAY_9AM + SECOND)
    assert (again.attempts, again.attempted_at_before) == (2, before)


def test_a_row_that_is_not_due_ends_what_is_taken(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "now")
    store.run_blocking(add_outbox_rows, CHANNEL, "later", at=MONDAY_9AM + SECOND)
    store.run_blocking(add_outbox_rows, CHANNEL, "after it")
    assert keys_of(store.run_blocking(lease)) == ["now"]


def test_a_parked_row_blocks_nobody_and_waits_for_a_person(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, *"ab")
    (first, _) = store.run_blocking(lease)
    store.run_blocking(save_results, [AttemptResult(first.id, Parked("channel_not_found"))])
    assert keys_of(store.run_blocking(lease)) == ["b"]
    (parked,) = store.read_blocking(lambda tx: tx.outbox.list_parked(10))
    assert (parked.key, parked.error, parked.attempts) == ("a", "channel_not_found", 1)
    assert store.read_blocking(lambda tx: tx.outbox.count_parked(CHANNEL)) == 1
    assert store.read_blocking(lambda tx: tx.outbox.count_parked("slack:#elsewhere")) == 0
    assert store.read_blocking(lambda tx: tx.outbox.list_parked_lanes("slack:")) == [CHANNEL]
    assert store.read_blocking(lambda tx: tx.outbox.list_parked_lanes("person:")) == []
    assert store.run_blocking(lambda tx: tx.outbox.unpark(CHANNEL, MONDAY_9AM)) == 1
    assert keys_of(store.run_blocking(lease)) == ["a", "b"]


def test_what_is_parked_counts_from_when_its_first_was_to_be_sent_last(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    store.run_blocking(add_outbox_rows, CHANNEL, "b", at=MONDAY_9AM + SECOND)
    for later in (timedelta(), SECOND, 2 * SECOND):
        assert store.read_blocking(lambda tx: tx.outbox.find_parked_since(CHANNEL)) is None
        rows = store.run_blocking(lease, now=MONDAY_9AM + 2 * SECOND)
        store.run_blocking(save_results, [AttemptResult(row.id, Parked("closed")) for row in rows])
        assert store.read_blocking(lambda tx: tx.outbox.find_parked_since(CHANNEL)) == MONDAY_9AM + later
        assert store.read_blocking(lambda tx: tx.outbox.find_parked_since("slack:#elsewhere")) is None
        store.run_blocking(lambda tx, again: tx.outbox.unpark(CHANNEL, again), MONDAY_9AM + later + SECOND)


def test_one_parked_row_can_be_tried_again_by_its_id(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, *"ab")
    rows = store.run_blocking(lease)
    store.run_blocking(save_results, [AttemptResult(row.id, Parked("gone")) for row in rows])
    assert store.run_blocking(lambda tx: tx.outbox.unpark(rows[1].id, MONDAY_9AM)) == 1
    assert keys_of(store.run_blocking(lease)) == ["b"]


def test_a_lane_stays_shut_until_the_rate_lets_more_through(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, *"ab")
    first, _ = store.run_blocking(lease)
    store.run_blocking(save_results, [AttemptResult(first.id, Delivered())], open_at=MONDAY_9AM + SECOND)
    assert store.run_blocking(due_lanes) == []
    assert store.run_blocking(lease) == []
    assert keys_of(store.run_blocking(lease, now=MONDAY_9AM + SECOND)) == ["b"]


def test_what_was_delivered_counts_even_after_the_lease_was_lost(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, *"ab")
    first, _ = store.run_blocking(lease, limit=2)
    later = MONDAY_9AM + LEASE
    store.run_blocking(lease, holder="other", now=later)
    store.run_blocking(save_results, [AttemptResult(first.id, Delivered())])
    assert keys_of(store.run_blocking(lease, holder="other", now=later)) == ["b"]
    assert store.run_blocking(lease, now=later) == [], "the other's lease stands"


def test_lanes_come_in_the_order_in_which_they_wait_and_idle_ones_not_at_all(store: Store) -> None:
    store.run_blocking(add_outbox_rows, "z", "1")
    store.run_blocking(add_outbox_rows, "a", "2", "3")
    store.run_blocking(add_outbox_rows, "m", "4", at=MONDAY_9AM + SECOND)
    assert store.run_blocking(due_lanes) == ["z", "a"]
    store.run_blocking(lease, "a")
    assert store.run_blocking(due_lanes, MONDAY_9AM + SECOND) == ["z", "m"]


def test_nothing_due_leaves_the_lane_to_others(store: Store) -> None:
    assert store.run_blocking(lease) == []
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    assert keys_of(store.run_blocking(lease, holder="other")) == ["a"]


def test_leases_of_a_process_that_is_gone_are_cleared_by_its_name(store: Store) -> None:
    for address in ("a", "b", "c"):
        store.run_blocking(add_outbox_rows, address, address)
    for address, holder in (("a", "host_1:1"), ("b", "host_1:2"), ("c", "hostX1:1")):
        store.run_blocking(lease, address, holder)
    assert store.run_blocking(lambda tx: tx.outbox.clear_leases("host_1:")) == 2
    assert store.run_blocking(due_lanes) == ["a", "b"]


def test_figures_say_what_waits_and_for_how_long(store: Store) -> None:
    assert store.read_blocking(lambda tx: tx.outbox.figures(MONDAY_9AM)) == OutboxFigures(0, 0, None)
    store.run_blocking(add_outbox_rows, CHANNEL, *"abc")
    first, *_ = store.run_blocking(lease)
    store.run_blocking(save_results, [AttemptResult(first.id, Parked("gone"))])
    figures = store.read_blocking(lambda tx: tx.outbox.figures(MONDAY_9AM + SECOND))
    assert figures == OutboxFigures(pending=2, parked=1, oldest_age=SECOND)


def test_pending_rows_of_an_effect_are_counted_and_listed_in_order(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, *"abc")
    assert store.read_blocking(lambda tx: tx.outbox.count_pending(CHANNEL, "tell_story")) == 3
    assert store.read_blocking(lambda tx: tx.outbox.count_pending(CHANNEL, "post_card")) == 0
    rows = store.read_blocking(lambda tx: tx.outbox.list_pending(CHANNEL, "tell_story", 2))
    assert keys_of(rows) == ["a", "b"]


def test_delivered_rows_are_forgotten_after_a_while_and_no_id_comes_twice(store: Store) -> None:
    store.run_blocking(add_outbox_rows, CHANNEL, *"ab")
    rows = store.run_blocking(lease)
    store.run_blocking(save_results, [AttemptResult(row.id, Delivered()) for row in rows])
    assert store.run_blocking(lambda tx: tx.outbox.purge_delivered(MONDAY_9AM)) == 0
    assert store.run_blocking(lambda tx: tx.outbox.purge_delivered(MONDAY_9AM + SECOND)) == 1
    store.run_blocking(add_outbox_rows, CHANNEL, "c")
    (row,) = store.run_blocking(lease)
    assert row.id > rows[-1].id


def test_whoever_delivers_is_woken_only_after_a_commit_that_promised_something(store: Store) -> None:
    woken: list[str] = []
    store.on_outbox.append(lambda: woken.append("wake up"))
    store.run_blocking(add_cases, a_case())
    store.run_blocking(claim, "D-1001", "slack:U0ANA")
    store.run_blocking(claim, "D-1001", "slack:U0ANA")
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    store.run_blocking(add_outbox_rows, CHANNEL, "a")
    store.close_blocking()
    assert len(woken) == 3
