"""What is counted for `/metrics`?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import partial

from prometheus_client import REGISTRY, Counter
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from scheduler.rate_limits import RateLimiter
from scheduler.services import Counters

CLICKS = Counter("ombud_clicks_total", "Clicks, commands and forms by outcome", ("action", "outcome"))
INTAKES = Counter("ombud_intakes_total", "Disputes and platform events by outcome", ("source", "outcome"))
REFUSED_REQUESTS = Counter("ombud_refused_requests_total", "Requests refused at the door", ("route", "why"))


class _TallyCollector(Collector):
    """The scheduler's own counts, read when somebody asks for the metrics."""

    def __init__(self, tally: Counters, gate: RateLimiter) -> None:
        self._tally = tally
        self._gate = gate

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily("ombud_background", "What happened by itself", labels=["what"])
        for one in fields(self._tally):
            family.add_metric([one.name], getattr(self._tally, one.name))
        yield family
        waits = CounterMetricFamily("ombud_rate_waits", "Calls that had to wait for their place at a rate")
        waits.add_metric([], self._gate.waits)
        yield waits


def register_metrics(tally: Counters, gate: RateLimiter) -> Callable[[], None]:
    """Show the counts of both among the metrics, until the function returned is called."""
    collector = _TallyCollector(tally, gate)
    REGISTRY.register(collector)
    return partial(REGISTRY.unregister, collector)
