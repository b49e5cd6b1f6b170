"""Removal of metadata from pictures: where, by whom and with which device a photo was taken.

JPEG, PNG, WebP and GIF keep their picture to the bit. HEIC, which few browsers show, becomes a JPEG.
Documents are not changed: their content is the customer's own statement.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pi_heif
from PIL import Image

from store.evidence.inspect.file_types import GIF, HEIC, JPEG, PNG, WEBP, FileType
from store.evidence.inspect.jpeg import clean_jpeg
from store.evidence.inspect.png_webp_gif import clean_gif, clean_png, clean_webp
from store.evidence.inspect.trailers import Bytes, demand_pixels
from store.evidence.refusals import Fault, FileRejected

_CLEANERS: dict[FileType, Callable[[Bytes, BinaryIO], None]] = {
    JPEG: clean_jpeg,
    PNG: clean_png,
    WEBP: clean_webp,
    GIF: clean_gif,
}
_QUALITY = 90


def clean(kind: FileType, source: Path, target: Path) -> FileType:
    """Write a clean copy of a picture and return its type; for other types nothing is written.

    Raises:
        Found: it can't be cleaned.
    """
    if kind is HEIC:
        _heic_to_jpeg(source, target)
        return JPEG
    cleaner = _CLEANERS.get(kind)
    if cleaner is not None:
        with (
            source.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
            target.open("wb") as out,
        ):
            _run(cleaner, data, out)
    return kind


def _run(cleaner: Callable[[Bytes, BinaryIO], None], data: Bytes, out: BinaryIO) -> None:
    """A cleaner may read past the end of a truncated file, which raises FileRejected."""
    try:
        cleaner(data, out)
    except IndexError as error:
        raise FileRejected(Fault.DAMAGED) from error


def _heic_to_jpeg(source: Path, target: Path) -> None:
    """Turned upright, as the container says; with its colour profile."""
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener(thumbnails=False)
    try:
        with Image.open(source, formats=("HEIF",)) as picture:
            demand_pixels(*picture.size)
            profile = picture.info.get("icc_profile")
            plain = picture.convert("RGB")
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        raise FileRejected(Fault.DAMAGED) from error
    plain.save(target, "JPEG", quality=_QUALITY, icc_profile=profile)
