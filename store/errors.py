"""Errors of the database and the evidence store, none of them a mistake of the person who asked."""

from __future__ import annotations


class StoreUnavailable(Exception):
    """The database can't be read or written now. Its text says why and how to fix it."""


class NotMigrated(StoreUnavailable):
    """The database answers, but its tables are missing or of another version."""

    def __init__(self) -> None:
        super().__init__("The database has not the tables it should have. Run `ombud migrate`.")


class NewerDatabase(StoreUnavailable):
    """The tables are of a version that this program doesn't know."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database was made by a newer Ombud: its tables are of version {revision}. "
            "Install that Ombud, or restore an older backup."
        )


class OutcomeUnknown(StoreUnavailable):
    """The connection broke during the COMMIT, which may or may not have taken effect."""

    def __init__(self) -> None:
        super().__init__("I can't tell whether that was kept: look at the case before you try again.")


class TryUnitAgain(Exception):
    """Another transaction committed first; the store runs the unit again, from the start."""


class AlreadyAnswered(TryUnitAgain):
    """Another transaction has just answered this message. Run again, the unit finds the saved response."""

    def __init__(self, source: str, message_id: str) -> None:
        super().__init__(f"The inbox has {message_id} of {source} already.")
        self.source = source
        self.message_id = message_id


class AlreadySent(TryUnitAgain):
    """Another transaction has just submitted this form. Run again, the unit finds the case it became."""

    def __init__(self, draft_id: str) -> None:
        super().__init__(f"The form {draft_id} was sent already.")
        self.draft_id = draft_id


class FileRemoved(TryUnitAgain):
    """Another transaction has just removed this file. Run again, the unit doesn't find it any more."""

    def __init__(self, file_id: str) -> None:
        super().__init__(f"The file {file_id} was removed.")
        self.file_id = file_id


class EvidenceUnavailable(StoreUnavailable):
    """Evidence can't be stored or fetched now: the disk is full or not writable, or the store doesn't answer.

    Nothing of the request was saved; it may be repeated later.
    """


class BrokenTimeline(Exception):
    """The timeline has an entry that can't be decoded. `ombud verify` says more."""
