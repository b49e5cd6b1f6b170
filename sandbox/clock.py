"""Demo clock: real time plus an offset that a small file shares with the bot."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path


class Clock:
    """The file holds one float: seconds added to real time. Without a file the offset lives in memory."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._offset = _read(file)

    @property
    def offset(self) -> float:
        return self._offset

    def now(self) -> float:
        """Seconds since 1970, with the offset."""
        return time.time() + self._offset

    def add(self, seconds: float) -> None:
        self._write(self._offset + seconds)

    def set_to(self, instant: datetime) -> None:
        """Make it `instant`, which must carry a zone."""
        self._write(instant.timestamp() - time.time())

    def _write(self, offset: float) -> None:
        self._offset = offset
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_name(self._file.name + ".draft")
        draft.write_text(f"{offset:.3f}\n", encoding="ascii")
        draft.replace(self._file)


def _read(file: Path | None) -> float:
    if file is None or not file.exists():
        return 0.0
    return float(file.read_text(encoding="ascii").strip() or 0)
