"""What can be put right by hand?"""

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
    """Everything promised to billing's channel is given up."""
    rows = tx.outbox.lease_rows(CARDS, holder="me", now=now, lease=timedelta(seconds=30), limit=100)
    results = [AttemptResult(row.id, Parked("The channel is archived.")) for row in rows]
    tx.outbox.save_results(CARDS, holder="me", results=results)
    return len(rows)


def cards_promised(desk: Harness, address: str = CARDS) -> list[str]:
    def keys(tx: Transaction) -> list[str]:
        return [row.key for row in tx.outbox.list_pending(address, "refresh_cards", 100)]

    return desk.store.read_blocking(keys)


@pytest.mark.parametrize("by", [ANA, ZOE, STRANGER])
def test_only_managers_send_parked_messages_again(desk: Harness, by: str) -> None:
    with pytest.raises(NotAllowed, match="Only managers"):
        desk.press(Action.RETRY_PARKED, by, value="slack:#billing-disputes")


def test_a_channels_messages_are_for_the_managers_of_its_queue_and_for_overseers(desk: Harness) -> None:
    with pytest.raises(NotAllowed, match="Only the managers of Billing disputes"):
        desk.press(Action.RETRY_PARKED, OMAR, value=CARDS)
    for by in (DANA, HEAD):
        assert desk.press(Action.RETRY_PARKED, by, value=CARDS).whisper == "Nothing is parked there any more."


@pytest.mark.parametrize("by", [DANA, OMAR, HEAD])
@pytest.mark.parametrize(
    "address",
    ["person:slack:UANA", "slack:#left-by-all", "", "🙂", "x" * 10_000, "'; DROP TABLE outbox"],
)
def test_where_nothing_is_parked_a_manager_is_told_so(desk: Harness, by: str, address: str) -> None:
    assert desk.press(Action.RETRY_PARKED, by, value=address).whisper == "Nothing is parked there any more."


def test_refreshing_a_case_that_is_not_there_does_nothing(desk: Harness) -> None:
    desk.store.run_blocking(refresh_cards, "D-9999", desk.now)
    assert desk.pending_deliveries() == 0


def test_a_manager_has_what_was_parked_sent_again_once(desk: Harness) -> None:
    desk.create_case()
    parked = desk.store.run_blocking(park_all, desk.now)
    assert parked > 0
    said = desk.press(Action.RETRY_PARKED, DANA, value=CARDS).whisper
    assert said is not None
    assert said.startswith(f"Trying {parked} message")
    assert desk.store.read_blocking(lambda tx: tx.outbox.figures(desk.now).parked) == 0
    again = desk.press(Action.RETRY_PARKED, DANA, value=CARDS).whisper
    assert again == "Nothing is parked there any more."


def test_an_old_cards_press_has_it_drawn_anew_once_a_second(desk: Harness) -> None:
    case_id = desk.create_case()
    before = cards_promised(desk)
    for _ in range(3):
        desk.store.run_blocking(refresh_cards, case_id, desk.now)
    assert len(cards_promised(desk)) == len(before) + 1
    desk.advance(seconds=1)
    desk.store.run_blocking(refresh_cards, case_id, desk.now)
    assert len(cards_promised(desk)) == len(before) + 2


def test_an_old_cards_press_has_the_resolvers_own_card_drawn_anew_too(desk: Harness) -> None:
    case_id = desk.create_claimed_case(ANA)
    at_anas = f"person:{desk.case(case_id).resolver_id}"
    before = cards_promised(desk, at_anas)
    desk.store.run_blocking(refresh_cards, case_id, desk.now)
    assert len(cards_promised(desk, at_anas)) == len(before) + 1
