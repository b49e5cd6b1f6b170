"""Parked messages retried by managers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cards.actions import Action
from core.errors import NotAllowed
from handlers.retry_delivery import refresh_cards
from store.outbox.repository import AttemptResult, Parked
from store.transaction import Transaction
from tests.handlers.harness import ANA, DANA, HEAD, OMAR, STRANGER, ZOE, Harness

CARDS = "slack:#billing-disputes"


def park_all(tx: Transaction, now: datetime) -> int:
    """Park everything that waits for billing's channel."""
    rows = tx.outbox.lease_rows(CARDS, holder="me", now=now, lease=timedelta(seconds=30), limit=100)
    results = [AttemptResult(row.id, Parked("The channel is archived.")) for row in rows]
    tx.outbox.save_results(CARDS, holder="me", results=results)
    return len(rows)


def cards_promised(harness: Harness, address: str = CARDS) -> list[str]:
    def keys(tx: Transaction) -> list[str]:
        return [row.key for row in tx.outbox.list_pending(address, "refresh_cards", 100)]

    return harness.store.read_blocking(keys)


@pytest.mark.parametrize("by", [ANA, ZOE, STRANGER])
def test_only_managers_send_parked_messages_again(harness: Harness, by: str) -> None:
    with pytest.raises(NotAllowed, match="Only managers"):
        harness.press(Action.RETRY_PARKED, by, value="slack:#billing-disputes")


def test_a_channels_messages_are_for_the_managers_of_its_queue_and_for_overseers(harness: Harness) -> None:
    with pytest.raises(NotAllowed, match="Only the managers of Billing disputes"):
        harness.press(Action.RETRY_PARKED, OMAR, value=CARDS)
    for by in (DANA, HEAD):
        assert (
            harness.press(Action.RETRY_PARKED, by, value=CARDS).whisper == "Nothing is parked there any more."
        )


@pytest.mark.parametrize("by", [DANA, OMAR, HEAD])
@pytest.mark.parametrize(
    "address",
    ["person:slack:UANA", "slack:#left-by-all", "", "🙂", "x" * 10_000, "'; DROP TABLE outbox"],
)
def test_where_nothing_is_parked_a_manager_is_told_so(harness: Harness, by: str, address: str) -> None:
    assert (
        harness.press(Action.RETRY_PARKED, by, value=address).whisper == "Nothing is parked there any more."
    )


def test_refreshing_a_case_that_is_not_there_does_nothing(harness: Harness) -> None:
    harness.store.run_blocking(refresh_cards, "D-9999", harness.now)
    assert harness.pending_deliveries() == 0


def test_a_manager_has_what_was_parked_sent_again_once(harness: Harness) -> None:
    harness.create_case()
    parked = harness.store.run_blocking(park_all, harness.now)
    assert parked > 0
    said = harness.press(Action.RETRY_PARKED, DANA, value=CARDS).whisper
    assert said is not None
    assert said.startswith(f"Trying {parked} message")
    assert harness.store.read_blocking(lambda tx: tx.outbox.figures(harness.now).parked) == 0
    again = harness.press(Action.RETRY_PARKED, DANA, value=CARDS).whisper
    assert again == "Nothing is parked there any more."


def test_an_old_cards_press_has_it_drawn_anew_once_a_second(harness: Harness) -> None:
    case_id = harness.create_case()
    before = cards_promised(harness)
    for _ in range(3):
        harness.store.run_blocking(refresh_cards, case_id, harness.now)
    assert len(cards_promised(harness)) == len(before) + 1
    harness.advance(seconds=1)
    harness.store.run_blocking(refresh_cards, case_id, harness.now)
    assert len(cards_promised(harness)) == len(before) + 2


def test_an_old_cards_press_has_the_resolvers_own_card_drawn_anew_too(harness: Harness) -> None:
    case_id = harness.create_claimed_case(ANA)
    at_anas = f"person:{harness.case(case_id).resolver_id}"
    before = cards_promised(harness, at_anas)
    harness.store.run_blocking(refresh_cards, case_id, harness.now)
    assert len(cards_promised(harness, at_anas)) == len(before) + 1
