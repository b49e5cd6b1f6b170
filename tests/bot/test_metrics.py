"""Tests of `/metrics`: what happens by itself is counted."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import REGISTRY

from bot.metrics import register_metrics
from scheduler.rate_limits import RateLimiter
from scheduler.services import Counters
from tests.builders import MONDAY_9AM
from tests.scheduler.fake_clocks import FakeTime


async def test_sends_and_waits_for_a_rate_are_shown_until_they_are_withdrawn() -> None:
    time = FakeTime(MONDAY_9AM)
    gate = RateLimiter(time.now, time.sleep)
    withdraw = register_metrics(Counters(delivered=3), gate)
    try:
        for _ in range(4):
            await gate.wait_for_post("C0BILLING")
        assert time.now() - MONDAY_9AM == timedelta(seconds=2)
        assert REGISTRY.get_sample_value("ombud_background_total", {"what": "delivered"}) == 3
        assert REGISTRY.get_sample_value("ombud_rate_waits_total") == 2
    finally:
        withdraw()
    assert REGISTRY.get_sample_value("ombud_rate_waits_total") is None
