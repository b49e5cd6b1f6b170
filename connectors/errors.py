"""Errors of outside systems: retry later, or a person must act."""

from __future__ import annotations

from datetime import timedelta


class TryAgain(Exception):
    """Slow, rate-limiting, down, or refusing us until the installation is fixed: a later attempt may succeed.

    `after` is how long the system asked us to wait. `is_unknown`: what we sent may have arrived all the same,
    so a later attempt must search for it first; `is_answered`: but the system has answered, so that it won't
    arrive later still. `remedy` is set when a person can fix the problem.
    """

    system: str | None = None
    """Which outside system refused: its client sets it."""

    def __init__(
        self,
        message: str,
        *,
        after: timedelta | None = None,
        is_unknown: bool = False,
        is_answered: bool = False,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.after = after
        self.is_unknown = is_unknown
        self.is_answered = is_answered
        self.remedy = remedy


class OwnRateReached(TryAgain):
    """Our own rate limiter makes the call wait; nothing is wrong outside."""


class GiveUp(Exception):
    """Refused: it will be refused again until a person does what `remedy` says.

    `is_whole_lane`: everything else for the same destination will be refused too.
    """

    def __init__(self, message: str, remedy: str, *, is_whole_lane: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.is_whole_lane = is_whole_lane


class ConversationGone(GiveUp):
    """The channel or chat doesn't exist any more; a person's chat can mostly be opened again."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy, is_whole_lane=True)


class MessageGone(GiveUp):
    """The message to update or reply to was deleted; its content may be posted again."""

    def __init__(self) -> None:
        super().__init__("The message was deleted.", "Nothing needs doing: it is posted anew.")
