"""Scheduled jobs: the table of jobs, and how they start and stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from core import stray_mail
from core.platforms import SLACK, TEAMS
from scheduler.alarms.watch import watch_delivery
from scheduler.debounce import Debouncer
from scheduler.outbox.drain import OutboxDrain
from scheduler.services import Services
from scheduler.sweeps.deadlines import DeadlineSweep
from scheduler.sweeps.digests import send_digests
from scheduler.sweeps.files import sweep_files
from scheduler.sweeps.recompute_deadlines import recompute_deadlines
from scheduler.sweeps.virus_scan import VirusScan
from scheduler.sync.slack import sync_slack_people
from scheduler.sync.teams import sync_teams_people
from store.transaction import Transaction

log = structlog.get_logger()

DELIVERED_KEPT_FOR = timedelta(days=30)
"""How long delivered outbox rows are kept: their keys make repeats harmless."""
INBOX_KEPT_FOR = timedelta(days=90)
"""How long repeated requests are recognised. Stripe repeats an event for three days."""
USES_KEPT_FOR = timedelta(days=30)
"""How long the daily counts of links and addresses are kept; only today's is read."""
SWEEP_EVERY = timedelta(seconds=5)
TICK_EVERY = timedelta(seconds=2)
SYNC_EVERY = timedelta(minutes=15)
SYNC_DEBOUNCE = timedelta(seconds=30)
"""After a platform reports a change; a whole team may join one after the other."""
RECOMPUTE_EVERY = timedelta(minutes=1)
"""Until it has succeeded once; the policy of a process never changes."""
DIGESTS_EVERY = timedelta(seconds=15)
SCAN_EVERY = timedelta(seconds=5)
WATCH_EVERY = timedelta(seconds=10)
MISFIRE_GRACE_SECONDS = 60
"""Seconds; a run that would start later is skipped, and the next one does its work."""


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    work: Callable[[], Awaitable[object]]
    trigger: IntervalTrigger | CronTrigger
    is_at_start: bool = False


@dataclass(frozen=True, slots=True)
class JobsHealth:
    """When work was last done, by the clock of `Services`; None: not since the start."""

    last_round_at: datetime | None
    """The outbox was read."""
    last_sweep_at: datetime | None
    """A sweep of deadlines was completed."""
    failing_since: datetime | None
    """Results of deliveries can't be saved since then; None: as far as is known they can."""


