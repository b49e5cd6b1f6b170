"""Active content of Word and Excel documents, by what their relationships and parts declare.

A part may have any name: what Office takes it for is said by the relationship that leads to it and by its
content type (ECMA-376, part 2). Only links may lead outside; they wait for a click, or for Excel's question.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
import zlib
from pathlib import Path
from shutil import copyfileobj
from typing import IO

from store.evidence.inspect.active.content_types import ContentTypes
from store.evidence.inspect.active.fields import FieldReader
from store.evidence.inspect.active.links import demand_plain_link, scheme_of
from store.evidence.inspect.active.markup import Attributes, read_xml
from store.evidence.inspect.office import office_kind
from store.evidence.refusals import Fault, FileRejected

_LEADS_OUTSIDE = frozenset({"hyperlink", "externallinkpath", "xlpathmissing"})
_FAULTS_BY_RELATIONSHIP = {
    "vbaproject": Fault.MACROS,
    "wordvbadata": Fault.MACROS,
    "xlmacrosheet": Fault.MACROS,
    "xlintlmacrosheet": Fault.MACROS,
    "dialogsheet": Fault.MACROS,
    "attachedtoolbars": Fault.MACROS,
    "control": Fault.MACROS,
    "activexcontrolbinary": Fault.MACROS,
    "afchunk": Fault.ATTACHED,
    "webextension": Fault.LOADS,
    "webextensiontaskpanes": Fault.LOADS,
}
_LOCAL_DRIVE = re.compile(r"(file:/+)?[a-z]:[\\/]", re.IGNORECASE)
_REFRESHED = ("connection", "queryTable")
_TRUE = ("1", "true")

_ARCHIVE = b"PK\x03\x04"
_OTHER_FILES = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"%PDF-",
    b"MZ",
    b"{\\rtf",
    b"\x7fELF",
    b"Rar!",
    b"7z\xbc\xaf",
)
_HEAD = 64
_MARKS_OF_XML = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def demand_passive_office(path: Path, *, may_embed: bool = True) -> None:
    """Raises FileRejected for what runs, loads from elsewhere, or is another file.

    Of files in it only workbooks and documents are taken, which charts need, and they by the same rule.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _demand_single_parts(archive.namelist())
            types = ContentTypes.of(archive)
            for name in archive.namelist():
                with archive.open(name) as stream:
                    head = stream.read(_HEAD)
                    stream.seek(0)
                    if head.startswith(_OTHER_FILES) or (head.startswith(_ARCHIVE) and not may_embed):
                        raise FileRejected(Fault.ATTACHED)
                    if head.startswith(_ARCHIVE):
                        _demand_passive_package(stream, path.parent)
                    elif _may_be_xml(head):
                        _demand_passive_xml(stream, name, types)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError) as error:
        raise FileRejected(Fault.DAMAGED) from error


def _demand_single_parts(names: list[str]) -> None:
    """Raises FileRejected for two parts of one name: Office might read the one that isn't looked at."""
    parts = [name.lower() for name in names if not name.endswith("/")]
    if len(set(parts)) < len(parts):
        raise FileRejected(Fault.DAMAGED)


def _may_be_xml(head: bytes) -> bool:
    """Any number of blanks may stand before XML that doesn't declare itself, in UTF-16 too."""
    content = head.strip(b"\x00 \t\r\n")
    return content.startswith(_MARKS_OF_XML) or (not content and len(head) == _HEAD)


def _demand_passive_package(stream: IO[bytes], folder: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=folder) as copy:
        copyfileobj(stream, copy)
        copy.flush()
        try:
            office_kind(Path(copy.name))
        except FileRejected as rejected:
            fault = Fault.MACROS if rejected.fault is Fault.MACROS else Fault.ATTACHED
            raise FileRejected(fault) from rejected
        demand_passive_office(Path(copy.name), may_embed=False)


def _demand_passive_xml(stream: IO[bytes], name: str, types: ContentTypes) -> None:
    if name.lower().endswith(".rels"):
        read_xml(stream, _judge_relationship)
    elif not types.is_without_elements_to_judge(name):
        _demand_passive_elements(stream, must_be_whole=types.is_of_office(name))


def _demand_passive_elements(stream: IO[bytes], *, must_be_whole: bool) -> None:
    """A part that isn't Office's own, as people's own XML, is judged as far as it can be read."""
    fields = FieldReader()

    def judge(element: str, attributes: Attributes) -> None:
        _judge_element(element, attributes)
        fields.start(element, attributes)

    try:
        read_xml(stream, judge, on_text=fields.text)
    except FileRejected as rejected:
        if must_be_whole or rejected.fault is not Fault.DAMAGED:
            raise
    fields.end()


def _judge_relationship(element: str, attributes: Attributes) -> None:
    if element != "Relationship":
        return
    kind = attributes.get("Type", "").rpartition("/")[2].lower()
    target = attributes.get("Target", "")
    if kind in _FAULTS_BY_RELATIONSHIP:
        raise FileRejected(_FAULTS_BY_RELATIONSHIP[kind])
    if not _leads_outside(target, attributes.get("TargetMode", "")):
        if kind == "oleobject":
            raise FileRejected(Fault.ATTACHED)
    elif kind in _LEADS_OUTSIDE:
        demand_plain_link(target)
    elif not (kind == "attachedtemplate" and _LOCAL_DRIVE.match(target)):
        raise FileRejected(Fault.LOADS)


def _leads_outside(target: str, mode: str) -> bool:
    return mode.lower() == "external" or scheme_of(target) is not None or target.startswith(("//", "\\\\"))


def _judge_element(element: str, attributes: Attributes) -> None:
    if element == "ddeLink" or (element == "volType" and attributes.get("type") == "realTimeData"):
        raise FileRejected(Fault.STARTS)
    if element == "oleLink":
        raise FileRejected(Fault.LOADS)
    if element in _REFRESHED and attributes.get("refreshOnLoad", "").lower() in _TRUE:
        raise FileRejected(Fault.LOADS)
