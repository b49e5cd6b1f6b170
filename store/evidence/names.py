"""Safe names of uploaded files."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 120
_LONGEST_ENDING = 10
_NAMELESS = "file"
_RESERVED = re.compile(r'[<>:"|?*%\\/]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def safe_name(raw: str) -> str:
    """The last part of `raw` as a path of any system, of at most 120 characters, with its ending.

    It has no control or direction characters (which can show `exe.jpg` for `gpj.exe`), no character with a
    meaning to a file system, a shell or a header, no leading dot, and is never empty.
    """
    last = re.split(r"[\\/]", raw)[-1]
    plain = "".join(map(_plain, unicodedata.normalize("NFC", _SPACES.sub(" ", last))))
    name = _RESERVED.sub("_", plain).strip(" .")
    if _DEVICES.match(name):
        name = f"_{name}"
    return _shortened(name) or _NAMELESS


def ending_of(name: str) -> str:
    """`.jpg` of `Photo.JPG`; empty when there is none."""
    stem, dot, ending = name.rpartition(".")
    has_one = stem and ending.isascii() and ending.isalnum() and len(ending) < _LONGEST_ENDING
    return f"{dot}{ending}".lower() if has_one else ""


def with_ending(name: str, ending: str) -> str:
    """`name` with `ending` in place of its own, within the longest length."""
    former = ending_of(name)
    stem = name[: len(name) - len(former)] if former else name
    return _shortened(f"{stem}{ending}")


def _plain(character: str) -> str:
    """Drops control, format, unassigned and lone surrogate characters; other separators become a space."""
    category = unicodedata.category(character)
    if category.startswith("C"):
        return ""
    return " " if category.startswith("Z") else character


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    ending = ending_of(name)
    return name[: LONGEST_NAME - len(ending)].rstrip(" .") + ending
