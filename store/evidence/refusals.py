"""What can be wrong with a file that somebody sends, and how do we tell them?

A sentence is a key of the catalogues: `error.text` with `error.values` gives it in the customer's language
(`tongue.say(error.text, **error.values)`), `str(error)` in English.
"""

from __future__ import annotations

import re
from enum import StrEnum

from core.errors import Refused

_PLACEHOLDER = re.compile(r"%\\\((\w+)\\\)s")
"""`%(name)s`, escaped for a pattern."""


class Fault(StrEnum):
    """The sentence for each. `%(name)s` is the file's name, made safe."""

    EMPTY = "“%(name)s” is empty."
    TOO_BIG = "“%(name)s” has %(megabytes)s MB. A file may have at most %(limit)s MB: send a smaller version."
    TOO_MANY = "There are %(limit)s files already, and more can't be taken. Remove one first."
    TOO_MUCH = "All files together may have at most %(limit)s MB. Send fewer, or smaller ones."
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
    """The file can't be taken; nothing of it is kept."""

    def __init__(self, text: str, **values: str | int) -> None:
        super().__init__(text % values)
        self.text = text
        self.values = values


def said_before(why: str) -> UploadRefused:
    """The refusal that `why`, as a file's row keeps it, is the English of: so that it can be translated."""
    for fault in Fault:
        found = re.fullmatch(_PLACEHOLDER.sub(r"(?P<\1>.+)", re.escape(fault.value)), why, re.DOTALL)
        if found:
            return UploadRefused(fault, **found.groupdict())
    return UploadRefused(why.replace("%", "%%"))


class WrongOffset(Refused):
    """An upload goes on where it stopped: at `received`, and nowhere else."""

    def __init__(self, file_id: str, received: int) -> None:
        super().__init__(f"The upload goes on at byte {received}.")
        self.file_id = file_id
        self.received = received


class NoSuchUpload(Refused):
    """There is no such file, or it is no longer being uploaded."""

    def __init__(self, file_id: str) -> None:
        super().__init__("This upload is gone. Send the file again.")
        self.file_id = file_id


class FileRejected(Exception):
    """Something is wrong with what is being looked at; who looks for it knows no name yet."""

    def __init__(self, fault: Fault, **values: str | int) -> None:
        super().__init__(fault.name)
        self.fault = fault
        self.values = values
