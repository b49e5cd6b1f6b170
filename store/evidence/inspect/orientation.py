"""Which way up is a picture? The one thing that is kept of what a camera wrote down about it."""

from __future__ import annotations

import struct

from PIL import Image

_ORIENTATION = 0x0112
_UPRIGHT = 1
_TURNS = range(2, 9)
_EXIF = b"Exif\x00\x00"
_BLOCK = struct.Struct(">2sHL H HHLHH L")


def orientation_in(exif: bytes) -> int:
    """1 to 8 as Exif counts them; 1, upright, for whatever can't be read. With or without the `Exif` mark."""
    found = Image.Exif()
    try:
        found.load(exif)
        value = found.get(_ORIENTATION, _UPRIGHT)
    except Exception:  # noqa: BLE001 - a stranger's bytes: whatever is wrong with them, the picture is upright
        return _UPRIGHT
    return int(value) if value in _TURNS else _UPRIGHT


def exif_of(orientation: int) -> bytes:
    """An Exif block, without its mark, that says this and nothing else; empty for an upright picture."""
    if orientation == _UPRIGHT:
        return b""
    return _BLOCK.pack(b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def marked(exif: bytes) -> bytes:
    """As JPEG wants it."""
    return _EXIF + exif


def unmarked(exif: bytes) -> bytes:
    """As PNG and WebP want it."""
    return exif.removeprefix(_EXIF)
