"""How much may somebody hand in?"""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Of one file, and of all files of one case or of one form that isn't sent yet."""

    bytes_per_file: int = 25 * MEGABYTE
    files_per_case: int = 20
    bytes_per_case: int = 300 * MEGABYTE


MOST_PIXELS = 50_000_000
"""A picture that must be unpacked whole. Phones make 48 to 50 megapixels; unpacked, that is 150 to 200 MB."""
MOST_JPEG_PIXELS = 210_000_000
"""JPEG is cleaned without being unpacked, and unpacked for its preview at an eighth of its width."""
PREVIEW_EDGE = 640
"""Pixels of the longer edge of a preview."""

PART = MEGABYTE
"""Bytes of an upload that are held in memory at once, and the most that a broken connection costs."""
