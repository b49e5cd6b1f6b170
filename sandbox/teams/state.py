"""What do all parts of the pretend Teams share?"""

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
    """`command` is the message extension's, when one opened it; `about` the message that it was used on."""

    task: TaskInfo
    conversation: str
    command: str | None = None
    about: dict[str, Any] | None = None


@dataclass(slots=True)
class TeamsState:
    workspace: TeamsWorkspace
    limiter: TeamsRateLimiter
    dialogs: dict[str, Dialog] = field(default_factory=dict)
    """By person: whoever has one open has one."""
    channel_keys: KeyRing = field(default_factory=KeyRing)
    """Sign what Teams sends to bots."""
    entra_keys: KeyRing = field(default_factory=KeyRing)
    """Sign the tokens with which bots call Teams."""
    faults: Faults = field(default_factory=Faults)
    without_bot: set[str] = field(default_factory=set)
    """Conversations that the bot was taken out of without a word."""
    down: set[str] = field(default_factory=set)
    """Of `connector`, `login` (tokens) and `keys`."""
    token_seconds: int = 3599
    installations_announced: asyncio.Event = field(default_factory=asyncio.Event)
    """The bot has heard where it is installed."""


def make_teams_state(clock: Clock, stream: Stream, *, has_strict_rates: bool) -> TeamsState:
    return TeamsState(TeamsWorkspace(clock, stream), TeamsRateLimiter(has_strict_rates))
