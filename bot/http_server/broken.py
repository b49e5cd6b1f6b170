"""Broken connections and requests: each is counted, and a few lines tell of many, without content."""

from __future__ import annotations

import time

import structlog

from bot.metrics import REFUSED_REQUESTS

LINE_EVERY_SECONDS = 10.0
"""For each reason: whoever sends rubbish doesn't fill the disk with lines about it."""
_ROUTE = "connection"
_told: dict[str, tuple[float, int]] = {}
"""When each reason was last logged, and how many came since."""
log = structlog.get_logger()


def count_broken(why: str, fault: BaseException | None = None) -> None:
    """`why` is one of a few words of ours: it labels the metric. Of `fault`, only its kind is told."""
    REFUSED_REQUESTS.labels(_ROUTE, why).inc()
    now = time.monotonic()
    last, times = _told.get(why, (-LINE_EVERY_SECONDS, 0))
    if now - last < LINE_EVERY_SECONDS:
        _told[why] = last, times + 1
        return
    _told[why] = now, 0
    kind = {"kind": type(fault).__name__} if fault is not None else {}
    log.info("connection_broken", why=why, times=times + 1, **kind)
