"""Metrics that `/metrics` shows: counters of clicks, intakes and refused requests, and the scheduler's."""

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


class _CountersCollector(Collector):
    """The scheduler's own counts, read when the metrics are requested."""

    def __init__(self, counters: Counters, rate_limiter: RateLimiter) -> None:
        self._counters = counters
        self._rate_limiter = rate_limiter

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily("ombud_background", "What happened by itself", labels=["what"])
        for one in fields(self._counters):
            family.add_metric([one.name], getattr(self._counters, one.name))
        yield family
        waits = CounterMetricFamily("ombud_rate_waits", "Calls that had to wait for their place at a rate")
        waits.add_metric([], self._rate_limiter.waits)
        yield waits


def register_metrics(counters: Counters, rate_limiter: RateLimiter) -> Callable[[], None]:
    """Show the counts of both among the metrics, until the function returned is called."""
    collector = _CountersCollector(counters, rate_limiter)
    REGISTRY.register(collector)
    return partial(REGISTRY.unregister, collector)
