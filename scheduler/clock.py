"""The clock: the only place that reads the present time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Real time; or, with a file, real time plus the number of seconds written in it.

    The demo and the tests move time by writing the file. A missing or unreadable file moves nothing.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def now(self) -> datetime:
        """The present instant, in UTC."""
        real = datetime.now(UTC)
        return real if self._file is None else _moved(real, self._file)


def _moved(real: datetime, file: Path) -> datetime:
    try:
        return real + timedelta(seconds=float(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, OverflowError):
        return real
