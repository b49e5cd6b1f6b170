"""Tests of PDF: what would do something by itself is refused, what waits for a click is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from store.evidence.inspect.active import pdf
from store.evidence.inspect.active.pdf import demand_passive_pdf
from store.evidence.inspect.file_types import PDF
from store.evidence.inspect.run import inspect_file
from store.evidence.refusals import Fault, FileRejected
from tests.store.evidence import active_pdfs as pdfs
from tests.store.evidence import sample_files as samples

SCRIPT = pdfs.action(S=Name.JavaScript, JS="app.alert(1)")
VISIT = pdfs.action(S=Name.URI, URI="https://evil.example")
LAUNCH = pdfs.action(S=Name.Launch, F="cmd.exe")
XFA = b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template>%s</template></xdp:xdp>'


def _file(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "it"
    file.write_bytes(content)
    return file


def _fault(tmp_path: Path, content: bytes) -> Fault:
    with pytest.raises(FileRejected) as found:
        demand_passive_pdf(_file(tmp_path, content))
    return found.value.fault


def _named_script(document: Pdf) -> None:
    tree = Dictionary(Names=Array(["one", document.make_indirect(pdfs.fresh(SCRIPT))]))
    document.Root.Names = Dictionary(JavaScript=tree)


def _script_of_indirect_name(document: Pdf) -> None:
    kind = document.make_indirect(Name.JavaScript)
    document.Root.OpenAction = Dictionary(S=kind, JS="app.alert(1)")


def _outside_bytes(document: Pdf) -> None:
    content = Stream(document, b"")
    content.F = "\\\\evil.example\\share\\page"
    document.pages[0].obj.Contents = document.make_indirect(content)


def _reference(document: Pdf) -> None:
    drawing = Stream(document, b"")
    drawing.Subtype, drawing.Ref = Name.Form, Dictionary(F="https://evil.example/x.pdf", Page=0)
    document.Root.Drawing = document.make_indirect(drawing)


ACTIVE: list[tuple[str, Callable[[Pdf], None], Fault]] = [
    ("script at opening", pdfs.opening(SCRIPT), Fault.SCRIPT),
    ("script at a click", pdfs.clicking(SCRIPT), Fault.SCRIPT),
    ("script by name", _named_script, Fault.SCRIPT),
    ("script by an indirect name", _script_of_indirect_name, Fault.SCRIPT),
    (
        "script after a jump",
        pdfs.opening(pdfs.action(S=Name.GoTo, D="a", Next=Array([pdfs.fresh(SCRIPT)]))),
        Fault.SCRIPT,
    ),
    (
        "script of a page",
        lambda it: it.pages[0].obj.__setattr__("AA", Dictionary(O=pdfs.fresh(SCRIPT))),
        Fault.SCRIPT,
    ),
    ("a program", pdfs.opening(LAUNCH), Fault.STARTS),
    ("a web page at opening", pdfs.opening(VISIT), Fault.LOADS),
    (
        "a web page after a jump",
        pdfs.opening(pdfs.action(S=Name.GoTo, D="a", Next=Array([pdfs.fresh(VISIT)]))),
        Fault.LOADS,
    ),
    (
        "a web page with a page",
        lambda it: it.pages[0].obj.__setattr__("AA", Dictionary(O=pdfs.fresh(VISIT))),
        Fault.LOADS,
    ),
    (
        "an article of another file",
        pdfs.opening(pdfs.action(S=Name.Thread, F="\\\\evil.example\\a.pdf", D=0)),
        Fault.STARTS,
    ),
    ("a program at a click", pdfs.clicking(LAUNCH), Fault.STARTS),
    ("another file", pdfs.opening(pdfs.action(S=Name.GoToR, F="\\\\evil.example\\a.pdf")), Fault.STARTS),
    ("a file within", pdfs.opening(pdfs.action(S=Name.GoToE, D="a")), Fault.STARTS),
    ("a link to a program", pdfs.clicking(pdfs.action(S=Name.URI, URI="ms-msdt:/id PCW")), Fault.STARTS),
    ("a link to script", pdfs.clicking(pdfs.action(S=Name.URI, URI="java\tscript:alert(1)")), Fault.STARTS),
    (
        "a form that is sent",
        pdfs.clicking(pdfs.action(S=Name.SubmitForm, F="https://evil.example")),
        Fault.SENDS,
    ),
    ("data from elsewhere", pdfs.opening(pdfs.action(S=Name.ImportData, F="x.fdf")), Fault.LOADS),
    ("bytes from elsewhere", _outside_bytes, Fault.LOADS),
    ("a drawing from elsewhere", _reference, Fault.LOADS),
    ("an attached program", pdfs.attaching("run.exe", b"MZ"), Fault.ATTACHED),
    ("an attached document", pdfs.attaching("more.pdf", samples.a_pdf()), Fault.ATTACHED),
    ("a pinned document", pdfs.noting("more.docx", samples.a_docx()), Fault.ATTACHED),
    ("a program by an invoice's name", pdfs.attaching("factur-x.xml", b"MZ\x90"), Fault.ATTACHED),
    ("a page by an invoice's name", pdfs.attaching("factur-x.xml", b"<html/>"), Fault.ATTACHED),
    (
        "entities in an invoice",
        pdfs.attaching("factur-x.xml", b"<!DOCTYPE a>" + pdfs.INVOICE),
        Fault.ATTACHED,
    ),
    ("an invoice by another name", pdfs.attaching("factur-x.xml.hta", pdfs.INVOICE), Fault.ATTACHED),
    ("rich media", pdfs.annotated(Dictionary(Subtype=Name.RichMedia)), Fault.PLAYS),
    ("a film", pdfs.opening(pdfs.action(S=Name.Rendition, JS="app.alert(1)")), Fault.PLAYS),
    ("a 3D model", pdfs.annotated(Dictionary(Subtype=Name("/3D"))), Fault.PLAYS),
    ("a form with script", pdfs.with_form(XFA % b"<script>1</script>"), Fault.SCRIPT),
    ("a form with script in UTF-16", pdfs.with_form("<x:script >".encode("utf-16")), Fault.SCRIPT),
    ("a form in XML that is sent", pdfs.with_form(XFA % b'<submit target="x"/>'), Fault.SENDS),
]
HARMLESS: list[tuple[str, Callable[[Pdf], None]]] = [
    ("nothing", lambda _: None),
    ("a first page", pdfs.opening(pdfs.action(S=Name.GoTo, D=Array([0, Name.Fit])))),
    ("a button's link", pdfs.annotated(Dictionary(Subtype=Name.Link, AA=Dictionary(U=pdfs.fresh(VISIT))))),
    ("a link", pdfs.clicking(pdfs.action(S=Name.URI, URI="https://nordwind.example/invoice?a=javascript:1"))),
    ("a mail address", pdfs.clicking(pdfs.action(S=Name.URI, URI="mailto:ana@nordwind.example"))),
    ("a page's button", pdfs.clicking(pdfs.action(S=Name.URI, URI="javascript:void(0);"))),
    ("a place to open at", pdfs.opening(pdfs.action(S=Name.GoTo, D="a"))),
    ("words", lambda it: it.docinfo.update({"/Title": "/JavaScript /Launch /EmbeddedFiles"})),
    ("a form", pdfs.with_entry("/AcroForm", Dictionary(Fields=Array(), SigFlags=1))),
    ("a form in XML", pdfs.with_form(XFA % b"<field name='a'/>")),
    ("Factur-X", pdfs.attaching("factur-x.xml", pdfs.INVOICE)),
    ("ZUGFeRD 1", pdfs.attaching("ZUGFeRD-invoice.xml", pdfs.INVOICE)),
    ("XRechnung", pdfs.attaching("xrechnung.xml", pdfs.INVOICE)),
    ("a circle", pdfs.a_circle),
    ("a font by that name", pdfs.with_entry("/Font", Dictionary(JS=Dictionary(Type=Name.Font)))),
]


@pytest.mark.parametrize("how", ["plain", "packed", "encrypted"])
@pytest.mark.parametrize(("change", "fault"), [row[1:] for row in ACTIVE], ids=[row[0] for row in ACTIVE])
def test_what_does_something_by_itself_is_refused_by_what_it_does(
    tmp_path: Path, change: Callable[[Pdf], None], fault: Fault, how: str
) -> None:
    password = "" if how == "encrypted" else None
    assert _fault(tmp_path, pdfs.a_pdf_with(change, packed=how == "packed", password=password)) is fault


@pytest.mark.parametrize("change", [row[1] for row in HARMLESS], ids=[row[0] for row in HARMLESS])
async def test_what_does_nothing_by_itself_comes_through(
    tmp_path: Path, change: Callable[[Pdf], None]
) -> None:
    content = pdfs.a_pdf_with(change)
    inspected = await inspect_file(_file(tmp_path, content), "note.pdf")
    assert (inspected.file_type, inspected.path.read_bytes()) == (PDF, content)


def test_a_name_written_in_numbers_is_the_same_name(tmp_path: Path) -> None:
    plain = pdfs.a_pdf_with(pdfs.opening(SCRIPT))
    written = plain.replace(b"/JavaScript", b"/#4aava#53cript").replace(b"/OpenAction", b"/Open#41ction")
    assert written != plain
    assert _fault(tmp_path, written) is Fault.SCRIPT


def test_an_action_that_no_page_leads_to_is_found(tmp_path: Path) -> None:
    """Another program may read the file otherwise, and find a way to it."""
    loose = samples.a_pdf(extra=b"").replace(
        b"<< /Length 0 >>\nstream\n\nendstream", b"<< /S /Launch /F (a) >>"
    )
    assert b"/Launch" in loose
    assert _fault(tmp_path, loose) is Fault.STARTS


def test_a_file_that_needs_a_password_is_refused_as_locked(tmp_path: Path) -> None:
    assert _fault(tmp_path, pdfs.a_pdf_with(lambda _: None, password="secret")) is Fault.LOCKED


async def test_what_does_not_fit_into_the_limits_hides_nothing(tmp_path: Path) -> None:
    """qpdf reads an object that it can't unpack as nothing, and goes on."""
    with pytest.raises(FileRejected) as found:
        await inspect_file(_file(tmp_path, pdfs.a_bomb(300)), "note.pdf")
    assert found.value.fault is Fault.BOMB


async def test_a_hundred_thousand_objects_are_looked_through(tmp_path: Path) -> None:
    content = pdfs.a_pdf_with(pdfs.many_objects(100_000), packed=True)
    assert (await inspect_file(_file(tmp_path, content), "note.pdf")).file_type is PDF


def test_more_objects_than_can_be_looked_through_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MOST_OBJECTS", 50)
    assert _fault(tmp_path, pdfs.a_pdf_with(pdfs.many_objects(60))) is Fault.TOO_MANY_PARTS


def test_only_suspect_objects_are_read_entry_by_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[pikepdf.Object] = []
    monkeypatch.setattr(pdf, "_judge", read.append)
    demand_passive_pdf(_file(tmp_path, pdfs.a_pdf_with(pdfs.many_objects(1_000))))
    assert len(read) < 10
