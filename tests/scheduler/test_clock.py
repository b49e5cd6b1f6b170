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


class Machine:
    """A machine's clocks: the one that people set, and the one that only counts."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.elapsed = 1000.0

    def clock(self, file: Path | None = None) -> Clock:
        return Clock(file, machine=lambda: self.time, elapsed=lambda: self.elapsed)

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.elapsed += seconds


TRUE = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_it_goes_by_the_databases_clock_and_tells_how_far_its_own_is_from_it() -> None:
    machine = Machine()
    clock = machine.clock()
    assert (clock.now(), clock.skew) == (machine.time, timedelta())
    clock.follow(TRUE, asked_at=clock.elapsed())
    machine.wait(5)
    assert (clock.now(), clock.skew) == (TRUE + timedelta(seconds=5), timedelta(hours=1))


def test_setting_the_machines_clock_moves_nothing() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.follow(TRUE, asked_at=clock.elapsed())
    machine.time -= timedelta(hours=3)
    assert (clock.now(), clock.skew) == (TRUE, timedelta(hours=-2))


def test_the_file_moves_the_databases_time_too_but_is_no_skew(tmp_path: Path) -> None:
    machine = Machine()
    (tmp_path / "clock").write_text("60")
    clock = machine.clock(tmp_path / "clock")
    clock.follow(machine.time, asked_at=clock.elapsed())
    assert (clock.now(), clock.skew) == (machine.time + timedelta(minutes=1), timedelta())


def test_a_slow_answer_that_may_be_right_moves_nothing_and_one_that_cannot_does() -> None:
    machine = Machine()
    clock = machine.clock()
    clock.follow(TRUE, asked_at=clock.elapsed())
    asked_at = clock.elapsed()
    machine.wait(2)
    clock.follow(TRUE + timedelta(seconds=0.1), asked_at=asked_at)
    assert clock.now() == TRUE + timedelta(seconds=2)
    clock.follow(TRUE - timedelta(hours=1), asked_at=clock.elapsed())
    assert clock.now() == TRUE - timedelta(hours=1)
