"""Removal of metadata from JPEG, without changing a bit of the picture.

A JPEG is a sequence of segments. Those that make the picture are copied; place, time, device, comments,
thumbnails and anything after the picture (a second picture, a film, an archive) are dropped. Segments are as
in ITU-T T.81, annex B.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from store.evidence.inspect.orientation import exif_of, orientation_in, with_exif_mark
from store.evidence.inspect.trailers import Bytes, demand_pixels, demand_plain_trailer
from store.evidence.limits import MOST_JPEG_PIXELS
from store.evidence.refusals import Fault, FileRejected

_START, _END, _SCAN, _APP0, _APP1, _APP2, _ADOBE = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MAKES_THE_PICTURE = _FRAMES | {0xC4, 0xCC, _SCAN, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
_JFIF_WITHOUT_THUMBNAIL = 12


@dataclass(frozen=True, slots=True)
class _Segment:
    marker: int
    body: bytes
    start: int
    after: int
    """Where the next segment begins; for a scan, after its compressed data."""


def clean_jpeg(data: Bytes, target: BinaryIO) -> None:
    """Write the picture of `data` alone, with its orientation and its colour profile.

    Raises:
        FileRejected: it is no complete JPEG, is too large, or hides another file.
    """
    target.write(b"\xff\xd8")
    orientation, has_frame, after = 1, False, 2
    kept: list[_Segment] = []
    for segment in _segments(data):
        after = segment.after
        if segment.marker == _APP1 and segment.body.startswith(b"Exif\x00\x00"):
            orientation = orientation_in(segment.body)
        elif segment.marker in _FRAMES:
            _demand_size(segment.body)
            has_frame = True
        if segment.marker == _SCAN:
            _write_head(target, kept, orientation)
            kept, orientation = [], 1
            target.write(data[segment.start : segment.after])
        elif _is_kept(segment):
            kept.append(segment)
    if not has_frame or target.tell() <= len(b"\xff\xd8"):
        raise FileRejected(Fault.DAMAGED)
    target.write(b"\xff\xd9")
    demand_plain_trailer(data, after)


def _segments(data: Bytes) -> Iterator[_Segment]:
    """Every segment up to the end marker, or to the end of a truncated picture."""
    at = 2
    while found := _NEXT_MARKER.match(data, at):
        marker, body_at = data[found.end() - 1], found.end()
        if marker == _END:
            return
        length = int.from_bytes(data[body_at : body_at + 2], "big")
        after = body_at + length
        if length < 2 or after > len(data):
            raise FileRejected(Fault.DAMAGED)
        body = data[body_at + 2 : after]
        if marker == _SCAN:
            following = _NEXT_MARKER.search(data, after)
            after = following.start() if following else len(data)
        yield _Segment(marker, body, found.end() - 2, after)
        at = after
    if at < len(data):
        raise FileRejected(Fault.DAMAGED)


def _is_kept(segment: _Segment) -> bool:
    if segment.marker in _MAKES_THE_PICTURE:
        return True
    if segment.marker == _APP0:
        return segment.body.startswith(b"JFIF\x00")
    if segment.marker == _APP2:
        return segment.body.startswith(b"ICC_PROFILE\x00")
    return segment.marker == _ADOBE and segment.body.startswith(b"Adobe")


def _write_head(target: BinaryIO, kept: list[_Segment], orientation: int) -> None:
    """Write the segments before a scan: JFIF first, if there is one, then the orientation."""
    jfif = [segment for segment in kept if segment.marker == _APP0][:1]
    for segment in jfif:
        _write(target, _APP0, segment.body[:_JFIF_WITHOUT_THUMBNAIL] + b"\x00\x00")
    if exif := exif_of(orientation):
        _write(target, _APP1, with_exif_mark(exif))
    for segment in kept:
        if segment.marker != _APP0:
            _write(target, segment.marker, segment.body)


def _write(target: BinaryIO, marker: int, body: bytes) -> None:
    target.write(bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body)


def _demand_size(frame: bytes) -> None:
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    demand_pixels(width, height, MOST_JPEG_PIXELS)
