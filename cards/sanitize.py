"""Text from outside without invisible characters: no control, direction or zero-width characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_TOWER = re.compile(f"({_MARK}{{3}}){_MARK}+")
"""Combining marks stacked so high that they cover the lines above and below."""
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_FULL_BLANKS = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_KEPT = "\n\u200c\u200d"
_SCRIPT = "[^\x00-\u02ff\u200c\u200d]"
_LONE_JOINER = re.compile(f"(?<!{_SCRIPT})[\u200c\u200d]|[\u200c\u200d](?!{_SCRIPT})")
"""Joiners are needed inside Persian and Indic words and in emoji families; elsewhere they are only an
invisible character."""
_LONGEST = 20_000
"""Characters processed of a text; every card shows far fewer."""


def clean_line(text: str) -> str:
    """`text` on one line, without invisible characters."""
    if text.isprintable() and "  " not in text and (text.isascii() or not _TOWER.search(text)):
        return text.strip()
    return " ".join(_visible(text).split())


def clean_text(text: str, *, most_lines: int = 1000) -> str:
    """`text` with its lines, at most one empty line between two, without invisible characters."""
    if text.isprintable() and (text.isascii() or not _TOWER.search(text)):
        return text.strip()
    seen = _FULL_BLANKS.sub(" ", _visible(text))
    trimmed = "\n".join([line.strip() for line in seen.split("\n")])
    lines = _EMPTY_LINES.sub("\n\n", trimmed).strip().split("\n")
    if len(lines) > most_lines:
        return "\n".join(lines[:most_lines]).rstrip() + " …"
    return "\n".join(lines)


def _visible(text: str) -> str:
    text = _LINE_ENDS.sub("\n", text[:_LONGEST])
    if not text.replace("\n", "").isprintable():
        text = _LONE_JOINER.sub("", "".join(map(_shown, text)))
    return text if text.isascii() else _TOWER.sub(r"\1", text)


@lru_cache(maxsize=8192)
def _shown(one: str) -> str:
    """The character itself, a space for any other blank, or nothing for an invisible character.

    Characters newer than this Python (`Cn`) are kept: next year's emoji are among them.
    """
    if one.isprintable() or one in _KEPT:
        return one
    category = unicodedata.category(one)
    if category == "Zs" or one == "\t":
        return " "
    return one if category == "Cn" and ord(one) & 0xFFFE != 0xFFFE else ""


def clean_part(text: str) -> str:
    """A piece of a line without invisible characters; blanks at its ends stay."""
    if text.isprintable() and (text.isascii() or not _TOWER.search(text)):
        return text
    return _visible(text).replace("\n", " ")
