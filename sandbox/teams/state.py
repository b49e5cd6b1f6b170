"""State of the pretend Teams: workspace, dialogs, keys, rate limits, faults."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.stream import Stream
from sandbox.teams.keys import KeyRing
from sandbox.teams.rate_limits import TeamsRateLimiter
from sandbox.teams.workspace import TeamsWorkspace

TaskInfo = dict[str, Any]


@dataclass(slots=True)
class Dialog:
    """`command`: of the message extension that opened it, if any; `about`: the message it was used on."""

    task: TaskInfo
    conversation: str
    command: str | None = None
    about: dict[str, Any] | None = None


@dataclass(slots=True)
class TeamsState:
    workspace: TeamsWorkspace
    limiter: TeamsRateLimiter
    dialogs: dict[str, Dialog] = field(default_factory=dict)
    """The open dialog of each person, by Entra id."""
    channel_keys: KeyRing = field(default_factory=KeyRing)
    """Sign what Teams sends to bots."""
    entra_keys: KeyRing = field(default_factory=KeyRing)
    """Sign the tokens with which bots call Teams."""
    faults: Faults = field(default_factory=Faults)
    without_bot: set[str] = field(default_factory=set)
    """Conversations that the bot was removed from without being told."""
    down: set[str] = field(default_factory=set)
    """The parts that are down: `connector`, `login` (tokens), `keys`."""
    token_seconds: int = 3599
    installations_announced: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the bot has received all installations."""


def make_teams_state(clock: Clock, stream: Stream, *, has_strict_rates: bool) -> TeamsState:
    return TeamsState(TeamsWorkspace(clock, stream), TeamsRateLimiter(has_strict_rates))
