"""Reasons for refusing a file: a code for each, its sentence, and the errors that carry them.

A sentence is a key of the catalogues: `error.text` with `error.values` gives it in the customer's language
(`tongue.translate(error.text, **error.values)`), `str(error)` in English.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import Refused
from core.uploaded_file import File, FileState, Refusal

if TYPE_CHECKING:  # the worker process loads this module, and needs no events
    from core.customer_events import FileRefused


class Fault(StrEnum):
    """Names are codes, which are stored; values are their sentences. `%(name)s` is the file's safe name."""

    EMPTY = "“%(name)s” is empty."
    TOO_BIG = "“%(name)s” has %(megabytes)s MB. A file may have at most %(limit)s MB: send a smaller version."
    TOO_MANY = "There are %(limit)s files already, and more can't be taken. Remove one first."
    TOO_MUCH = "All files together may have at most %(limit)s MB. Send fewer, or smaller ones."
    TOO_MANY_TODAY = "%(limit)s files were sent today, and that is the most for a day. Send more tomorrow."
    TOO_MUCH_TODAY = "%(limit)s MB were sent today, and that is the most for a day. Send more tomorrow."
    LONGER_THAN_SAID = "More came of “%(name)s” than was announced. Send it again."
    WRONG_TYPE = (
        "“%(name)s” is of a type that can't be taken. Send pictures (JPEG, PNG, WebP, HEIC, GIF), PDF, "
        "Word or Excel documents (.docx, .xlsx), text (.txt, .csv) or mails (.eml)."
    )
    MISNAMED = (
        "“%(name)s” isn't what its name says: inside it is %(found)s. Name it rightly and send it again."
    )
    WEB_PAGE = "“%(name)s” is a web page or a drawing that can run script. Send a PDF or a screenshot of it."
    PROGRAM = "“%(name)s” is a program. Programs can't be taken."
    ARCHIVE = "“%(name)s” is an archive. Unpack it and send the files one by one."
    VIDEO = "“%(name)s” is a video or a sound. Send photos of what matters in it."
    TIFF = "“%(name)s” is a TIFF picture, which browsers can't show. Send it as PDF, JPEG or PNG."
    OLD_OFFICE = (
        "“%(name)s” is in an old Office or Outlook format, or locked with a password. "
        "Send it as PDF, .docx or .xlsx, without a password."
    )
    MACROS = "“%(name)s” has macros or other parts that can run. Send it as PDF, or save it without macros."
    SCRIPT = "“%(name)s” has JavaScript in it, which can run by itself. Print it to a new PDF and send that."
    STARTS = "“%(name)s” can start a program or open another file. Print it to a new PDF and send that."
    SENDS = "“%(name)s” has a form that sends itself to somebody. Print it to a new PDF and send that."
    LOADS = (
        "“%(name)s” fetches something from elsewhere when it is opened, such as a template or a picture. "
        "Print it to a new PDF and send that."
    )
    PLAYS = "“%(name)s” has a film, a sound or a 3D model in it. Print it to a new PDF and send that."
    ATTACHED = (
        "“%(name)s” has other files in it. Send those by themselves, and print the document to a new PDF."
    )
    ATTACHED_TO_MAIL = (
        "“%(name)s” is a mail with an attachment that can't be taken. "
        "Send the attachments by themselves, and the mail printed to a PDF."
    )
    TOO_MANY_PARTS = (
        "“%(name)s” has more parts than can be looked through. Print the pages that matter to a new PDF."
    )
    HIDDEN = "“%(name)s” has a second file hidden in it. Send a fresh copy: a new PDF, or a screenshot."
    BOMB = "“%(name)s” unpacks to far more than a document should. Send it as PDF."
    TOO_MANY_PIXELS = (
        "“%(name)s” has %(pixels)s million pixels; %(limit)s is the most. Send a smaller version."
    )
    LOCKED = "“%(name)s” is locked with a password. Send it without one."
    DAMAGED = "“%(name)s” can't be opened; it seems to be damaged. Send it again, or in another format."
    UNSAFE = "“%(name)s” couldn't be looked into safely. Send it in another format, such as PDF or JPEG."
    INFECTED = "“%(name)s” was thrown away: the virus scanner found %(signature)s in it."


class UploadRefused(Refused):
    """The file can't be accepted; nothing of it is stored."""

    def __init__(self, text: str, **values: str | int) -> None:
        super().__init__(text % values)
        self.text = text
        self.values = values

    @property
    def refusal(self) -> Refusal:
        """To be stored; `stored_refusal` makes the error of it again."""
        return Refusal(code=Fault(self.text).name, values=self.values)


def stored_refusal(refusal: Refusal | None) -> UploadRefused:
    """The error that was stored, to be translated.

    The sentence of a release that had no codes is stored as the value `sentence` under an empty code.
    """
    if refusal is None:
        return UploadRefused("")
    if refusal.code in Fault.__members__:
        return UploadRefused(Fault[refusal.code], **refusal.values)
    return UploadRefused("%(sentence)s", sentence=refusal.values.get("sentence", ""))


def refusal_of(event: FileRefused, files: Iterable[File]) -> UploadRefused:
    """The error that the event tells of, from the row of its file among the case's `files`.

    Older events have no file id. Then it is a refused file of that name, and among several the one with the
    same sentence; without any, the event's own sentence.
    """
    refused = [file for file in files if file.state is FileState.REFUSED and file.refusal is not None]
    if event.file_id:
        refused = [file for file in refused if file.id == event.file_id]
    else:
        refused = [file for file in refused if file.name == event.name]
    errors = sorted((stored_refusal(file.refusal) for file in refused), key=lambda one: str(one) != event.why)
    return errors[0] if errors else UploadRefused("%(sentence)s", sentence=event.why)


class WrongOffset(Refused):
    """An upload continues where it stopped: at `received`."""

    def __init__(self, file_id: str, received: int) -> None:
        super().__init__(f"The upload goes on at byte {received}.")
        self.file_id = file_id
        self.received = received


class NoSuchUpload(Refused):
    """There is no such file, or it isn't being uploaded any more."""

    def __init__(self, file_id: str) -> None:
        super().__init__("This upload is gone. Send the file again.")
        self.file_id = file_id


class FileRejected(Exception):
    """The inspection found something wrong. It doesn't know the file's name, which the caller adds."""

    def __init__(self, fault: Fault, **values: str | int) -> None:
        super().__init__(fault.name)
        self.fault = fault
        self.values = values
