"""Checks for all pictures: their size in pixels, and data after their end."""

from __future__ import annotations

import mmap
import re

from store.evidence.limits import MOST_PIXELS
from store.evidence.refusals import Fault, FileRejected

Bytes = bytes | mmap.mmap

_ANOTHER_FILE = re.compile(
    rb"PK\x03\x04|PK\x05\x06|%PDF-|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x7fELF|This program cannot be run"
    rb"|<\?php|<script|<html|<svg|<!doctype",
    re.IGNORECASE,
)
_MEGAPIXEL = 1_000_000


def demand_plain_trailer(data: Bytes, start: int) -> None:
    """Raises Found when another file follows the picture that ends at `start`.

    Phones append a film or a second picture to a photo, which are dropped without rejecting it.
    """
    if _ANOTHER_FILE.search(data, start):
        raise FileRejected(Fault.HIDDEN)


def demand_pixels(width: int, height: int, most: int = MOST_PIXELS) -> None:
    """Raises FileRejected for a picture that is empty or too large to decode."""
    if width < 1 or height < 1:
        raise FileRejected(Fault.DAMAGED)
    if width * height > most:
        raise FileRejected(
            Fault.TOO_MANY_PIXELS,
            pixels=-(-width * height // _MEGAPIXEL),
            limit=most // _MEGAPIXEL,
        )
