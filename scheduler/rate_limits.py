"""Rate limiter: delays calls to each platform so that they stay below its limits.

A rate's state is one instant, its theoretical arrival time (GCRA, the “virtual scheduling” form of a leaky
bucket in ITU-T I.371): a call may go out while that instant is at most a burst ahead of now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from weakref import WeakValueDictionary

from connectors.errors import OwnRateReached, TryAgain
from core.platforms import TEAMS, platform_of

Now = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]

ZERO = timedelta()
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rate:
    """One call each `every`, with up to `burst` at once after a quiet time."""

    every: timedelta
    burst: int

    @property
    def tolerance(self) -> timedelta:
        """How far ahead of now the arrival time may be for a call to go out at once."""
        return self.every * (self.burst - 1)


POSTS = Rate(timedelta(seconds=1), 2)
"""Slack: about one message a second a channel, threads and direct messages included; short bursts pass.

Our bursts are smaller than Slack's, because network delays vary: a slow call followed by a fast one arrive
closer together than they were sent.
"""
UPDATES = Rate(timedelta(seconds=60 / 50), 8)
"""Slack's tier 3, which `chat.update` is in: 50 a minute in the whole workspace."""
LOOKUPS = Rate(timedelta(seconds=60 / 50), 8)
"""Tier 3 again, for each method of its own: opening conversations, reading history, finding people."""

TEAMS_CONVERSATION = (Rate(timedelta(seconds=0.6), 3), Rate(timedelta(seconds=2.2), 50))
"""Teams lets a bot send to one conversation, threads included, 7 times in 1 s, 8 in 2 s, 60 in 30 s and
1,800 in an hour; changing a message counts as well. The first rate keeps to the short limits, the second to
the hour. Both leave room for replies to clicks, which aren't limited, and for calls that arrive closer
together than they were sent.
learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit
"""
TEAMS_APP = Rate(timedelta(seconds=1 / 30), 10)
"""50 calls a second for an app in a tenant, of any kind; 30 and a burst of 10 leave a fifth for replies to
clicks."""

MAILS = Rate(timedelta(seconds=0.5), 20)
"""Two a second: hosted servers accept between thirty a minute and fourteen a second, and answer a burst with
a 4xx."""


def wait_until_free(arrival: datetime, rate: Rate, now: datetime) -> timedelta:
    """How long until the next call may go out."""
    return max(ZERO, arrival - rate.tolerance - now)


def reserve_place(arrival: datetime, rate: Rate, now: datetime) -> datetime:
    """The new arrival time after reserving the next place, whether it is free now or later."""
    return max(arrival, now) + rate.every


LONGEST_WAIT = timedelta(seconds=30)
"""A longer wait is spent in the outbox, so that no lane is leased while nothing is sent."""
MOST_REMEMBERED = 5_000
"""So many arrival times are remembered; past that, those in the past are dropped."""

WAITING = "There was no place yet."


def was_waiting_for_rate(cut: BaseException | None) -> bool:
    """Whether the cancelled call was still waiting for its rate, so that nothing was sent."""
    return isinstance(cut, asyncio.CancelledError) and WAITING in cut.args


