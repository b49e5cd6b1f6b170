"""Streaming XML reader: constant memory, and no document type, which is where entities come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO
from xml.parsers import expat

from store.evidence.refusals import Fault, FileRejected

_CHUNK = 1 << 16

Attributes = Mapping[str, str]
"""By local name; of two names that differ only in their namespace the last counts."""


def read_xml(
    stream: IO[bytes],
    on_start: Callable[[str, Attributes], None],
    *,
    on_text: Callable[[str], None] | None = None,
) -> None:
    """Call `on_start` with the local name and attributes of each element, `on_text` with what stands between.

    Raises:
        FileRejected: it is no XML, or has a document type, which neither Office nor an invoice needs.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, found: on_start(
        _local(name), {_local(key): value for key, value in found.items()}
    )
    parser.StartDoctypeDeclHandler = _refuse_document_type
    if on_text is not None:
        parser.CharacterDataHandler = on_text
    try:
        while piece := stream.read(_CHUNK):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise FileRejected(Fault.DAMAGED) from error


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _refuse_document_type(*_: object) -> None:
    raise FileRejected(Fault.DAMAGED)
