"""The clock: the only place that reads the present time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

MOST_SKEW = timedelta(seconds=30)
"""A machine whose clock is further from the database's needs a person: tokens are checked by it."""
_TOLERANCE = timedelta(milliseconds=5)
_ELAPSED = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""On Linux it also counts while the machine sleeps."""


def machine_time() -> datetime:
    return datetime.now(UTC)


def elapsed_seconds() -> float:
    """Seconds since some instant; nobody can set this clock."""
    return time.clock_gettime(_ELAPSED)


class Clock:
    """The database's time, so that all processes agree, whatever their machines' clocks say.

    Before `follow` was told the database's time, it is the machine's. With a file, the number of seconds
    written in it is added: the demo and the tests move time so. A missing or unreadable file moves nothing.
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        machine: Callable[[], datetime] = machine_time,
        elapsed: Callable[[], float] = elapsed_seconds,
    ) -> None:
        self._file = file
        self._machine = machine
        self._elapsed = elapsed
        self._began: datetime | None = None
        """The database's time when `elapsed` was 0."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        real = self._machine() if self._began is None else self._database_time(self._began)
        return self.moved(real)

    def moved(self, real: datetime) -> datetime:
        """An instant of the database or the machine, moved as the file says."""
        return real if self._file is None else _moved(real, self._file)

    def elapsed(self) -> float:
        """Seconds since some instant, for `follow`."""
        return self._elapsed()

    def follow(self, database_time: datetime, *, asked_at: float) -> None:
        """Go by the database's clock, read at some moment since `elapsed` was `asked_at`.

        A reading that agrees with what is known, as exactly as the round trip lets it, changes nothing: the
        time goes on evenly.
        """
        latest = database_time - timedelta(seconds=asked_at)
        earliest = database_time - timedelta(seconds=self._elapsed())
        if self._began is None or not (earliest - _TOLERANCE <= self._began <= latest + _TOLERANCE):
            self._began = earliest + (latest - earliest) / 2

    @property
    def skew(self) -> timedelta:
        """How far the machine's clock is ahead of the database's; 0 before `follow`."""
        return timedelta() if self._began is None else self._machine() - self._database_time(self._began)

    def _database_time(self, began: datetime) -> datetime:
        return began + timedelta(seconds=self._elapsed())


def _moved(real: datetime, file: Path) -> datetime:
    try:
        return real + timedelta(seconds=float(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, OverflowError):
        return real
