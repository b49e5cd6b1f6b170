"""How does an outside system fail us: for now, or until a person acts?"""

from __future__ import annotations

from datetime import timedelta


class TryAgain(Exception):
    """Slow, rate-limiting, down, or shut out until the installation is mended: a later attempt may succeed.

    `after` is how long they asked us to wait. `is_unknown` says that what we sent may have arrived all the
    same, so a later attempt must look first. `remedy` is there when a person can end the trouble.
    """

    def __init__(
        self,
        message: str,
        *,
        after: timedelta | None = None,
        is_unknown: bool = False,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.after = after
        self.is_unknown = is_unknown
        self.remedy = remedy


class GiveUp(Exception):
    """Refused: it will be refused again until a person does what `remedy` says.

    `is_whole_lane`: everything else for the same destination shares the fate.
    """

    def __init__(self, message: str, remedy: str, *, is_whole_lane: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.is_whole_lane = is_whole_lane


class ConversationGone(GiveUp):
    """There is no such channel or chat any more; a person's chat can mostly be opened again."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy, is_whole_lane=True)


class MessageGone(GiveUp):
    """The message to be changed or answered was deleted; what it said may be posted anew."""

    def __init__(self) -> None:
        super().__init__("The message was deleted.", "Nothing needs doing: it is posted anew.")
