"""Lists: contents, visibility, paging."""

from __future__ import annotations

from datetime import datetime

import pytest

from cards.actions import Action
from cards.views import ListView
from core.errors import Refused
from core.intake import end_gathering
from core.person import CLOCK
from core.slack_guests import Workspace
from handlers.follow_slack import follow_person
from handlers.lists import PAGE_SIZE
from handlers.types import Reply
from store.cases.lists import Cursor
from store.transaction import Transaction
from tests.handlers.harness import ANA, BEN, DANA, HEAD, OMAR, STRANGER, ZOE, Harness


def rows_of(reply: Reply) -> list[str]:
    assert isinstance(reply.card, ListView)
    return [row.case_id for row in reply.card.rows]


def pages_of(harness: Harness, by: str, reply: Reply) -> list[str]:
    """Every row, by pressing Next until there is no more."""
    seen = rows_of(reply)
    for _ in range(20):
        assert isinstance(reply.card, ListView)
        following = [button for button in reply.card.pages if button.label == "Next page"]
        if not following:
            return seen
        reply = harness.press(following[0].action, by, value=following[0].value)
        seen += rows_of(reply)
    raise AssertionError("the pages have no end")


def test_the_queue_is_paged_to_its_end_without_a_repeat(harness: Harness) -> None:
    raised = [harness.create_case() for _ in range(2 * PAGE_SIZE + 3)]
    assert pages_of(harness, ANA, harness.type(ANA, "queue")) == raised


def test_a_full_last_page_has_no_next_one_and_a_later_page_leads_back_to_the_first(harness: Harness) -> None:
    raised = [harness.create_case() for _ in range(PAGE_SIZE + 1)]
    first = harness.type(ANA, "queue")
    assert isinstance(first.card, ListView)
    assert [button.label for button in first.card.pages] == ["Next page"]
    second = harness.press(Action.PAGE, ANA, value=first.card.pages[0].value)
    assert rows_of(second) == raised[PAGE_SIZE:]
    assert isinstance(second.card, ListView)
    assert [button.label for button in second.card.pages] == ["First page"]
    assert rows_of(harness.press(Action.PAGE, ANA, value=second.card.pages[0].value)) == raised[:PAGE_SIZE]
    harness.press(Action.CLAIM, ANA, raised[0])
    exactly_full = harness.type(ANA, "queue")
    assert isinstance(exactly_full.card, ListView)
    assert exactly_full.card.pages == ()


def test_a_page_that_emptied_meanwhile_says_so_kindly(harness: Harness) -> None:
    raised = [harness.create_case() for _ in range(PAGE_SIZE + 1)]
    first = harness.type(ANA, "queue")
    assert isinstance(first.card, ListView)
    harness.press(Action.CLAIM, ANA, raised[-1])
    emptied = harness.press(Action.PAGE, ANA, value=first.card.pages[0].value)
    assert rows_of(emptied) == []


@pytest.mark.parametrize(
    "value",
    [
        "",
        "|",
        "everything||",
        "queue||garbage!",
        "queue||" + "A" * 5000,
        "queue||" + str(Cursor(0, 0))[:-1],
        "overdue||🙂",
        "mine||LTk5LjE",
        "queue|billing|\ufffd",
    ],
)
def test_a_page_that_no_button_of_ours_leads_to_is_refused_in_words(harness: Harness, value: str) -> None:
    with pytest.raises(Refused):
        harness.press(Action.PAGE, ANA, value=value)


@pytest.mark.parametrize("value", ["queue|logistics|", "overdue|logistics|", "mine|logistics|", "queue|x|"])
def test_a_page_of_anothers_queue_is_refused(harness: Harness, value: str) -> None:
    harness.create_case(reason_id="not_delivered")
    with pytest.raises(Refused, match="isn't yours"):
        harness.press(Action.PAGE, ANA, value=value)


def test_everybody_lists_what_their_queues_hold_and_nothing_else(harness: Harness) -> None:
    billing = harness.create_case()
    delivery = harness.create_case(reason_id="not_delivered")
    harness.store.run_blocking(_tell_queue, delivery, harness.now)
    sees = {ANA: [billing], BEN: [billing], DANA: [billing], OMAR: [delivery], HEAD: [billing, delivery]}
    for by in (ANA, BEN, DANA, OMAR, HEAD, ZOE, STRANGER):
        assert sorted(rows_of(harness.type(by, "queue"))) == sees.get(by, [])


def test_mine_are_those_i_have_that_are_not_closed(harness: Harness) -> None:
    mine, closed, _others = (
        harness.create_claimed_case(ANA),
        harness.create_claimed_case(ANA),
        harness.create_claimed_case(BEN),
    )
    harness.send(Action.CLOSE, ANA, closed, ending="withdrawn")
    assert rows_of(harness.type(ANA, "mine")) == [mine]
    harness.store.run_blocking(
        follow_person, {"id": ANA, "team_id": "T0OURS", "deleted": True}, Workspace("T0OURS")
    )
    with pytest.raises(Refused, match="You are a guest here"):
        harness.type(ANA, "mine")


def test_overdue_begins_when_a_clock_has_run_out(harness: Harness) -> None:
    case_id = harness.create_case()
    harness.advance(minutes=59)
    assert rows_of(harness.type(DANA, "overdue")) == []
    harness.advance(minutes=1)
    assert rows_of(harness.type(DANA, "overdue")) == [case_id]
    assert rows_of(harness.type(DANA, "overdue billing")) == [case_id]
    assert rows_of(harness.type(HEAD, "overdue logistics")) == []


def test_unclaimed_cases_can_be_claimed_from_the_list(harness: Harness) -> None:
    case_id = harness.create_case()
    card = harness.type(ANA, "queue").card
    assert isinstance(card, ListView)
    button = card.rows[0].button
    assert button is not None
    harness.press(button.action, ANA, button.value)
    assert harness.case(case_id).resolver_id == "slack:UANA"


def _tell_queue(tx: Transaction, case_id: str, now: datetime) -> None:
    tx.record(end_gathering(tx.cases.lock(case_id), actor_id=CLOCK, now=now))


def test_the_head_who_may_only_look_is_offered_no_claim(harness: Harness) -> None:
    harness.create_case()
    for by, offered in ((ANA, Action.CLAIM), (HEAD, Action.OPEN_CASE)):
        home = harness.press(Action.OPEN_HOME, by).home
        assert home is not None
        rows = [row for one in home.lists if one.title.startswith("Unclaimed") for row in one.rows]
        assert [row.button.action for row in rows if row.button] == [offered]
