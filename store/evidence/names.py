"""What is a file called, once its name can do no harm?"""

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

    No control or direction characters (which can show `exe.jpg` for `gpj.exe`), nothing that a file system, a
    shell or a header takes for more than a letter, no leading dot, and never empty.
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
    """`name` with `ending` in place of its own, still short enough."""
    former = ending_of(name)
    stem = name[: len(name) - len(former)] if former else name
    return _shortened(f"{stem}{ending}")


def _plain(character: str) -> str:
    """Control, format, unassigned and lone surrogate characters vanish; other separators become a space."""
    category = unicodedata.category(character)
    if category.startswith("C"):
        return ""
    return " " if category.startswith("Z") else character


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    ending = ending_of(name)
    return name[: LONGEST_NAME - len(ending)].rstrip(" .") + ending
