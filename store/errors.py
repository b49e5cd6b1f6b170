"""What can go wrong with the database that isn't a mistake of the person who asked?"""

from __future__ import annotations


class StoreUnavailable(Exception):
    """The database can't take or give anything now. Its text says why and what helps."""


class NotMigrated(StoreUnavailable):
    """The database answers, but its tables are not there or are of another version."""

    def __init__(self) -> None:
        super().__init__("The database has not the tables it should have. Run `ombud migrate`.")


class NewerDatabase(StoreUnavailable):
    """The tables are of a version that this program has never heard of."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database was made by a newer Ombud: its tables are of version {revision}. "
            "Install that Ombud, or restore an older backup."
        )


class OutcomeUnknown(StoreUnavailable):
    """The connection broke while the COMMIT was under way: it may have arrived, or not."""

    def __init__(self) -> None:
        super().__init__("I can't tell whether that was kept: look at the case before you try again.")


class TryUnitAgain(Exception):
    """Somebody else's commit came between; the store runs the unit again, from the start."""


class AlreadyAnswered(TryUnitAgain):
    """The inbox has this message since a moment ago. Run again, the unit finds the answer that was given."""

    def __init__(self, source: str, message_id: str) -> None:
        super().__init__(f"The inbox has {message_id} of {source} already.")
        self.source = source
        self.message_id = message_id


class AlreadySent(TryUnitAgain):
    """Another click has sent the form a moment ago. Run again, the unit finds the case made of it."""

    def __init__(self, draft_id: str) -> None:
        super().__init__(f"The form {draft_id} was sent already.")
        self.draft_id = draft_id


class EvidenceUnavailable(StoreUnavailable):
    """Evidence can't be stored or fetched now: its disk is full or closed to us, or nobody answers there.

    Nothing was kept of what was under way; the same request may be made again later.
    """


class BrokenTimeline(Exception):
    """The timeline has something that can't be read. `ombud verify` says more."""
