"""Tests of faults told without content: what a client sent stands in no line."""

from __future__ import annotations

import asyncio
import logging

import pytest
from structlog.testing import capture_logs

from bot.faults import describe, log_loop_fault

SECRET = "eyJ-a-working-link"


def raise_one(kind: type[Exception]) -> None:
    raise kind(f"GET /d/{SECRET}")


def test_a_fault_is_told_by_kind_and_place() -> None:
    with pytest.raises(ValueError, match=SECRET) as caught:
        raise_one(ValueError)
    told = describe(caught.value)
    assert told["kind"] == "ValueError"
    assert told["where"][-1].startswith("bot/test_faults.py:")
    assert SECRET not in str(told)


@pytest.mark.parametrize(
    ("kind", "lines"), [(ValueError, 1), (ConnectionResetError, 0), (BrokenPipeError, 0)]
)
async def test_a_fault_in_the_loop_is_one_line_and_a_broken_connection_none(
    kind: type[Exception], lines: int, caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(log_loop_fault)
    try:
        with capture_logs() as told:
            loop.call_soon(_fail, kind, SECRET)
            await asyncio.sleep(0.01)
    finally:
        loop.set_exception_handler(before)
    assert len([line for line in told if line["event"] == "background_fault"]) == lines
    assert SECRET not in str(told) + caplog.text
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


def _fail(kind: type[Exception], _argument: str) -> None:
    raise_one(kind)
