"""Tests of instants: stored and read without a difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.db.instants import from_micros, to_micros
from tests.builders import MONDAY_9AM

zones = st.integers(min_value=-23 * 60, max_value=23 * 60).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
moments = st.datetimes(timezones=zones).filter(lambda at: 2 < at.year < 9998)


@given(moments)
def test_a_moment_of_any_zone_comes_back_in_utc_to_the_microsecond(at: datetime) -> None:
    back = from_micros(to_micros(at))
    assert back == at
    assert back.tzinfo is UTC


@given(moments, moments)
def test_earlier_moments_are_smaller_numbers(one: datetime, other: datetime) -> None:
    assert (one < other) == (to_micros(one) < to_micros(other))


def test_a_time_without_a_zone_is_no_moment() -> None:
    with pytest.raises(TypeError):
        to_micros(MONDAY_9AM.replace(tzinfo=None))
