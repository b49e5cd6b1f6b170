"""Retry schedule: when a failed delivery is tried again, and when it is parked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.errors import GiveUp, TryAgain

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=15)
PARK_AFTER = timedelta(hours=24)
PARK_AFTER_ATTEMPTS = 12
"""At least so many, so that a process that slept for a day doesn't park a row after one attempt."""
MOST_DOUBLINGS = 20
PARK_ALONE_AFTER = timedelta(minutes=5)
"""For a message that fails while the same system takes others: it is parked, and its lane goes on."""
FEWEST_ATTEMPTS_ALONE = 5
"""Two of them with an arrival between them, and some more, as many calls may fail in a bad minute."""

Jitter = Callable[[], float]
"""Uniform in [0, 1); `random.random`."""


def longest_wait(attempts: int) -> timedelta:
    """The upper bound of the wait after so many attempts: 2 s, 4 s, 8 s … 15 min."""
    doublings: int = min(max(attempts, 1) - 1, MOST_DOUBLINGS)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def next_attempt(attempts: int, trouble: TryAgain, now: datetime, jitter: Jitter) -> datetime:
    """The next attempt: exponential back-off with full jitter, never sooner than the platform asked for.

    Full jitter (a wait drawn evenly between zero and the upper bound) best spreads rows that failed together:
    aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter.
    """
    wait = longest_wait(attempts) * jitter()
    return now + (wait if trouble.after is None else trouble.after + wait / 4)


def should_park(attempts: int, created_at: datetime, now: datetime) -> bool:
    """Whether a row was tried so often, over so long, that a person must act."""
    return attempts >= PARK_AFTER_ATTEMPTS and now - created_at >= PARK_AFTER


def retries_exhausted(attempts: int, trouble: TryAgain) -> GiveUp:
    """The refusal to park such a row with."""
    remedy = "See that the other side works again, then retry."
    return GiveUp(f"Tried {attempts} times over a day: {trouble.message}", remedy)


def refused_alone(attempts: int, trouble: TryAgain) -> GiveUp:
    """The refusal to park a message with that fails while others arrive."""
    remedy = "Other messages arrive, so it may be this one. Retry it, or drop it with `ombud parked drop`."
    return GiveUp(f"Tried {attempts} times: {trouble.message}", remedy)
