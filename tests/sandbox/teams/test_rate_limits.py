"""Microsoft's rate limits, exactly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.teams.rate_limits import PER_CONVERSATION, PER_TENANT, TeamsRateLimiter

Waits = st.lists(st.one_of(st.just(0.0), st.floats(0, 0.3), st.floats(0, 3)), min_size=1, max_size=90)


@given(Waits, st.integers(1, 3))
def test_no_window_ever_holds_more_than_its_limit(waits: list[float], places: int) -> None:
    limiter, now = TeamsRateLimiter(is_strict=True), 1000.0
    passed: list[tuple[str, float]] = []
    for number, wait in enumerate(waits):
        now += wait
        place = f"19:{number % places}"
        if limiter.retry_after(place, now) == 0:
            passed.append((place, now))
    for most, seconds in PER_CONVERSATION:
        for place, end in passed:
            inside = [at for one, at in passed if one == place and end - seconds < at <= end]
            assert len(inside) <= most
    for most, seconds in PER_TENANT:
        assert all(sum(end - seconds < at <= end for _, at in passed) <= most for _, end in passed)


@given(Waits)
def test_whoever_waits_as_long_as_told_may_pass(waits: list[float]) -> None:
    limiter, now = TeamsRateLimiter(is_strict=True), 1000.0
    for wait in waits:
        now += wait
        told = limiter.retry_after("19:a", now)
        if told:
            now += told
            assert limiter.retry_after("19:a", now) == 0


def test_without_strictness_everything_passes() -> None:
    limiter = TeamsRateLimiter()
    assert [limiter.retry_after("19:a", 1.0) for _ in range(100)] == [0] * 100


def test_the_eighth_in_a_second_waits_and_so_does_the_ninth_in_two() -> None:
    limiter = TeamsRateLimiter(is_strict=True)
    assert [limiter.retry_after("19:a", 5.0) for _ in range(8)] == [0] * 7 + [1]
    assert [limiter.retry_after("19:a", 6.0) for _ in range(2)] == [0, 1]
    assert limiter.retry_after("19:b", 6.0) == 0
