"""What did the customer write on the status page, which files came along, and what is wrong with it?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from cards.customer.language import Translator
from cards.sanitize import clean_text
from web.customer.multipart import SubmittedForm
from web.error_pages import PageRefused

LONGEST_TEXT = 5_000
_MOST_KEPT = 50
_ONCE = re.compile(r"[\w-]{16,64}", re.ASCII)


class Problem(NamedTuple):
    """What must be mended: the id of the field, and a sentence."""

    field: str
    text: str


class UploadedFile(NamedTuple):
    """A file that is with us already while the form comes back."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """`once` is the form's own key, by which it counts once."""

    text: str
    key: str
    files: tuple[UploadedFile, ...]
    refused: tuple[str, ...]

    def problem(self, translator: Translator) -> Problem | None:
        """Why it can't be taken as it is."""
        if self.refused:
            return Problem("files", " ".join(self.refused))
        if not self.text and not self.files:
            return Problem("text", translator.translate("Write something, or choose a file."))
        return check_length("text", self.text, translator)


def parse_message(sent: SubmittedForm) -> Message:
    """Raises TurnedAway: the form isn't one of ours."""
    names = dict(zip(sent.fields.get("kept", ()), sent.fields.get("kept_name", ()), strict=False))
    kept = tuple(UploadedFile(file_id, name) for file_id, name in list(names.items())[:_MOST_KEPT])
    return Message(
        text=text_field(sent, "text"),
        key=form_key(sent),
        files=kept + tuple(UploadedFile(file.id, file.name) for file in sent.files),
        refused=tuple(sent.refused),
    )


def text_field(sent: SubmittedForm, name: str) -> str:
    return clean_text(sent.first(name))


def form_key(sent: SubmittedForm) -> str:
    """Raises TurnedAway: our forms always have one."""
    given = sent.first("once")
    if not _ONCE.fullmatch(given):
        raise PageRefused("foreign", 403)
    return given


def check_length(field: str, text: str, translator: Translator) -> Problem | None:
    if len(text) <= LONGEST_TEXT:
        return None
    limit = translator.number(LONGEST_TEXT)
    return Problem(
        field, translator.translate("This is too long: write at most %(limit)s characters.", limit=limit)
    )
