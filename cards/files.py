"""Files of a case as chat shows them: name, size, state, and a link where the reader may open them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cards import words
from cards.views import Line, Link, Part
from core.case import Case, Evidence
from core.uploaded_file import File, FileState

_UNITS = ("kB", "MB", "GB")
_SHOWN_LONGEST = 60


def no_url(_: str) -> str | None:
    """No address: files are named without a link."""
    return None


@dataclass(frozen=True, slots=True)
class CaseFiles:
    """A case's files, oldest first; `url_of` gives the address of a file by its id, or None."""

    files: tuple[File, ...] = ()
    url_of: Callable[[str], str | None] = no_url

    def find(self, file_id: str | None) -> File | None:
        return next((one for one in self.files if one.id == file_id), None) if file_id else None


NO_FILES = CaseFiles()


def file_size(octets: int) -> str:
    """`812 B`, `4 kB`, `1.2 MB`; a kB is 1000 bytes, as file managers count."""
    if octets < 1000:
        return f"{octets} B"
    amount, unit = octets / 1000, 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if amount < 9.95 else f"{amount:.0f} {_UNITS[unit]}"


def evidence_part(piece: Evidence, files: CaseFiles) -> Part:
    """A piece of evidence: a stored file, or a link to where it is."""
    file = files.find(piece.file_id)
    if file is not None:
        return file_part(file, files)
    name = words.name(piece.name, _SHOWN_LONGEST)
    return Link(name, piece.url) if piece.url else name


def file_part(file: File, files: CaseFiles) -> Part:
    """`photo.jpg (1.2 MB)`; a link only once the file is scanned."""
    name = words.name(file.name, _SHOWN_LONGEST)
    match file.state:
        case FileState.READY:
            shown, url = f"{name} ({file_size(file.size)})", files.url_of(file.id)
            return Link(shown, url) if url else shown
        case FileState.HELD:
            return f"{name} ({file_size(file.size)}, held back until it is scanned)"
        case FileState.UPLOADING:
            return f"{name} (still on its way)"
        case _:
            return f"{name} (thrown away)"


def file_lines(names: Iterable[str], case: Case, files: CaseFiles) -> tuple[Line, ...]:
    """One line a file. Of files with the same name the newest are meant: events are shown at once."""
    wanted = Counter(names)
    lines: list[Line] = []
    for name, count in wanted.items():
        stored = [file_part(one, files) for one in files.files if one.name == name]
        pieces = stored or [evidence_part(one, files) for one in case.evidence if one.name == name]
        found = pieces[-count:] or [words.name(name, _SHOWN_LONGEST)]
        lines += [("• ", piece) for piece in found]
    return tuple(lines)


def evidence_line(case: Case, files: CaseFiles, most: int) -> Line:
    """The case's evidence in one line, at most `most` by name."""
    parts: list[Part] = []
    for piece in case.evidence[:most]:
        parts += [", ", evidence_part(piece, files)]
    left = len(case.evidence) - most
    return (*parts[1:], f" and {left} more") if left > 0 else tuple(parts[1:])