class Jobs:
    """Made inside the running event loop; `start`, then `stop` once."""

    def __init__(self, services: Services, *, holder: str) -> None:
        self.drain = OutboxDrain(services, holder=holder)
        self.last_run_at: dict[str, datetime] = {}
        """When each job last succeeded; for readiness."""
        self._services = services
        if services.heartbeat is not None:
            services.heartbeat.on_freed = self.drain.wake
        self._sweep = DeadlineSweep()
        self._scan = (
            VirusScan(services.store, services.blobs, services.clamd)
            if services.blobs and services.clamd
            else None
        )
        self._has_recomputed = False
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._running: set[asyncio.Task[None]] = set()
        self._syncs = {
            platform: Debouncer(partial(sync, services), every=SYNC_DEBOUNCE, sleep=services.sleep)
            for platform, sync in ((SLACK, sync_slack_people), (TEAMS, sync_teams_people))
        }

    def table(self) -> tuple[Job, ...]:
        """All jobs. Intervals are real time; what a job does uses the clock, which may be moved."""
        return (
            Job("sweep_deadlines", self._sweep_deadlines, _every(SWEEP_EVERY), is_at_start=True),
            Job("reckon_cases", self._recompute_deadlines, _every(RECOMPUTE_EVERY), is_at_start=True),
            Job("drain_tick", self._tick, _every(TICK_EVERY)),
            Job("watch_delivery", self._watch_delivery, _every(WATCH_EVERY), is_at_start=True),
            Job("sync_people", self._sync_people, _every(SYNC_EVERY), is_at_start=True),
            Job("digests", self._send_digests, _every(DIGESTS_EVERY), is_at_start=True),
            Job("scan_files", self._scan_files, _every(SCAN_EVERY)),
            Job("sweep_files", self._sweep_files, CronTrigger(hour=3, minute=40, timezone="UTC")),
            Job("purge", self._purge, CronTrigger(hour=3, minute=10, timezone="UTC")),
        )

    def health(self) -> JobsHealth:
        """For readiness."""
        drain = self.drain
        return JobsHealth(drain.last_round_at, self.last_run_at.get("sweep_deadlines"), drain.failing_since)

    def request_sync(self, platform: str) -> None:
        """Sync this platform's people now, or in half a minute when that was just done.

        It may overlap the scheduled run: both write the same.
        """
        self._syncs[platform].request()

    def start(self) -> None:
        for job in self.table():
            self._scheduler.add_job(
                self._run,
                job.trigger,
                args=[job],
                id=job.name,
                name=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=MISFIRE_GRACE_SECONDS,
            )
            if job.is_at_start:
                task = asyncio.create_task(self._run(job), name=job.name)
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        self.drain.start()
        if self._services.heartbeat is not None:
            self._services.heartbeat.start()
        self._scheduler.start()

    async def stop(self, *, grace: float = 5.0) -> None:
        """Start nothing new, and let running sends end within `grace` seconds, or be searched for later."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for sync in self._syncs.values():
            await sync.stop()
        await self.drain.stop(grace=grace)
        if self._services.heartbeat is not None:
            await self._services.heartbeat.stop()
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def run_once(self, name: str) -> None:
        """Run one job now; for tests and for the command line."""
        await self._run(next(job for job in self.table() if job.name == name))

    async def _run(self, job: Job) -> None:
        """A job that fails is logged and runs again as scheduled."""
        try:
            await job.work()
        except Exception:
            log.exception("job failed", job=job.name)
        else:
            self.last_run_at[job.name] = self._services.now()

    async def _sweep_deadlines(self) -> None:
        services = self._services
        services.counters.swept += await self._sweep.sweep_deadlines(services.store, services.now())
        services.counters.failed_cases = self._sweep.failed

    async def _recompute_deadlines(self) -> None:
        if not self._has_recomputed:
            await recompute_deadlines(self._services)
            self._has_recomputed = True

    async def _tick(self) -> None:
        self.drain.wake()

    async def _watch_delivery(self) -> None:
        await watch_delivery(self._services)

    async def _sync_people(self) -> None:
        """A fault at one platform keeps nothing from the other; a cancellation ends both."""
        fault: Exception | None = None
        try:
            await sync_slack_people(self._services)
        except Exception as slacks:
            fault = slacks
        await sync_teams_people(self._services)
        if fault is not None:
            raise fault

    async def _send_digests(self) -> None:
        await send_digests(self._services.store, self._services.now())

    async def _scan_files(self) -> None:
        if self._scan is not None:
            await self._scan.scan_files(self._services.now())

    async def _sweep_files(self) -> None:
        services = self._services
        if services.blobs is not None:
            await sweep_files(services.store, services.blobs, services.now())

    async def _purge(self) -> None:
        log.info("purged", **await self._services.store.run(_purge, self._services.now()))


def _every(period: timedelta) -> IntervalTrigger:
    return IntervalTrigger(seconds=period.total_seconds())


def _purge(tx: Transaction, now: datetime) -> dict[str, int]:
    """How many rows of each kind were deleted. The sweep of files, later that night, finds their bytes."""
    return {
        "delivered": tx.outbox.purge_delivered(now - DELIVERED_KEPT_FOR),
        "answered": tx.inbox.purge(now - INBOX_KEPT_FOR),
        "used": tx.daily_uses.purge(now - USES_KEPT_FOR),
        "unconfirmed": tx.addresses.purge_unconfirmed(now - USES_KEPT_FOR),
        "strays": tx.mails.purge_strays(now - stray_mail.KEPT_FOR),
    }
