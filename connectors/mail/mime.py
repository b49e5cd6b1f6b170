"""MIME parser: a mail's parts as positions in its bytes, with fixed limits.

The standard library's parser copies every line and compares it with every open boundary: a mail of a thousand
nested parts takes it minutes. Here a part is two offsets until its body is read.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.mail.headers import LONGEST_BLOCK, Headers, decode_words, read_headers

MOST_PARTS, DEEPEST = 300, 12
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_END_OF_LINE = re.compile(rb"(--)?[ \t]*(\r?\n|\Z)")
_LONGEST_BOUNDARY = 200
_ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/webp": ".webp",
    "image/tiff": ".tif",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/html": ".html",
    "message/rfc822": ".eml",
}


@dataclass(slots=True)
class PartBudget:
    """How many more parts may be read."""

    left: int = MOST_PARTS
    has_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the mail `raw`: its own headers, and its body between two offsets."""

    raw: bytes = field(repr=False)
    headers: Headers
    start: int
    end: int
    children: tuple[Part, ...] = ()

    @property
    def media_type(self) -> str:
        return self.headers.media_type

    @property
    def disposition(self) -> str:
        return self.headers.first("content-disposition").partition(";")[0].strip().lower()

    @property
    def name(self) -> str:
        """The file name that the sender gave; empty when there is none."""
        given = self.headers.parameter("Content-Disposition", "filename") or self.headers.parameter(
            "Content-Type", "name"
        )
        return decode_words(given, 200)

    def body(self, longest: int | None = None) -> bytes:
        """Decoded; what can't be decoded is returned unchanged."""
        encoding = self.headers.first("content-transfer-encoding").strip().lower()
        end = self.end
        if longest is not None:
            end = min(end, self.start + 4 * longest)
        piece = memoryview(self.raw)[self.start : end]
        if encoding == "base64":
            return _from_base64(piece)[:longest]
        if encoding == "quoted-printable":
            return binascii.a2b_qp(piece)[:longest]
        return bytes(piece[:longest])

    def nested_headers(self) -> Headers:
        """Headers of the mail inside this part, or of the mail whose headers this part is."""
        raw = self.body(LONGEST_BLOCK).lstrip()
        return _split(raw, 0, len(raw))[0]

    def all(self) -> Iterator[Part]:
        """This part and everything in it."""
        yield self
        for child in self.children:
            yield from child.all()


def parse_parts(raw: bytes) -> tuple[Part, bool]:
    """The mail as a tree, and whether parts were left out because of the limits."""
    count = PartBudget()
    return _part(raw, 0, len(raw), 0, count), count.has_left_out


def default_name(part: Part, number: int) -> str:
    return f"attachment-{number}{_ENDINGS.get(part.media_type, '')}"


def _part(raw: bytes, start: int, end: int, depth: int, count: PartBudget) -> Part:
    headers, body = _split(raw, start, end)
    boundary = headers.parameter("Content-Type", "boundary") if _is_multipart(headers) else ""
    if not boundary:
        return Part(raw, headers, body, end)
    if depth >= DEEPEST:
        count.has_left_out = True
        return Part(raw, headers, body, end)
    children = []
    for first, last in _places(raw, boundary, body, end):
        if count.left <= 0:
            count.has_left_out = True
            break
        count.left -= 1
        children.append(_part(raw, first, last, depth + 1, count))
    return Part(raw, headers, body, end, tuple(children))


def _is_multipart(headers: Headers) -> bool:
    return headers.media_type.startswith("multipart/")


def _split(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """Headers, and the offset of the body."""
    if raw[start : start + 2] == b"\r\n" or raw[start : start + 1] == b"\n":
        return Headers(()), start + (2 if raw[start : start + 1] == b"\r" else 1)
    found = _BLANK_LINE.search(raw, start, end)
    last, body = (found.start(), found.end()) if found else (end, end)
    return read_headers(raw[start : min(last, start + LONGEST_BLOCK + 1)]), body


def _places(raw: bytes, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each part between the boundary's lines; the last may lack its closing line."""
    delimiter = b"--" + boundary.encode("utf-8", "surrogateescape")[:_LONGEST_BOUNDARY]
    begun: int | None = None
    at = raw.find(delimiter, start, end)
    while at >= 0:
        line = _END_OF_LINE.match(raw, at + len(delimiter), end)
        if line is not None and (at == start or raw[at - 1 : at] == b"\n"):
            if begun is not None:
                yield begun, max(begun, at - (2 if raw[at - 2 : at] == b"\r\n" else 1))
            begun = None if line[1] else line.end()
        at = raw.find(delimiter, at + len(delimiter), end)
    if begun is not None:
        yield begun, end


def _from_base64(piece: memoryview) -> bytes:
    try:
        return binascii.a2b_base64(piece)
    except ValueError:
        pass
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", bytes(piece))
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
