"""Checks of Word, Excel and PDF documents: one document and nothing else, read without unpacking to disk."""

from __future__ import annotations

import itertools
import mmap
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Literal

from store.evidence.inspect.trailers import demand_plain_trailer
from store.evidence.limits import MEGABYTE
from store.evidence.refusals import Fault, FileRejected

MOST_PARTS = 5_000
MOST_UNPACKED = 300 * MEGABYTE
MOST_RATIO = 100
"""Workbooks of equal rows alone reach about 40 to 1; bombs begin at 1,000 to 1."""
_FREE_OF_RATIO = 20 * MEGABYTE

_MAIN_PARTS: dict[str, Literal["docx", "xlsx"]] = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_RUNNING = ("vbaproject.bin", "vbadata.xml", "/activex/", "/macrosheets/", ".exe", ".dll", ".js", ".vbs")
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_PDF_END_MARK = b"%%EOF"
_LOCAL_HEADER = 30
_CHUNK = 1 << 16


def office_kind(path: Path) -> Literal["docx", "xlsx"]:
    """The document type of the archive at `path`, which begins like one.

    Raises:
        FileRejected: another archive, a bomb, macros, data before or after it, or it is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            kind = _main_part(parts)
            _demand_one_file(path, parts)
            _demand_harmless(parts)
            _demand_true_sizes(archive, parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise FileRejected(Fault.DAMAGED) from error
    return kind


def demand_no_archive(path: Path) -> None:
    """Raises FileRejected when a file that begins as another type ends as an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            is_archive = bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        is_archive = False
    if is_archive:
        raise FileRejected(Fault.HIDDEN)


def demand_one_pdf(path: Path) -> None:
    """Raises FileRejected when the PDF is an archive too, or when another file follows its end."""
    demand_no_archive(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        end = data.rfind(_PDF_END_MARK)
        if end >= 0:
            demand_plain_trailer(data, end)


def _main_part(parts: Iterable[zipfile.ZipInfo]) -> Literal["docx", "xlsx"]:
    names = {part.filename for part in parts}
    for name, kind in _MAIN_PARTS.items():
        if name in names and "[Content_Types].xml" in names:
            return kind
    raise FileRejected(Fault.ARCHIVE)


def _demand_one_file(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    """Raises FileRejected for data before the first part or after the end, or for parts that overlap."""
    with path.open("rb") as file:
        file.seek(-_END.size, 2)
        if not file.read().startswith(_END_MARK):
            raise FileRejected(Fault.HIDDEN)
    placed = sorted((part.header_offset, part.compress_size) for part in parts)
    if placed[0][0] != 0:
        raise FileRejected(Fault.HIDDEN)
    for (start, size), (following, _) in itertools.pairwise(placed):
        if start + _LOCAL_HEADER + size > following:
            raise FileRejected(Fault.BOMB)


def _demand_harmless(parts: list[zipfile.ZipInfo]) -> None:
    for part in parts:
        name = part.filename.lower()
        if name.endswith(_RUNNING) or any(mark in f"/{name}" for mark in _RUNNING if mark.startswith("/")):
            raise FileRejected(Fault.MACROS)
        if "\\" in name or name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise FileRejected(Fault.DAMAGED)
        if part.flag_bits & 1:
            raise FileRejected(Fault.LOCKED)


def _demand_true_sizes(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Raises FileRejected for a bomb, by the sizes that the archive declares.

    Every part is then unpacked without being stored, which fails where a declared size is wrong.
    """
    packed = sum(part.compress_size for part in parts)
    allowed = min(MOST_UNPACKED, max(_FREE_OF_RATIO, packed * MOST_RATIO))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > allowed:
        raise FileRejected(Fault.BOMB)
    for part in parts:
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRejected(Fault.DAMAGED)
        with archive.open(part) as stream:
            while stream.read(_CHUNK):
                pass
