"""Content types of an Office document's parts: what Office takes each of them for."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from store.evidence.inspect.active.markup import Attributes, read_xml
from store.evidence.refusals import Fault, FileRejected

_PART = "[Content_Types].xml"
_RUNNING = re.compile(r"macroenabled|vbaproject|vbadata|macrosheet|activex|dialogsheet", re.IGNORECASE)
_NOTHING_TO_JUDGE = re.compile(
    r"^image/|(worksheet|sharedstrings|pivotcacherecords)\+xml$|vmldrawing$", re.IGNORECASE
)
"""Pictures; the cells of a workbook, which may be millions and lead outside by relationships only; and VML,
which Excel writes as no XML parser reads it."""
_OF_OFFICE = re.compile(r"application/vnd\.(openxmlformats|ms)-.*\+xml$", re.IGNORECASE)


@dataclass(slots=True)
class ContentTypes:
    """Part names and endings are compared without regard to case."""

    _by_part: dict[str, str] = field(default_factory=dict)
    _by_ending: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, archive: zipfile.ZipFile) -> ContentTypes:
        """Raises FileRejected when one of them is of a part that runs."""
        types = cls()
        with archive.open(_PART) as stream:
            read_xml(stream, types._take)
        return types

    def is_without_elements_to_judge(self, name: str) -> bool:
        return _NOTHING_TO_JUDGE.search(self._of(name)) is not None

    def is_of_office(self, name: str) -> bool:
        return _OF_OFFICE.match(self._of(name)) is not None

    def _of(self, name: str) -> str:
        ending = PurePosixPath(name).suffix.lower().lstrip(".")
        return self._by_part.get(name.lower(), self._by_ending.get(ending, ""))

    def _take(self, element: str, attributes: Attributes) -> None:
        content = attributes.get("ContentType", "")
        if element == "Override":
            self._by_part[attributes.get("PartName", "").lstrip("/").lower()] = content
        elif element == "Default":
            self._by_ending[attributes.get("Extension", "").lower()] = content
        if element == "Override" and _RUNNING.search(content):
            raise FileRejected(Fault.MACROS)
