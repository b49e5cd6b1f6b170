"""Limits of uploads: file sizes, numbers, pixels, and the disk."""

from __future__ import annotations

from dataclasses import dataclass
from errno import EDQUOT, ENOSPC, EROFS

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For one file, and for all files of one case or of one form that isn't submitted yet."""

    bytes_per_file: int = 25 * MEGABYTE
    files_per_case: int = 20
    bytes_per_case: int = 300 * MEGABYTE


MOST_PIXELS = 50_000_000
"""For a picture that must be decoded whole. Phones take 48 to 50 megapixels: 150 to 200 MB decoded."""
MOST_JPEG_PIXELS = 210_000_000
"""A JPEG is cleaned without being decoded, and decoded for its preview at an eighth of its width."""
PREVIEW_EDGE = 640
"""Pixels of the longer edge of a preview."""

PART = MEGABYTE
"""Bytes of an upload held in memory at once, and the most that a broken connection loses."""

DISK_FULL = (ENOSPC, EDQUOT, EROFS)
"""Errors of a disk that nothing more can be written to."""
