"""Validation of the status page's forms: texts, the files sent along, the form's key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from cards.customer.language import Translator
from cards.sanitize import clean_text
from web.customer.error_pages import PageRefused
from web.customer.multipart import SubmittedForm

LONGEST_TEXT = 5_000
_MOST_KEPT = 50
_ONCE = re.compile(r"[\w-]{16,64}", re.ASCII)


class Problem(NamedTuple):
    """What must be corrected: the id of the field, and a sentence."""

    field: str
    text: str


class UploadedFile(NamedTuple):
    """A file that is stored already while the form is shown again."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is the form's own: sent twice with it, the message counts once."""

    text: str
    key: str
    files: tuple[UploadedFile, ...]
    refused: tuple[str, ...]

    def problem(self, translator: Translator) -> Problem | None:
        """Why it can't be accepted; None: it can."""
        if self.refused:
            return Problem("files", " ".join(self.refused))
        if not self.text and not self.files:
            return Problem("text", translator.translate("Write something, or choose a file."))
        return check_length("text", self.text, translator)


def parse_message(sent: SubmittedForm) -> Message:
    """Raises PageRefused: the form isn't one of ours."""
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
    """The hidden field `once`. Raises PageRefused: there is none, so the form isn't one of ours."""
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
