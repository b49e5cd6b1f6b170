"""Heartbeat of this process: says in the database that it lives, and keeps its clock with the database's.

A process that isn't seen for DEAD_AFTER counts as dead, and the others release its leases. A process that
couldn't say so for SEND_WITHIN sends nothing, because another may be about to take over its lanes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from scheduler.clock import MOST_SKEW, Clock
from scheduler.rate_limits import RateLimiter
from store.engine import Store
from store.errors import StoreUnavailable
from store.transaction import Transaction

log = structlog.get_logger()

BEAT_EVERY = timedelta(seconds=2)
DEAD_AFTER = timedelta(seconds=6)
SEND_WITHIN = timedelta(seconds=4)
SET_BACK = timedelta(seconds=5)
"""A clock that goes back by more was set: what waits for an instant that has been waits no more."""
BEATS_AFTER_SET_BACK = 3
"""Beats that end waits after it: what other processes write until they notice has the old time too."""


@dataclass(frozen=True, slots=True)
class Beat:
    database_time: datetime
    freed: int
    """Lanes of dead processes that were released."""
    is_set_back: bool
    """Some process was seen at an instant that is yet to come."""
    processes: int
    """Living ones, this one included."""
    rests: Mapping[str, datetime]
    """Until when a platform wants no calls, by kind, as every process knows it."""


class Heartbeat:
    """`start` after `beat` has succeeded once; then `stop`. `name` is the process's holder of leases."""

    def __init__(
        self, store: Store, clock: Clock, *, name: str, rate_limiter: RateLimiter | None = None
    ) -> None:
        """`rate_limiter` hears how many processes share the rates, and which rests others were asked for."""
        self._store = store
        self._rate_limiter = rate_limiter
        self._clock = clock
        self.name = name
        self._confirmed_at: float | None = None
        self._seen: datetime | None = None
        self._beats_to_end_waits = 0
        self._is_skewed = False
        self._running: asyncio.Task[None] | None = None
        self.on_freed: Callable[[], None] = lambda: None
        """Called when lanes became free to take."""

    def is_fresh(self) -> bool:
        """Whether the last beat is so young that no other process counts this one as dead."""
        age = None if self._confirmed_at is None else self._clock.elapsed() - self._confirmed_at
        return age is not None and age <= SEND_WITHIN.total_seconds()

    @property
    def skew(self) -> timedelta:
        """How far the machine's clock is ahead of the database's."""
        return self._clock.skew

    async def beat(self) -> None:
        """Say that the process lives, release leases of the dead, set the clock. Raises StoreUnavailable."""
        asked_at = self._clock.elapsed()
        limiter = self._rate_limiter
        new_rests = dict(limiter.new_rests) if limiter else {}
        beat = await self._store.run(_beat, self.name, new_rests, self._clock.now())
        if limiter is not None:
            limiter.share(beat.processes, beat.rests, saved=new_rests)
        self._clock.follow(beat.database_time, asked_at=asked_at)
        self._confirmed_at = asked_at
        self._notice_skew()
        if beat.freed:
            log.warning("leases_of_dead_released", lanes=beat.freed)
        if beat.freed or await self._end_waits(beat):
            self.on_freed()

    def start(self) -> None:
        self._running = asyncio.create_task(self._run(), name="heartbeat")

    async def stop(self) -> None:
        """Stop, and leave the lanes to others at once."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._store.run(_release, self.name)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(BEAT_EVERY.total_seconds())
            try:
                await self.beat()
            except StoreUnavailable as trouble:
                log.warning("heartbeat_failed", why=str(trouble))
            except Exception:
                log.exception("heartbeat_failed")

    async def _end_waits(self, beat: Beat) -> bool:
        """Whether the clock was set back lately, so that everything that waits was made due."""
        now, before = self._clock.now(), self._seen
        self._seen = now
        if beat.is_set_back or (before is not None and now < before - SET_BACK):
            log.warning("clock_set_back", now=now.isoformat(), before=before.isoformat() if before else None)
            self._beats_to_end_waits = BEATS_AFTER_SET_BACK
        if not self._beats_to_end_waits:
            return False
        self._beats_to_end_waits -= 1
        await self._store.run(_end_waits, now)
        return True

    def _notice_skew(self) -> None:
        is_skewed = abs(self.skew) > MOST_SKEW
        if is_skewed and not self._is_skewed:
            log.error(
                "clock_skewed",
                seconds_ahead=round(self.skew.total_seconds()),
                remedy="Set this machine's clock, or the database's, by NTP.",
            )
        self._is_skewed = is_skewed


def follow_database(clock: Clock, store: Store) -> None:
    """Set the clock of a command by the database's, once."""
    asked_at = clock.elapsed()
    clock.follow(store.read_blocking(lambda tx: tx.processes.now()), asked_at=asked_at)


def _beat(tx: Transaction, name: str, new_rests: Mapping[str, datetime], clock_time: datetime) -> Beat:
    """A process that wasn't seen itself lately releases nothing: after an outage of the database everybody
    looks dead until the next beat. `clock_time` is what rests go by: with CLOCK_FILE, other than the
    database's."""
    now = tx.processes.now()
    latest, own = tx.processes.find_latest_heartbeat(), tx.processes.find_heartbeat(name)
    tx.processes.save_heartbeat(name, now)
    is_set_back = latest is not None and latest > now + SET_BACK
    freed = 0
    if own is not None and abs(now - own) < DEAD_AFTER:
        tx.processes.remove_dead(now - DEAD_AFTER, now + SET_BACK)
        freed = tx.outbox.free_lanes()
    tx.processes.save_rests(new_rests, clock_time)
    rests = tx.processes.list_rests(clock_time + SET_BACK)
    return Beat(now, freed, is_set_back, tx.processes.count(), rests)


def _release(tx: Transaction, name: str) -> None:
    tx.outbox.clear_leases(name)


def _end_waits(tx: Transaction, now: datetime) -> None:
    tx.outbox.end_waits(now)
