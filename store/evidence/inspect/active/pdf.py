"""Active content of PDF, in every object of the file, whether a page leads to it or not.

qpdf reads the file: names written with `#` and objects in compressed streams come as a reader's program sees
them. Each object is looked at by itself, without following references, so that circles of them don't matter.
What qpdf can't unpack within its limits is refused, since a reader's program might.
"""

from __future__ import annotations

import re
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String
from pikepdf.settings import set_qpdf_limits

from store.evidence.inspect.active.invoice_xml import is_invoice
from store.evidence.inspect.active.links import demand_plain_link
from store.evidence.inspect.active.xfa import demand_passive_form
from store.evidence.limits import MEGABYTE
from store.evidence.refusals import Fault, FileRejected

MOST_OBJECTS = 300_000
"""A tagged document of some thousand pages has 200,000."""
_MOST_UNPACKED = 64 * MEGABYTE
"""Of one stream of objects, of a form, or of an invoice."""

_FAULTS_BY_ACTION = {
    "/JavaScript": Fault.SCRIPT,
    "/Launch": Fault.STARTS,
    "/GoToR": Fault.STARTS,
    "/GoToE": Fault.STARTS,
    "/ImportData": Fault.LOADS,
    "/SubmitForm": Fault.SENDS,
    "/Rendition": Fault.PLAYS,
    "/RichMediaExecute": Fault.PLAYS,
    "/Movie": Fault.PLAYS,
    "/Sound": Fault.PLAYS,
}
_FAULTS_BY_SUBTYPE = {
    "/RichMedia": Fault.PLAYS,
    "/Movie": Fault.PLAYS,
    "/Sound": Fault.PLAYS,
    "/Screen": Fault.PLAYS,
    "/3D": Fault.PLAYS,
    "/U3D": Fault.PLAYS,
    "/PRC": Fault.PLAYS,
}
_SUSPECT = re.compile(
    rb"/(JavaScript|Launch|GoToR|GoToE|ImportData|SubmitForm|Rendition|RichMedia\w*|Movie|Sound|Screen|3D|U3D|PRC"
    rb"|EF|URI|XFA|Ref|OpenAction|AA|Thread|(S|Subtype) \d+ \d+ R)\b"
)
"""Most objects have none of these, so that the look at each entry is seldom needed."""

_CLICKS = frozenset({"/D", "/U"})
"""Of the events in `/AA` the button that is pressed and let go; the others come without a click."""
_MOST_ACTIONS = 100
"""In a row, one after the other."""


def demand_passive_pdf(path: Path) -> None:
    """Raises FileRejected for what runs, starts, sends, loads or plays, and for files within the file.

    Raised too: it is locked, damaged, or has too much in it.
    """
    set_qpdf_limits(
        flate_max_memory=_MOST_UNPACKED,
        run_length_max_memory=_MOST_UNPACKED,
        png_max_memory=_MOST_UNPACKED,
        tiff_max_memory=_MOST_UNPACKED,
    )
    try:
        with pikepdf.explicit_conversion(), pikepdf.open(path, suppress_warnings=True) as document:
            if len(document.objects) > MOST_OBJECTS:
                raise FileRejected(Fault.TOO_MANY_PARTS)
            for item in document.objects:
                _demand_passive_object(item)
    except pikepdf.PasswordError as error:
        raise FileRejected(Fault.LOCKED) from error
    except (pikepdf.PdfError, pikepdf.DependencyError, ValueError, TypeError) as error:
        raise FileRejected(Fault.DAMAGED) from error


def _demand_passive_object(item: Object) -> None:
    top = item
    if isinstance(item, Stream):
        top = item.stream_dict
        _demand_passive_stream(item, top)
    if not _SUSPECT.search(top.unparse(resolved=True)):
        return
    waiting = [top]
    while waiting:
        holder = waiting.pop()
        inner: list[Object] = []
        if isinstance(holder, Dictionary):
            _judge(holder)
            inner = [value for _, value in holder.items()]
        elif isinstance(holder, Array):
            inner = list(holder)
        waiting += [one for one in inner if isinstance(one, Dictionary | Array) and not one.is_indirect]


def _demand_passive_stream(stream: Stream, entries: Object) -> None:
    """Raises FileRejected when its bytes are in another file, or when it has objects that stay packed."""
    if Name.F in entries:
        raise FileRejected(Fault.LOADS)
    if Name.First in entries and Name.N in entries:
        _unpacked(stream)


def _unpacked(stream: Stream) -> bytes:
    try:
        return bytes(stream.read_bytes())
    except pikepdf.PdfError as error:
        raise FileRejected(Fault.BOMB if "limit" in str(error) else Fault.DAMAGED) from error


def _judge(holder: Dictionary) -> None:
    _judge_by_itself(holder)
    action, subtype = _name(holder, Name.S), _name(holder, Name.Subtype)
    if fault := _FAULTS_BY_ACTION.get(action) or _FAULTS_BY_SUBTYPE.get(subtype):
        raise FileRejected(fault)
    if subtype == "/Form" and Name.Ref in holder:
        raise FileRejected(Fault.LOADS)
    if isinstance(target := holder.get(Name.URI), String):
        demand_plain_link(str(target))
    if (files := holder.get(Name.EF)) is not None:
        _demand_invoices(holder, files)
    if (form := holder.get(Name.XFA)) is not None:
        packets = list(form) if isinstance(form, Array) else [form]
        demand_passive_form(b"".join(_unpacked(one) for one in packets if isinstance(one, Stream)))


def _judge_by_itself(holder: Dictionary) -> None:
    """Raises FileRejected for an article of another file, and for web pages that open without a click."""
    if _name(holder, Name.S) == "/Thread" and Name.F in holder:
        raise FileRejected(Fault.STARTS)
    _demand_no_visit(holder.get(Name.OpenAction))
    if isinstance(events := holder.get(Name.AA), Dictionary):
        for event, what in events.items():
            if event not in _CLICKS:
                _demand_no_visit(what)


def _demand_no_visit(first: Object | None) -> None:
    """Raises FileRejected when a web address is among actions that nobody has clicked on."""
    waiting = [first]
    for _ in range(_MOST_ACTIONS):
        if not waiting:
            return
        action = waiting.pop()
        if isinstance(action, Array):
            waiting += [one for one in list(action) if isinstance(one, Dictionary) and Name.S in one]
        elif isinstance(action, Dictionary):
            if _name(action, Name.S) == "/URI":
                raise FileRejected(Fault.LOADS)
            waiting.append(action.get(Name.Next))
    raise FileRejected(Fault.TOO_MANY_PARTS)


def _name(holder: Dictionary, key: Name) -> str:
    value = holder.get(key)
    return str(value) if isinstance(value, Name) else ""


def _demand_invoices(holder: Dictionary, files: Object) -> None:
    """Raises FileRejected unless every embedded file is the invoice itself, for machines to read."""
    names = {str(holder.get(key)) for key in (Name.F, Name.UF) if key in holder}
    contents = [value for _, value in files.items()] if isinstance(files, Dictionary) else [files]
    for content in contents:
        if not isinstance(content, Stream) or not is_invoice(names, _unpacked(content)):
            raise FileRejected(Fault.ATTACHED)
