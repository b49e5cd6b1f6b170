"""Do failed sends come back later and later, never too soon, and not for ever?"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import TryAgain
from scheduler.retry import ENOUGH_ATTEMPTS, ENOUGH_TIME, LONGEST, ceiling, is_enough, next_attempt, worn_out
from tests.builders import MONDAY_9AM

ATTEMPTS = st.integers(0, 10_000)
CHANCES = st.floats(0, 1, exclude_max=True)
DOWN = TryAgain("Slack has trouble (HTTP 503).")


@given(ATTEMPTS, CHANCES)
def test_the_wait_is_drawn_from_nothing_to_a_ceiling(attempts: int, chance: float) -> None:
    wait = next_attempt(attempts, DOWN, MONDAY_9AM, lambda: chance) - MONDAY_9AM
    assert timedelta() <= wait <= ceiling(attempts) <= LONGEST


@given(ATTEMPTS)
def test_the_ceiling_never_falls(attempts: int) -> None:
    assert ceiling(attempts) <= ceiling(attempts + 1)


@given(ATTEMPTS, CHANCES, st.floats(0, 1e5).map(lambda seconds: timedelta(seconds=seconds)))
def test_what_the_other_side_asked_for_is_waited_out(attempts: int, chance: float, after: timedelta) -> None:
    limited = TryAgain("Slack asks us to slow down.", after=after)
    assert next_attempt(attempts, limited, MONDAY_9AM, lambda: chance) >= MONDAY_9AM + after


def test_the_first_ceilings_double() -> None:
    assert [ceiling(attempts).total_seconds() for attempts in (1, 2, 3, 4)] == [2, 4, 8, 16]


def test_it_is_enough_after_many_attempts_over_a_day() -> None:
    created = MONDAY_9AM - ENOUGH_TIME
    assert is_enough(ENOUGH_ATTEMPTS, created, MONDAY_9AM)
    assert not is_enough(ENOUGH_ATTEMPTS - 1, created, MONDAY_9AM)
    assert not is_enough(1_000, created + timedelta(seconds=1), MONDAY_9AM)


def test_a_worn_out_row_says_what_the_trouble_was() -> None:
    assert "HTTP 503" in worn_out(40, DOWN).message
