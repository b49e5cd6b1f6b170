"""Decoding of text whose declared charset may be wrong; removal of control characters.

Only text codecs are used: Python has others (`zip`, `unicode_escape`, `punycode`) that a mail must not reach.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

_OTHER_NAMES = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "unknown-8bit": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "big5": "big5hkscs",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "ansi": "cp1252",
}
"""Names that mail programs write, and the wider charset that they mean."""
_TEXT_CODEC = re.compile(
    r"utf-?(7|8|16|16le|16be|32|32le|32be)(-sig)?|(iso-?8859-|latin)\d{1,2}|(cp|windows-|ibm)\d{3,4}"
    r"|koi8-[rut]|iso-2022-(jp|kr)(-\w+)?|euc-?(jp|kr)|gb18030|hz|big5(hkscs)?|mac-\w+|tis-620|ptcp154"
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNSEEN = {ord(mark): None for mark in "\u00ad\u200b\u200e\u200f\u2060\ufeff"}
"""Characters without width: in a word they only prevent that it is found."""
_UNSEEN |= dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000)], None)
"""Marks that change the writing direction, and surrogates."""
_CONTROLS = dict.fromkeys([*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
_CONTROLS_IN_TEXT = {code: to for code, to in _CONTROLS.items() if code not in (9, 10)}


def decode(raw: bytes, charset: str = "") -> str:
    """The text; never raises, and decodes unreadable bytes to the replacement character.

    When the declared charset doesn't fit the bytes, UTF-8 is tried, then Windows' code page 1252.
    """
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return (
                raw[len(mark) :].decode(name, "replace") if name == "utf-8" else raw.decode(name, "replace")
            )
    named = _codec(charset)
    for name in (named, "utf-8"):
        with suppress(LookupError, ValueError):
            return raw.decode(name)
    with suppress(LookupError):
        text = raw.decode(named, "replace")
        if _is_all_but_whole(text):
            return text
    return raw.decode("cp1252", "replace")


def one_line(text: str, longest: int) -> str:
    """For a name or a subject: no control characters, no line breaks, single spaces."""
    return " ".join(text[: 4 * longest].translate(_UNSEEN).translate(_CONTROLS).split())[:longest]


def clean_text(text: str) -> str:
    """Several lines, without control characters other than line breaks and tabs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return lines.translate(_UNSEEN).translate(_CONTROLS_IN_TEXT)


def _codec(charset: str) -> str:
    label = charset.strip().strip("\"'").lower()[:40]
    name = _OTHER_NAMES.get(label, label)
    name = f"cp{name[8:]}" if name.startswith("windows-") else name
    return name if _TEXT_CODEC.fullmatch(name) else "utf-8"


def _is_all_but_whole(text: str) -> bool:
    """Whether so few characters are broken that the charset is right all the same."""
    broken = text.count("\ufffd")
    return 20 * broken < sum(1 for character in text if not character.isascii())
