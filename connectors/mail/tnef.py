"""Reader of winmail.dat (TNEF), Outlook's container for attachments.

Format: [MS-OXTNEF], attributes of level, id, length, data and checksum. tnefparse reads the same, but copies
the rest of the file for each attribute and accepts counts up to four thousand million.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from connectors.mail.charsets import decode, one_line

SIGNATURE = 0x223E9F78
_RENDER_DATA, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_BODY, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x800C, 0x9003, 0x9007
_LONG_NAME, _SHORT_NAME, _CONTENT, _PLAIN_BODY, _HTML_BODY = 0x3707, 0x3704, 0x3701, 0x1000, 0x1013
_MOST_ATTRIBUTES, _MOST_PROPERTIES, _MOST_FILES = 2_000, 500, 50
_SIZES = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8,
          0x0014: 8, 0x0040: 8, 0x0048: 16}  # fmt: skip
"""Bytes of the property types with a fixed size, padded to four."""
_STRING, _UNICODE, _OBJECT, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102
_SEVERAL, _NAMED = 0x1000, 0x8000


@dataclass(slots=True)
class TnefFile:
    name: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Winmail:
    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)


def read_tnef(raw: bytes) -> Winmail | None:
    """What could be read before the first malformed attribute; None when it isn't TNEF."""
    if len(raw) < 6 or struct.unpack_from("<I", raw)[0] != SIGNATURE:
        return None
    found = Winmail()
    charset = "cp1252"
    with suppress(struct.error):
        for number, data in _attributes(raw):
            if number == _CODE_PAGE and len(data) >= 4:
                charset = f"cp{struct.unpack_from('<I', data)[0]}"
            _take(found, number, data, charset)
    found.files = [one for one in found.files if one.content]
    return found


def _attributes(raw: bytes) -> Iterator[tuple[int, memoryview]]:
    view, at = memoryview(raw), 6
    for _ in range(_MOST_ATTRIBUTES):
        if at + 11 > len(raw):
            return
        _level, number, _kind, length = struct.unpack_from("<BHHI", raw, at)
        if at + 9 + length > len(raw):
            return
        yield number, view[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _take(found: Winmail, number: int, data: memoryview, charset: str) -> None:
    if number == _RENDER_DATA and len(found.files) < _MOST_FILES:
        found.files.append(TnefFile())
    elif number == _BODY:
        found.text = _string(data, charset)
    elif number == _MESSAGE_PROPERTIES:
        _take_bodies(found, data, charset)
    elif found.files:
        _take_file(found.files[-1], number, data, charset)


def _take_bodies(found: Winmail, data: memoryview, charset: str) -> None:
    for name, kind, value in _properties(data):
        if name == _PLAIN_BODY:
            found.text = _string(value, _charset_of(kind, charset))
        elif name == _HTML_BODY:
            found.html = decode(bytes(value).rstrip(b"\0"), "")


def _take_file(file: TnefFile, number: int, data: memoryview, charset: str) -> None:
    if number == _TITLE:
        file.name = file.name or one_line(_string(data, charset), 200)
    elif number == _DATA:
        file.content = bytes(data)
    elif number == _PROPERTIES:
        for name, kind, value in _properties(data):
            if name == _LONG_NAME:
                file.name = one_line(_string(value, _charset_of(kind, charset)), 200)
            elif name == _SHORT_NAME:
                file.name = file.name or one_line(_string(value, _charset_of(kind, charset)), 200)
            elif name == _CONTENT and not file.content:
                file.content = bytes(value)


def _properties(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Name, type and first value of each MAPI property."""
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _ in range(min(count, _MOST_PROPERTIES)):
        kind, name = struct.unpack_from("<HH", data, at)
        at = _skip_name(data, at + 4, name)
        is_many, kind = bool(kind & _SEVERAL), kind & ~_SEVERAL
        values = 1
        if is_many or kind not in _SIZES:
            (values,) = struct.unpack_from("<I", data, at)
            at += 4
        for place in range(min(values, _MOST_PROPERTIES)):
            length = _SIZES.get(kind)
            if length is None:
                (length,) = struct.unpack_from("<I", data, at)
                at += 4
            if place == 0:
                yield name, kind, data[at : at + length]
            at += length + (-length % 4)


def _skip_name(data: memoryview, at: int, name: int) -> int:
    """The offset after a named property's name, a GUID and a number or a text, which precedes its value."""
    if name < _NAMED:
        return at
    (is_text,) = struct.unpack_from("<I", data, at + 16)
    if not is_text:
        return at + 24
    length: int = struct.unpack_from("<I", data, at + 20)[0]
    return at + 24 + length + (-length % 4)


def _charset_of(kind: int, charset: str) -> str:
    return "utf-16le" if kind == _UNICODE else charset


def _string(data: memoryview, charset: str) -> str:
    text = decode(bytes(data), charset)
    return text.rstrip("\0")
