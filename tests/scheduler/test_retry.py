"""Tests of the retry schedule: waits grow, never shorter than the platform asks, and end."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import TryAgain
from scheduler.retry import (
    LONGEST_WAIT,
    PARK_AFTER,
    PARK_AFTER_ATTEMPTS,
    longest_wait,
    next_attempt,
    retries_exhausted,
    should_park,
)
from tests.builders import MONDAY_9AM

ATTEMPTS = st.integers(0, 10_000)
CHANCES = st.floats(0, 1, exclude_max=True)
DOWN = TryAgain("Slack has trouble (HTTP 503).")


@given(ATTEMPTS, CHANCES)
def test_the_wait_is_drawn_from_nothing_to_a_ceiling(attempts: int, chance: float) -> None:
    wait = next_attempt(attempts, DOWN, MONDAY_9AM, lambda: chance) - MONDAY_9AM
    assert timedelta() <= wait <= longest_wait(attempts) <= LONGEST_WAIT


@given(ATTEMPTS)
def test_the_ceiling_never_falls(attempts: int) -> None:
    assert longest_wait(attempts) <= longest_wait(attempts + 1)


@given(ATTEMPTS, CHANCES, st.floats(0, 1e5).map(lambda seconds: timedelta(seconds=seconds)))
def test_what_the_other_side_asked_for_is_waited_out(attempts: int, chance: float, after: timedelta) -> None:
    limited = TryAgain("Slack asks us to slow down.", after=after)
    assert next_attempt(attempts, limited, MONDAY_9AM, lambda: chance) >= MONDAY_9AM + after


def test_the_first_ceilings_double() -> None:
    assert [longest_wait(attempts).total_seconds() for attempts in (1, 2, 3, 4)] == [2, 4, 8, 16]


def test_it_is_enough_after_many_attempts_over_a_day() -> None:
    created = MONDAY_9AM - PARK_AFTER
    assert should_park(PARK_AFTER_ATTEMPTS, created, MONDAY_9AM)
    assert not should_park(PARK_AFTER_ATTEMPTS - 1, created, MONDAY_9AM)
    assert not should_park(1_000, created + timedelta(seconds=1), MONDAY_9AM)


def test_a_worn_out_row_says_what_the_trouble_was() -> None:
    assert "HTTP 503" in retries_exhausted(40, DOWN).message
