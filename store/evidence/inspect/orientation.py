"""Orientation of a picture: the only Exif value that is kept."""

from __future__ import annotations

import struct

from PIL import Image

_ORIENTATION = 0x0112
_UPRIGHT = 1
_TURNS = range(2, 9)
_EXIF = b"Exif\x00\x00"
_BLOCK = struct.Struct(">2sHL H HHLHH L")


def orientation_in(exif: bytes) -> int:
    """1 to 8 as Exif counts them; 1, upright, if unreadable. `exif` may start with the `Exif` mark."""
    found = Image.Exif()
    try:
        found.load(exif)
        value = found.get(_ORIENTATION, _UPRIGHT)
    except Exception:  # noqa: BLE001 - a stranger's bytes: if they can't be read, the picture counts as upright
        return _UPRIGHT
    return int(value) if value in _TURNS else _UPRIGHT


def exif_of(orientation: int) -> bytes:
    """An Exif block with the orientation alone, without its mark; empty for an upright picture."""
    if orientation == _UPRIGHT:
        return b""
    return _BLOCK.pack(b"MM", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def with_exif_mark(exif: bytes) -> bytes:
    """The Exif block with its mark, as in a JPEG."""
    return _EXIF + exif


def without_exif_mark(exif: bytes) -> bytes:
    """The Exif block without its mark, as in PNG and WebP."""
    return exif.removeprefix(_EXIF)
