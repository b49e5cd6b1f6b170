"""Snoozed and waiting cases, and how they come back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cards.actions import Action, Field
from cards.views import MomentInput
from core.case import CaseClosed, IllegalMove, Status, Target
from core.errors import FieldRefused
from core.sla import running_clocks
from tests.builders import MONDAY_9AM, OFFICE_HOURS
from tests.handlers.harness import ANA, DANA, Harness


def epoch(harness: Harness, **span: float) -> str:
    return str(int((harness.now + timedelta(**span)).timestamp()))


def test_a_snoozed_case_rests_until_the_moment_chosen(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    harness.send(Action.SNOOZE, ANA, case_id, until=epoch(harness, days=2), why="Waiting for the price list.")
    assert harness.case(case_id).snoozed_until == MONDAY_9AM + timedelta(days=2)
    harness.press(Action.WAKE, ANA, case_id)
    assert harness.case(case_id).snoozed_until is None
    assert harness.event_names(case_id)[-2:] == ["CaseSnoozed", "SnoozeEnded"]


def test_waking_what_does_not_sleep_changes_nothing(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    before = harness.event_names(case_id)
    harness.press(Action.WAKE, ANA, case_id)
    assert harness.event_names(case_id) == before


@pytest.mark.parametrize(
    "until",
    ["", "tomorrow", "-1", "1.5", "1e9", "0", "²", "٣" * 12, "9" * 11, "9" * 12, "9" * 5000, "1772442000"],
)
def test_a_moment_that_cannot_be_is_told_at_its_field(harness: Harness, until: str) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.SNOOZE, ANA, case_id, until=until)
    assert refusal.value.field == Field.UNTIL
    assert harness.case(case_id).snoozed_until is None


def test_thirty_days_is_the_longest_snooze(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(FieldRefused, match="30 days"):
        harness.send(Action.SNOOZE, ANA, case_id, until=epoch(harness, days=30, seconds=1))
    harness.send(Action.SNOOZE, ANA, case_id, until=epoch(harness, days=30))
    assert harness.case(case_id).snoozed_until == MONDAY_9AM + timedelta(days=30)


def test_the_moment_offered_is_one_that_would_be_taken(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    form = harness.press(Action.ASK_SNOOZE, ANA, case_id).form
    assert form is not None
    offered = next(one.initial for one in form.inputs if isinstance(one, MomentInput))
    assert offered is not None
    harness.send(Action.SNOOZE, ANA, case_id, until=str(int(offered.timestamp())))
    assert harness.case(case_id).snoozed_until == offered


def test_what_nobody_has_cannot_be_snoozed(harness: Harness) -> None:
    case_id = harness.create_case()
    with pytest.raises(IllegalMove):
        harness.send(Action.SNOOZE, DANA, case_id, until=epoch(harness, days=1))


def test_while_the_customer_owes_an_answer_the_clock_stands_still(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    due = {one.target: one.at for one in running_clocks(harness.case(case_id), OFFICE_HOURS)}
    harness.advance(hours=1)
    harness.send(Action.AWAIT_CUSTOMER, ANA, case_id, what="A photo of the delivery note")
    assert harness.case(case_id).status is Status.WAITING_ON_CUSTOMER
    assert list(running_clocks(harness.case(case_id), OFFICE_HOURS)) == []
    harness.advance(hours=3)
    harness.press(Action.CUSTOMER_ANSWERED, ANA, case_id)
    after = {one.target: one.at for one in running_clocks(harness.case(case_id), OFFICE_HOURS)}
    later = OFFICE_HOURS.add_working(due[Target.RESOLUTION], timedelta(hours=3))
    assert after == {Target.RESOLUTION: later}
    assert harness.event_names(case_id)[-2:] == ["CustomerAwaited", "CustomerHeard"]


@pytest.mark.parametrize("what", ["", "  \n"])
def test_what_we_wait_for_must_be_said(harness: Harness, what: str) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(FieldRefused) as refusal:
        harness.send(Action.AWAIT_CUSTOMER, ANA, case_id, what=what)
    assert refusal.value.field == Field.WHAT
    assert harness.case(case_id).status is Status.UNDER_REVIEW


def test_an_answer_nobody_waited_for_is_refused_kindly(harness: Harness) -> None:
    case_id = harness.create_claimed_case()
    with pytest.raises(IllegalMove, match="under review"):
        harness.press(Action.CUSTOMER_ANSWERED, ANA, case_id)


@pytest.mark.parametrize("action", [Action.ASK_SNOOZE, Action.ASK_AWAIT_CUSTOMER, Action.ASK_CHANGE])
def test_an_old_card_of_a_closed_case_opens_no_form_to_fill_in_for_nothing(
    harness: Harness, action: Action
) -> None:
    case_id = harness.create_claimed_case()
    harness.send(Action.CLOSE, ANA, case_id, ending="withdrawn")
    with pytest.raises(CaseClosed):
        harness.press(action, ANA, case_id)


def test_what_nobody_has_neither_sleeps_nor_waits(harness: Harness) -> None:
    unclaimed = harness.create_case()
    for action in (Action.ASK_SNOOZE, Action.ASK_AWAIT_CUSTOMER, Action.ASK_QUESTION):
        with pytest.raises(IllegalMove):
            harness.press(action, DANA, unclaimed)
