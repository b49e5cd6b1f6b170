"""Lines as plain text, for notifications, screen readers and clients that draw no card."""

from __future__ import annotations

from typing import assert_never

from cards import words
from cards.sanitize import clean_part
from cards.views import Line, Link, Mention, Moment, Part, Strong


def plain(line: Line) -> str:
    return "".join([_plain_part(part) for part in line])


def _plain_part(part: Part) -> str:
    match part:
        case str():
            return clean_part(part)
        case Moment():
            return words.utc(part.at)
        case Mention():
            return clean_part(part.name)
        case Strong() | Link():
            return clean_part(part.text)
        case _:
            assert_never(part)
