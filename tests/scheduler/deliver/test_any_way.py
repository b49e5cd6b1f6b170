"""Tests of alarms that no way took."""

from __future__ import annotations

from connectors.errors import GiveUp, TryAgain
from scheduler.deliver.any_way import gravest

SLOW_DOWN = TryAgain("Teams asks us to slow down.", is_unknown=False)
NO_ANSWER = TryAgain("Slack didn't answer.", is_unknown=True)
CLOSED = GiveUp("The chat is closed.", "Open it.")


def test_an_alarm_that_may_have_arrived_one_way_is_looked_for_before_it_is_sent_again() -> None:
    assert gravest([SLOW_DOWN, NO_ANSWER]) is NO_ANSWER
    assert gravest([NO_ANSWER, SLOW_DOWN, CLOSED]) is NO_ANSWER


def test_an_alarm_is_tried_again_while_any_way_may_open() -> None:
    assert gravest([CLOSED, SLOW_DOWN]) is SLOW_DOWN
    assert gravest([SLOW_DOWN, CLOSED]) is SLOW_DOWN
    assert gravest([CLOSED]) is CLOSED
