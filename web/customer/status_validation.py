"""What did the customer write on the status page, which files came along, and what is wrong with it?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from cards.customer.language import Tongue
from cards.sanitize import clean_text
from web.customer.multipart import Sent
from web.error_pages import TurnedAway

LONGEST_TEXT = 5_000
_MOST_KEPT = 50
_ONCE = re.compile(r"[\w-]{16,64}", re.ASCII)


class Problem(NamedTuple):
    """What must be mended: the id of the field, and a sentence."""

    field: str
    text: str


class Kept(NamedTuple):
    """A file that is with us already while the form comes back."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """`once` is the form's own key, by which it counts once."""

    text: str
    once: str
    files: tuple[Kept, ...]
    refused: tuple[str, ...]

    def problem(self, tongue: Tongue) -> Problem | None:
        """Why it can't be taken as it is."""
        if self.refused:
            return Problem("files", " ".join(self.refused))
        if not self.text and not self.files:
            return Problem("text", tongue.say("Write something, or choose a file."))
        return too_long("text", self.text, tongue)


def message_in(sent: Sent) -> Message:
    """Raises TurnedAway: the form isn't one of ours."""
    names = dict(zip(sent.fields.get("kept", ()), sent.fields.get("kept_name", ()), strict=False))
    kept = tuple(Kept(file_id, name) for file_id, name in list(names.items())[:_MOST_KEPT])
    return Message(
        text=text_in(sent, "text"),
        once=once_in(sent),
        files=kept + tuple(Kept(file.id, file.name) for file in sent.files),
        refused=tuple(sent.refused),
    )


def text_in(sent: Sent, name: str) -> str:
    return clean_text(sent.first(name))


def once_in(sent: Sent) -> str:
    """Raises TurnedAway: our forms always have one."""
    given = sent.first("once")
    if not _ONCE.fullmatch(given):
        raise TurnedAway("foreign", 403)
    return given


def too_long(field: str, text: str, tongue: Tongue) -> Problem | None:
    if len(text) <= LONGEST_TEXT:
        return None
    limit = tongue.number(LONGEST_TEXT)
    return Problem(field, tongue.say("This is too long: write at most %(limit)s characters.", limit=limit))
