"""Tests of the clock: real time, unless a file moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.clock import Clock

SLACK = timedelta(minutes=1)


def test_without_a_file_it_is_now_in_utc() -> None:
    now = Clock().now()
    assert now.utcoffset() == timedelta()
    assert abs(now - datetime.now(UTC)) < SLACK


def test_the_file_moves_time_while_the_clock_runs(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = Clock(file)
    assert abs(clock.now() - datetime.now(UTC)) < SLACK
    file.write_text("14400.5\n")
    assert abs(clock.now() - datetime.now(UTC) - timedelta(hours=4)) < SLACK


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf", "1e300", "-1e300", "1 2"])
def test_a_garbled_file_moves_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "clock"
    file.write_text(text)
    assert abs(Clock(file).now() - datetime.now(UTC)) < SLACK


def test_bytes_that_are_no_text_move_nothing(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    file.write_bytes(b"\xff\xfe\x00")
    assert abs(Clock(file).now() - datetime.now(UTC)) < SLACK
