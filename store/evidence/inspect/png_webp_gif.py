"""Removal of metadata from PNG, WebP and GIF: sequences of chunks, of which only known ones are copied."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from store.evidence.inspect.orientation import exif_of, orientation_in, without_exif_mark
from store.evidence.inspect.trailers import Bytes, demand_pixels, demand_plain_trailer
from store.evidence.refusals import Fault, FileRejected

_PNG_START = 8
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs acTL fcTL fdAT".split()
)
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
_GIF_IMAGE, _GIF_EXTENSION, _GIF_END = 0x2C, 0x21, 0x3B
_GIF_CONTROL, _GIF_APPLICATION = 0xF9, 0xFF
_GIF_LOOPS = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")


def clean_png(data: Bytes, target: BinaryIO) -> None:
    """Raises Found when it is damaged, too large or hides another file."""
    target.write(data[:_PNG_START])
    orientation, after, kinds = 1, _PNG_START, set()
    for kind, start, after in _png_chunks(data):
        body = slice(start + 8, after - 4)
        if kind == b"IHDR":
            _demand_png_size(data[body])
        elif kind == b"eXIf":
            orientation = orientation_in(data[body])
        elif kind == b"IEND" and (exif := without_exif_mark(exif_of(orientation))):
            target.write(_png_chunk(b"eXIf", exif))
        if kind in _PNG_KEPT:
            target.write(data[start:after])
        kinds.add(kind)
    if not {b"IHDR", b"IDAT", b"IEND"} <= kinds:
        raise FileRejected(Fault.DAMAGED)
    demand_plain_trailer(data, after)


def _png_chunks(data: Bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's type, its start and the start of the next one, up to the end chunk; IHDR must be first."""
    at, kind = _PNG_START, b""
    while kind != b"IEND" and at + 12 <= len(data):
        after = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if after > len(data) or (at == _PNG_START) != (kind == b"IHDR"):
            raise FileRejected(Fault.DAMAGED)
        if zlib.crc32(data[at + 4 : after - 4]) != int.from_bytes(data[after - 4 : after], "big"):
            raise FileRejected(Fault.DAMAGED)
        yield kind, at, after
        at = after


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + check


def _demand_png_size(header: bytes) -> None:
    demand_pixels(int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big"))


def clean_webp(data: Bytes, target: BinaryIO) -> None:
    """Raises Found when it is damaged, too large or hides another file."""
    end = 8 + int.from_bytes(data[4:8], "little")
    chunks = list(_riff_chunks(data, min(end, len(data))))
    if not chunks:
        raise FileRejected(Fault.DAMAGED)
    demand_pixels(*_webp_size(chunks[0][0], data[chunks[0][1] + 8 : chunks[0][1] + 18]))
    exif = _webp_exif(data, chunks)
    target.write(data[:12])
    for kind, start, after in chunks:
        if kind == b"VP8X":
            flags = data[start + 8] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if exif else 0)
            target.write(data[start : start + 8] + bytes((flags,)) + data[start + 9 : after])
        elif kind in _WEBP_KEPT:
            target.write(data[start:after])
    if exif:
        target.write(b"EXIF" + len(exif).to_bytes(4, "little") + exif + b"\x00" * (len(exif) % 2))
    size = target.tell()
    target.seek(4)
    target.write((size - 8).to_bytes(4, "little"))
    demand_plain_trailer(data, end)


def _webp_exif(data: Bytes, chunks: list[tuple[bytes, int, int]]) -> bytes:
    """The Exif block with the orientation. Only an extended file, whose first chunk is VP8X, can have one."""
    if chunks[0][0] != b"VP8X":
        return b""
    found = [data[start + 8 : after] for kind, start, after in chunks if kind == b"EXIF"]
    return without_exif_mark(exif_of(orientation_in(found[0]))) if found else b""


def _riff_chunks(data: Bytes, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Each chunk's type, its start and the start of the next one; chunks are padded to even sizes."""
    at = 12
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + size + size % 2
        if after > end + 1:
            raise FileRejected(Fault.DAMAGED)
        yield data[at : at + 4], at, after
        at = after


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise FileRejected(Fault.DAMAGED)


def clean_gif(data: Bytes, target: BinaryIO) -> None:
    """Raises Found when it is damaged, too large or hides another file."""
    demand_pixels(*_gif_size(data, 6))
    at = 13 + _gif_colours(data, 10)
    target.write(data[:at])
    images = 0
    while at < len(data) and data[at] != _GIF_END:
        after = _gif_block_end(data, at)
        if data[at] == _GIF_IMAGE:
            demand_pixels(*_gif_size(data, at + 5))
            images += 1
        if _is_gif_kept(data, at):
            target.write(data[at:after])
        at = after
    if not images:
        raise FileRejected(Fault.DAMAGED)
    target.write(bytes((_GIF_END,)))
    demand_plain_trailer(data, at)


def _is_gif_kept(data: Bytes, at: int) -> bool:
    """Keeps pictures, their timing and an animation's repeats; no comments or data of other applications."""
    if data[at] == _GIF_IMAGE:
        return True
    label, name = data[at + 1], data[at + 2 : at + 14]
    return label == _GIF_CONTROL or (label == _GIF_APPLICATION and name in _GIF_LOOPS)


def _gif_block_end(data: Bytes, at: int) -> int:
    if data[at] == _GIF_IMAGE:
        at += 11 + _gif_colours(data, at + 9)
    elif data[at] == _GIF_EXTENSION:
        at += 2
    else:
        raise FileRejected(Fault.DAMAGED)
    while at < len(data) and data[at]:
        at += 1 + data[at]
    if at >= len(data):
        raise FileRejected(Fault.DAMAGED)
    return at + 1


def _gif_size(data: Bytes, at: int) -> tuple[int, int]:
    return int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")


def _gif_colours(data: Bytes, flags_at: int) -> int:
    """Size in bytes of the colour table that the flags declare."""
    if flags_at >= len(data):
        raise FileRejected(Fault.DAMAGED)
    flags = data[flags_at]
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
