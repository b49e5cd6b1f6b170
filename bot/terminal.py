"""Text made safe for a terminal: what others wrote can't move its cursor, colour it, or fake another line.

Customers' names and invoice numbers come from outside, and a terminal obeys escape sequences in them.
"""

from __future__ import annotations

import re
import unicodedata

_SUSPECT = re.compile(r"[^\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff]")
"""Most letters are none, so that the closer look is rare."""
_JOINERS = "\u200c\u200d"
"""Needed within words of Persian or Hindi, and in emoji; they do nothing to a terminal."""


def safe_text(text: str) -> str:
    """On one line: control and format characters, line breaks too, are shown as `\\x1b`."""
    return _SUSPECT.sub(_shown, text)


def safe_lines(text: str) -> str:
    """The same for text of ours that has several lines."""
    return "\n".join(map(safe_text, text.split("\n")))


def safe_json(document: str) -> str:
    """JSON that means the same: what JSON lets stand unescaped, and a terminal might obey, is escaped."""
    return "\n".join(_SUSPECT.sub(_escaped, line) for line in document.split("\n"))


def _is_safe(letter: str) -> bool:
    """Controls, formats (such as the direction of writing), surrogates and separators of lines aren't."""
    return letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _shown(match: re.Match[str]) -> str:
    letter = match[0]
    return letter if _is_safe(letter) else letter.encode("unicode_escape").decode()


def _escaped(match: re.Match[str]) -> str:
    letter = match[0]
    if _is_safe(letter):
        return letter
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
