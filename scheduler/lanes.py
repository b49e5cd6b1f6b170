"""When may the next message go where? The shapes of each platform's rates, as plain arithmetic.

A rate is kept as one instant, its theoretical arrival time (GCRA, the “virtual scheduling” form of a leaky
bucket in ITU-T I.371): a place is free while that instant lies at most a burst ahead of now.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from connectors.errors import TryAgain

Now = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]

ZERO = timedelta()
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rate:
    """One send each `every`, with up to `burst` at once after a quiet time."""

    every: timedelta
    burst: int

    @property
    def slack(self) -> timedelta:
        """How far ahead of now the next place may lie and still be free."""
        return self.every * (self.burst - 1)


POSTS = Rate(timedelta(seconds=1), 2)
"""Slack: about one message a second a channel, threads and direct messages included; short bursts pass.

Bursts here are smaller than what is let through there, because calls arrive with uneven delays: one that took
long followed by one that took short come closer together than they were sent.
"""
UPDATES = Rate(timedelta(seconds=60 / 50), 8)
"""Slack's tier 3, which `chat.update` is in: 50 a minute in the whole workspace."""
LOOKUPS = Rate(timedelta(seconds=60 / 50), 8)
"""Tier 3 again, for each method of its own: opening conversations, reading history, finding people."""

MAILS = Rate(timedelta(seconds=0.5), 20)
"""Two a second: hosted servers let between thirty a minute and fourteen a second through, and answer a burst
with a 4xx."""


def wait_until_free(arrival: datetime, rate: Rate, now: datetime) -> timedelta:
    """How long until a place is free."""
    return max(ZERO, arrival - rate.slack - now)


def take_place(arrival: datetime, rate: Rate, now: datetime) -> datetime:
    """The new arrival time after taking the next place, whether it is free now or comes later."""
    return max(arrival, now) + rate.every


def forgive(arrival: datetime, now: datetime, *, longest: timedelta) -> datetime:
    """An arrival time after the clock was set back: never farther ahead than `longest`."""
    return min(arrival, now + longest)


LONGEST_QUEUE = timedelta(hours=1)
"""Farther ahead nobody can be waiting: the clock was moved back."""
PATIENCE = timedelta(seconds=30)
"""Longer waits are spent in the outbox, so that no lane is held while nothing is sent."""
MOST_KEPT = 5_000
"""So many destinations are remembered before those that have long been free are forgotten."""


@dataclass(slots=True)
class Gate:
    """Lets each kind of call through at its rate; whoever asks first goes first.

    Held in this process alone: where several run, a channel is still shaped, because one process at a time
    holds its lane; calls counted per workspace may then meet a 429, which closes them here too.
    """

    now: Now
    sleep: Sleep
    waits: int = 0
    """How many calls had to wait; for the metrics."""
    _arrivals: dict[str, datetime] = field(default_factory=dict)

    async def post(self, channel: str) -> None:
        """Wait for the next place in a channel or direct conversation. Each raises TryAgain past PATIENCE."""
        await self._pass(f"post {channel}", POSTS)

    async def update(self) -> None:
        await self._pass("update", UPDATES)

    async def look_up(self, method: str) -> None:
        await self._pass(f"look up {method}", LOOKUPS)

    async def mail(self) -> None:
        await self._pass("mail", MAILS)

    def close_updates(self, until: datetime) -> None:
        """Slack said 429: no updates before `until`."""
        self._arrivals["update"] = max(self._arrival("update"), until + UPDATES.slack)

    async def _pass(self, kind: str, rate: Rate) -> None:
        now = self.now()
        arrival = self._arrival(kind)
        wait = wait_until_free(arrival, rate, now)
        if wait > ZERO:
            self.waits += 1
        if wait > PATIENCE:
            raise TryAgain("Too many wait for the same rate.", after=wait)
        self._arrivals[kind] = take_place(arrival, rate, now)
        if len(self._arrivals) > MOST_KEPT:
            self._arrivals = {kind: at for kind, at in self._arrivals.items() if at > now}
        if wait > ZERO:
            await self.sleep(wait.total_seconds())

    def _arrival(self, kind: str) -> datetime:
        return forgive(self._arrivals.get(kind, LONG_AGO), self.now(), longest=LONGEST_QUEUE)
