"""Outside systems as this process sees them: how calls to each last ended, and probes of quiet ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.errors import GiveUp, TryAgain
from connectors.mail.send_errors import BadMailServer, RecipientDeferred
from scheduler.rate_limits import Now

Probe = Callable[[], Awaitable[object]]
"""Raises TryAgain or GiveUp when the system can't be used."""

QUIET_AFTER = timedelta(seconds=60)
"""A system that was called longer ago is probed: a bad token is found out though nothing is to be sent."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a system since the last look."""

    name: str
    failing_since: datetime | None
    error: TryAgain | GiveUp | None
    """None: its last call ended well."""
    taken_at: datetime | None
    """When it took a message; None: it took none since the last look."""


@dataclass(slots=True)
class _System:
    probe: Probe | None
    quiet_after: timedelta | None
    heard_at: datetime | None = None
    is_new: bool = False
    error: TryAgain | GiveUp | None = None
    failing_since: datetime | None = None
    taken_at: datetime | None = None


@dataclass(slots=True)
class Systems:
    """The systems that are connected, by name. `hear` is what their clients call."""

    now: Now
    _known: dict[str, _System] = field(default_factory=dict)

    def add(
        self, name: str, probe: Probe | None = None, *, quiet_after: timedelta | None = QUIET_AFTER
    ) -> None:
        """A system is probed when it is in trouble, and when nothing was heard of it for `quiet_after`.

        None: it is probed in trouble only.
        """
        self._known[name] = _System(probe, quiet_after)

    @property
    def names(self) -> Collection[str]:
        return self._known.keys()

    def hear(self, name: str, error: TryAgain | GiveUp | None, is_message: bool) -> None:
        """A call ended. One that was only told to slow down says nothing of whether the system works."""
        if isinstance(error, TryAgain) and error.after is not None and error.remedy is None:
            return
        system = self._known.setdefault(name, _System(None, None))
        now = system.heard_at = self.now()
        system.is_new = True
        system.error = error if _is_systems_own(error) else None
        if system.error is None:
            system.failing_since = None
        elif system.failing_since is None:
            system.failing_since = now
        if is_message and error is None:
            system.taken_at = now

    async def probe(self, troubled: Collection[str]) -> None:
        """Call those that are `troubled`, and those that nothing was heard of for a while."""
        for name, system in self._known.items():
            if system.probe is not None and self._is_to_probe(system, name in troubled):
                try:
                    await system.probe()
                except (TryAgain, GiveUp) as error:
                    self.hear(name, error, False)
                else:
                    self.hear(name, None, False)

    def look(self) -> Iterator[Seen]:
        """What is new since the last look."""
        for name, system in self._known.items():
            if system.is_new:
                yield Seen(name, system.failing_since, system.error, system.taken_at)
                system.is_new, system.taken_at = False, None

    def _is_to_probe(self, system: _System, is_troubled: bool) -> bool:
        if is_troubled or system.error is not None:
            return True
        if system.quiet_after is None:
            return False
        return system.heard_at is None or self.now() - system.heard_at >= system.quiet_after


def _is_systems_own(error: TryAgain | GiveUp | None) -> bool:
    """Whether the system itself is in trouble. One that refuses a message, or defers an address, works."""
    if isinstance(error, GiveUp):
        return isinstance(error, BadMailServer)
    return error is not None and not isinstance(error, RecipientDeferred)