@dataclass(slots=True, weakref_slot=True, eq=False)
class Waiters:
    """Calls that wait for one conversation's own rates, in the order in which they came."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    count: int = 0


@dataclass(slots=True)
class RateLimiter:
    """Delays each kind of call to its rate, in the order in which calls come.

    A channel's rate holds with several processes too, because one at a time has the lane's lease. Of what is
    counted for the whole workspace, each process takes its share, and rests are everybody's: `Heartbeat`
    tells how many processes there are, and what others were asked for.
    """

    now: Now
    sleep: Sleep
    waits: int = 0
    """How many calls had to wait; for the metrics."""
    processes: int = 1
    """Living ones, this one included."""
    new_rests: dict[str, datetime] = field(default_factory=dict)
    """Rests of whole methods that other processes don't know of yet, by kind of call."""
    _arrivals: dict[str, datetime] = field(default_factory=dict)
    _rests: dict[str, datetime] = field(default_factory=dict)
    """Until when a platform asked us to call nothing of a kind."""
    _waiters: WeakValueDictionary[str, Waiters] = field(default_factory=WeakValueDictionary)
    _seen: datetime = LONG_AGO
    """The time when the clock was last read."""

    async def wait_for_post(self, channel: str) -> None:
        """Wait until a message may go to a channel or chat. Each raises TryAgain past LONGEST_WAIT."""
        if platform_of(channel) == TEAMS:
            await self._wait_turn_in_teams(channel)
        else:
            await self._wait_turn(f"post {channel}", POSTS)

    async def wait_for_update(self, channel: str | None = None) -> None:
        """Slack counts updates per workspace, Teams together with posts in the conversation."""
        if channel is not None and platform_of(channel) == TEAMS:
            await self._wait_turn_in_teams(channel)
        else:
            await self._wait_turn("update", self._own_share(UPDATES))

    async def wait_for_lookup(self, method: str) -> None:
        await self._wait_turn(f"{LOOK_UP}{method}", self._own_share(LOOKUPS))

    async def wait_for_new_chat(self) -> None:
        """In Teams, where new conversations have the same limits as posts in one."""
        await self._wait_turn_in_teams(NEW_CHATS)

    async def wait_for_mail(self) -> None:
        await self._wait_turn("mail", self._own_share(MAILS))

    @contextmanager
    def shared_rest(self, method: str) -> Iterator[None]:
        """Around lookups by a method, or around NEW_CHATS: after a 429 nobody calls it before the platform's
        time is up."""
        try:
            yield
        except TryAgain as trouble:
            if _is_rest(trouble) and trouble.after is not None:
                kinds = _rates_in(NEW_CHATS) if method == NEW_CHATS else {f"{LOOK_UP}{method}": LOOKUPS}
                for kind, rate in kinds.items():
                    self._pause(kind, rate, self.now() + trouble.after)
            raise

    def pause_posts(self, channel: str, until: datetime) -> None:
        """After a 429: send nothing to this conversation before `until`."""
        if platform_of(channel) == TEAMS:
            for kind, rate in _rates_in(channel).items():
                self._pause(kind, rate, until)
        else:
            self._pause(f"post {channel}", POSTS, until)

    def pause_updates(self, until: datetime, channel: str | None = None) -> None:
        """After a 429: no updates before `until`, in Slack anywhere, in Teams in the channel."""
        if channel is not None and platform_of(channel) == TEAMS:
            self.pause_posts(channel, until)
        else:
            self._pause("update", UPDATES, until)

    def share(self, processes: int, rests: Mapping[str, datetime], *, saved: Mapping[str, datetime]) -> None:
        """Take the rates' share of so many processes, and keep the rests that any of them was asked for."""
        self.processes = max(1, processes)
        now = self._read_clock()
        for kind, until in rests.items():
            rate = _shared_rate(kind)
            if rate is not None and until > max(now, self._rests.get(kind, LONG_AGO)):
                self._pause(kind, rate, until)
                del self.new_rests[kind]
        self.new_rests = {kind: at for kind, at in self.new_rests.items() if saved.get(kind) != at}

    def _own_share(self, rate: Rate) -> Rate:
        return Rate(rate.every * self.processes, max(1, rate.burst // self.processes))

    def _pause(self, kind: str, rate: Rate, until: datetime) -> None:
        self._read_clock()
        self._arrivals[kind] = max(self._arrival(kind), until + rate.tolerance)
        self._rests[kind] = max(self._rests.get(kind, LONG_AGO), until)
        if _shared_rate(kind) is not None:
            self.new_rests[kind] = until

    async def _wait_turn(self, kind: str, rate: Rate) -> None:
        """Who was waiting when the platform asked for a rest gets a place after it."""
        with _waiting():
            while True:
                now = self._read_clock()
                wait = self._time_to_wait({kind: rate}, now)
                self._reserve({kind: rate}, now)
                self.waits += wait > ZERO
                await self._sleep_for(wait)
                if self._rests.get(kind, LONG_AGO) <= self._read_clock():
                    return

    async def _wait_turn_in_teams(self, conversation: str) -> None:
        """Wait for the conversation's own rates; then reserve the app's next place and wait for that.

        Reserving the app's place earlier would delay other conversations; reserving it only once it is free
        would give it to the task that happens to wake first. The conversation's place counts from the moment
        of the call.
        """
        rates = _rates_in(conversation)
        line = self._waiters.setdefault(conversation, Waiters())
        expected = self._time_to_wait(rates, self._read_clock(), ahead=line.count)
        line.count += 1
        with _waiting():
            try:
                async with line.lock:
                    while (wait := self._time_to_wait(rates, self._read_clock())) > ZERO:
                        await self._sleep_for(wait)
                    now = self._read_clock()
                    app_rates = {"teams": self._own_share(TEAMS_APP)}
                    wait = self._time_to_wait(app_rates, now)
                    self._reserve(app_rates, now)
                    self._reserve(rates, now + wait)
            finally:
                line.count -= 1
            self.waits += max(expected, wait) > ZERO
            await self._sleep_for(wait)

    async def _sleep_for(self, wait: timedelta) -> None:
        if wait > ZERO:
            await self.sleep(wait.total_seconds())
            self._read_clock()

    def _time_to_wait(self, rates: Mapping[str, Rate], now: datetime, *, ahead: int = 0) -> timedelta:
        """Until all rates allow a call, after the `ahead` calls before it. TryAgain past LONGEST_WAIT."""
        wait = ZERO
        for kind, rate in rates.items():
            arrival = self._arrival(kind)
            for _ in range(ahead):
                arrival = reserve_place(arrival, rate, now)
            wait = max(wait, wait_until_free(arrival, rate, now))
        if wait > LONGEST_WAIT:
            self.waits += 1
            raise OwnRateReached("Too many wait for the same rate.", after=wait)
        return wait

    def _reserve(self, rates: Mapping[str, Rate], now: datetime) -> None:
        for kind, rate in rates.items():
            self._arrivals[kind] = reserve_place(self._arrival(kind), rate, now)
        if len(self._arrivals) > MOST_REMEMBERED:
            self._arrivals = {kind: at for kind, at in self._arrivals.items() if at > now}
            self._rests = {kind: at for kind, at in self._rests.items() if at > now}

    def _arrival(self, kind: str) -> datetime:
        return self._arrivals.get(kind, LONG_AGO)

    def _read_clock(self) -> datetime:
        """The time. When the clock was set back, all arrival times go back with it."""
        now = self.now()
        if now < self._seen:
            back = self._seen - now
            self._arrivals = {kind: at - back for kind, at in self._arrivals.items()}
            self._rests = {kind: at - back for kind, at in self._rests.items()}
            self.new_rests = {kind: at - back for kind, at in self.new_rests.items()}
        self._seen = now
        return now


LOOK_UP = "look up "
NEW_CHATS = "new chats"


@contextmanager
def _waiting() -> Iterator[None]:
    """Marks a cancellation for `was_waiting_for_rate`. Same class: no other ends an `asyncio.timeout`."""
    try:
        yield
    except asyncio.CancelledError as cut:
        raise asyncio.CancelledError(WAITING) from cut


def _is_rest(trouble: TryAgain) -> bool:
    """Whether the platform asked for it: neither our own rate, nor what a person must fix."""
    return trouble.remedy is None and not isinstance(trouble, OwnRateReached)


def _shared_rate(kind: str) -> Rate | None:
    """The rate of calls that are counted for the whole workspace; None for those of one conversation."""
    if kind.startswith(LOOK_UP):
        return LOOKUPS
    return UPDATES if kind == "update" else _rates_in(NEW_CHATS).get(kind)


def _rates_in(conversation: str) -> dict[str, Rate]:
    """The rates of one Teams conversation, which apply beside the app's rate."""
    return {f"teams {place} {conversation}": rate for place, rate in enumerate(TEAMS_CONVERSATION)}
