"""Closed cases whose queue left the policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cards.actions import Action, Field
from core.case import CaseClosed
from core.errors import NotFound
from core.policy import NameRemoved
from handlers.retry_delivery import refresh_cards
from store.engine import Store
from tests.builders import a_policy, a_queue, a_reason
from tests.handlers.harness import ANA, BEN, BILLING, DANA, HEAD, OMAR, ZOE, Harness

CARDS = "slack:#billing-disputes"
REASONS = ("wrong_amount", "not_delivered", "chargeback")
WITHOUT_BILLING = a_policy(
    queues={"logistics": a_queue("logistics", managers=("omar@example.com",))},
    reasons={reason_id: a_reason(reason_id, queue_id="logistics") for reason_id in REASONS},
)


@pytest.fixture
def closed(harness: Harness, tmp_path: Path) -> Iterator[str]:
    """Ana's case of billing, closed; then Ombud starts again without that queue."""
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    harness.store = Store.open(f"sqlite:///{tmp_path / 'ombud.db'}", WITHOUT_BILLING)
    yield case_id
    harness.store.close_blocking()


@pytest.mark.parametrize("by", [ANA, HEAD])
def test_its_last_resolver_and_overseers_still_see_it(harness: Harness, closed: str, by: str) -> None:
    assert harness.press(Action.OPEN_CASE, by, closed).card is not None
    assert harness.type(by, f"show {closed}").card is not None


@pytest.mark.parametrize("by", [BEN, DANA, OMAR, ZOE])
def test_nobody_else_learns_that_it_is_there(harness: Harness, closed: str, by: str) -> None:
    for action in (Action.OPEN_CASE, Action.ASK_REOPEN, Action.CLAIM):
        with pytest.raises(NotFound):
            harness.press(action, by, closed)


@pytest.mark.parametrize("action", [Action.ASK_REOPEN, Action.REOPEN])
@pytest.mark.parametrize("by", [ANA, HEAD])
def test_reopening_it_is_refused_with_what_to_do(
    harness: Harness, closed: str, by: str, action: Action
) -> None:
    sentence = "The queue “billing” is no longer in the policy. Put it back, or raise the dispute anew."
    with pytest.raises(NameRemoved) as refusal:
        harness.send(action, by, closed, why="They called again.")
    assert str(refusal.value) == sentence
    assert harness.case(closed).is_closed


def test_its_last_resolver_may_still_add_a_note(harness: Harness, closed: str) -> None:
    harness.send(Action.NOTE, ANA, closed, **{Field.NOTE: "Filed in the archive."})
    assert harness.event_names(closed)[-1] == "NoteAdded"


@pytest.mark.parametrize("action", [Action.CLAIM, Action.DECIDE, Action.REASSIGN, Action.CHANGE])
def test_whatever_else_its_resolver_presses_finds_it_closed(
    harness: Harness, closed: str, action: Action
) -> None:
    with pytest.raises(CaseClosed):
        harness.send(action, ANA, closed, verdict="rejected", reason="chargeback", priority="1", why="x")


def test_an_old_card_of_it_is_not_drawn_anew_in_a_channel(harness: Harness, closed: str) -> None:
    def in_channel() -> int:
        rows = harness.store.read_blocking(lambda tx: tx.outbox.list_pending(CARDS, "refresh_cards", 10))
        return len(rows)

    before = in_channel()
    harness.store.run_blocking(refresh_cards, closed, harness.now)
    assert in_channel() == before


def test_a_link_to_it_stays_a_link(harness: Harness, closed: str) -> None:
    url = f"https://ombud.example/cases/{closed}"
    assert harness.press(Action.SHARE_LINK, ANA, value=url, channel=BILLING).unfurl == {}


def test_a_case_whose_reason_has_gone_is_not_reopened_either(harness: Harness, tmp_path: Path) -> None:
    case_id = harness.create_claimed_case(ANA)
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    policy = a_policy(reasons={"chargeback": a_reason("chargeback")})
    harness.store = Store.open(f"sqlite:///{tmp_path / 'ombud.db'}", policy)
    with pytest.raises(NameRemoved, match="The reason “wrong_amount”"):
        harness.send(Action.REOPEN, ANA, case_id, why="They called again.")
    harness.store.close_blocking()
