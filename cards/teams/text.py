"""Escaping for Teams: people's words never become a format, a link, a mention or a date.

A TextBlock reads a subset of Markdown, `{{DATE(…)}}`, and `<at>…</at>` (docs: “Text features”, “Format
cards”), and not every client honours a backslash. So the marks are replaced by look-alikes or broken by a
zero-width space. Long texts of people go into TextRuns, which have no Markdown at all: `run_text`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import assert_never
from urllib.parse import quote as percent

from cards import words
from cards.sanitize import clean_part
from cards.teams.layout import Layout, with_teams_commands
from cards.views import Line, Link, Mention, Moment, Part, Strong
from core.platforms import ENTRA_ID
from core.web_address import is_web_address

ISOLATE, END_ISOLATE, NO_WIDTH = "\u2068", "\u2069", "\u200b"
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_NEEDS_CARE = re.compile(rf"[*~`_\\<&{{\]!:{_MARKS}{_RTL}]|[wW]{{3}}\.|/disputes ").search
_HAS_RTL = re.compile(f"[{_RTL}]").search
_LOOK_ALIKES = str.maketrans("*~`", "∗∼ˋ")
_ITALIC = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_GRIPS = re.compile(r"[\\<{\]]|&(?=[#A-Za-z]|$)|!(?=\[|$)|:(?=//)|\bwww(?=\.)", re.IGNORECASE)
"""Characters that start markup together with what follows, which may be the next part of the line."""
_STARTS_A_BLOCK = re.compile(r"[-+#>=|]|\d+[.)]").match
_IN_RUNS = re.compile(r"\{(?=\{)|<(?=/?at>)", re.IGNORECASE)
_KEPT_IN_ADDRESSES = "/:?#@!$&+,;=%-.~"
_LEAST_ROOM = 24
"""Characters; a shorter piece of text would be useless."""


def escape(text: str, most: int = 500) -> str:
    """`text` on one line, harmless in a TextBlock, in at most `most` (24 or more) characters.

    It may still start a list or heading at a line's start; `markdown` and `block_text` prevent that.
    """
    if len(text) <= most and text.isprintable() and not _NEEDS_CARE(text):
        return text
    cleaned = with_teams_commands(clean_part(text))
    longest = min(len(cleaned), most)
    while len(escaped := _neutral(words.cut(cleaned, longest))) > most:
        longest = max(1, min(longest - 1, longest * most // len(escaped)))
    return escaped


def _neutral(text: str) -> str:
    text = _GRIPS.sub(rf"\g<0>{NO_WIDTH}", _ITALIC.sub("ˍ", text).translate(_LOOK_ALIKES))
    return f"{ISOLATE}{text}{END_ISOLATE}" if not text.isascii() and _HAS_RTL(text) else text


@lru_cache(maxsize=4096)
def escape_label(text: str, most: int = 300) -> str:
    """`escape` and `block_text`, cached for texts on many cards."""
    return block_text(escape(text, most))


def block_text(said: str) -> str:
    """Markdown of ours as a whole TextBlock: it starts neither a list nor a heading, and isn't empty."""
    said = said.strip()
    if not said.strip(NO_WIDTH):
        return "–"
    return NO_WIDTH + said if _STARTS_A_BLOCK(said) else said


def run_text(said: str) -> str:
    """People's words for a TextRun, where only dates and mentions could take effect."""
    return _IN_RUNS.sub(rf"\g<0>{NO_WIDTH}", said)


def markdown(line: Line, layout: Layout, most: int = 1000) -> str:
    """A line as Markdown, in at most `most` characters; a mention, date or link is never cut in two."""
    said: list[str] = []
    room = most
    for part in line:
        piece = _part(part, layout, room - 1) if room > _LEAST_ROOM else "…"
        if len(piece) > room - 1:
            piece = "…"
        if said and said[-1].endswith("**"):
            piece = NO_WIDTH + piece
        said.append(piece)
        room -= len(piece)
        if room <= _LEAST_ROOM:
            break
    return block_text("".join(said))


def _part(part: Part, layout: Layout, room: int) -> str:
    match part:
        case str():
            return escape(part, room)
        case Moment():
            return date(part.at)
        case Mention():
            return mention(part, layout, room)
        case Strong():
            return bold(part.text, room)
        case Link():
            return link(part, room)
        case _:
            assert_never(part)


def bold(text: str, most: int = 500) -> str:
    """Bold text. Asterisks work next to a letter or digit; elsewhere a zero-width space is put between."""
    said = escape(text, max(_LEAST_ROOM, most - 6))
    inner = said.strip()
    if not inner:
        return said
    start = "" if inner[0].isalnum() else NO_WIDTH
    end = "" if inner[-1].isalnum() else NO_WIDTH
    return said.replace(inner, f"**{start}{inner}{end}**", 1)


def mention(who: Mention, layout: Layout, most: int = 300) -> str:
    """`<at>Ana</at>`, which Teams highlights and pings; the plain name if quiet or without an Entra id."""
    name = escape(who.name, min(most, 200))
    if layout.is_quiet or not who.teams_ref or not ENTRA_ID.fullmatch(who.teams_ref):
        return name
    return f"<at>{layout.add_mention(who.teams_ref, name)}</at>"


def link(to: Link, most: int = 1000) -> str:
    """`[text](https://…)`; the text alone if the address is invalid or too long."""
    text = escape(to.text.replace("[", "(").replace("]", ")"), min(200, most))
    if not is_web_address(to.url):
        return text
    linked = f"[{text.strip() or '–'}]({safe_address(to.url)})"
    return linked if len(linked) <= most else text


def safe_address(url: str) -> str:
    """The address with all characters percent-encoded that Markdown reads."""
    return percent(url, safe=_KEPT_IN_ADDRESSES + "_")


def date(at: datetime) -> str:
    """An instant in the reader's own zone and language."""
    utc = at.astimezone(UTC)
    if not 1970 <= utc.year <= 2999:
        return words.utc(at)
    stamp = f"{utc:%Y-%m-%dT%H:%M:%SZ}"
    return f"{{{{DATE({stamp}, SHORT)}}}} {{{{TIME({stamp})}}}}"
