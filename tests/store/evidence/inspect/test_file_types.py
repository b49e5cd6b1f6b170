"""Tests of file types: detected by content; others are rejected with the most helpful sentence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.evidence.inspect import office
from store.evidence.inspect.file_types import (
    CSV,
    DOCX,
    EML,
    GIF,
    HEIC,
    JPEG,
    PDF,
    PNG,
    TEXT,
    WEBP,
    XLSX,
    FileType,
    demand_ending,
    detect_type,
)
from store.evidence.inspect.office import demand_one_pdf
from store.evidence.refusals import Fault, FileRejected
from tests.fixtures.effort import tries
from tests.store.evidence import sample_files as samples

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script>"


def _judged(tmp_path: Path, content: bytes, name: str) -> FileType:
    file = tmp_path / "it"
    file.write_bytes(content)
    return detect_type(file, name)


def _fault(tmp_path: Path, content: bytes, name: str) -> Fault:
    with pytest.raises(FileRejected) as found:
        _judged(tmp_path, content, name)
    return found.value.fault


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (samples.a_jpeg(), "photo.jpg", JPEG),
        (samples.a_jpeg(), "IMG_0001.JPEG", JPEG),
        (samples.a_jpeg(), "whatsapp.webp", JPEG),
        (samples.a_jpeg(), "image001", JPEG),
        (samples.a_png(), "screen.png", PNG),
        (samples.a_webp(), "photo.webp", WEBP),
        (samples.a_webp(lossless=True), "photo.jpg", WEBP),
        (samples.a_gif(), "moving.gif", GIF),
        (samples.a_heic(), "IMG_0001.HEIC", HEIC),
        (samples.a_pdf(), "note.pdf", PDF),
        (samples.a_docx(), "letter.docx", DOCX),
        (samples.an_xlsx(), "hours.xlsx", XLSX),
        (samples.an_eml(), "their answer.eml", EML),
        (b"hours;rate\r\n12;90,00\r\n", "hours.csv", CSV),
        ("Größe: 12 €".encode(), "note.txt", TEXT),
        ("Größe: 12 €".encode("cp1252"), "note.txt", TEXT),
        ("Größe: 12 €".encode("utf-16"), "note.txt", TEXT),
        (b"a < b, and 1 <2", "note.txt", TEXT),
        (b"MZ is the postcode of Mainz", "note.txt", TEXT),
    ],
)
def test_what_is_on_the_list_is_taken_for_what_it_is(
    tmp_path: Path, content: bytes, name: str, kind: FileType
) -> None:
    assert _judged(tmp_path, content, name) is kind


@pytest.mark.parametrize(
    ("content", "name", "fault"),
    [
        (b"", "nothing.jpg", Fault.EMPTY),
        (HTML, "photo.jpg", Fault.WEB_PAGE),
        (HTML, "note.txt", Fault.WEB_PAGE),
        (b"\xef\xbb\xbf \n<html>", "note.txt", Fault.WEB_PAGE),
        ("<script>alert(1)</script>".encode("utf-16"), "note.txt", Fault.WEB_PAGE),
        (b"<!-- x --><p onclick=1>", "hours.csv", Fault.WEB_PAGE),
        (b"<?php system($_GET[0]);", "note.txt", Fault.WEB_PAGE),
        (SVG, "drawing.png", Fault.WEB_PAGE),
        (b'<?xml version="1.0"?>' + SVG, "drawing.jpg", Fault.WEB_PAGE),
        (samples.a_pdf(), "photo.jpg", Fault.MISNAMED),
        (samples.a_jpeg(), "note.pdf", Fault.MISNAMED),
        (samples.a_docx(), "hours.xlsx", Fault.MISNAMED),
        (b"Just words", "photo.png", Fault.MISNAMED),
        (b"Just words", "mail.eml", Fault.MISNAMED),
        (b"MZ\x90\x00\x03" + bytes(100), "photo.jpg", Fault.PROGRAM),
        (b"\x7fELF\x02\x01\x01" + bytes(100), "note.pdf", Fault.PROGRAM),
        (b"#!/bin/sh\nrm -rf /\n", "note.txt", Fault.PROGRAM),
        (samples.a_zip({"a.txt": b"a"}), "note.docx", Fault.ARCHIVE),
        (b"Rar!\x1a\x07\x00" + bytes(100), "photo.jpg", Fault.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c" + bytes(100), "photo.jpg", Fault.ARCHIVE),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(100), "photo.jpg", Fault.VIDEO),
        (b"II*\x00" + bytes(100), "scan.jpg", Fault.TIFF),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "letter.docx", Fault.OLD_OFFICE),
        (b"\x01\x02\x03\x04" * 50, "photo.jpg", Fault.WRONG_TYPE),
        (b"words first" * 1000 + b"\x00\x01", "note.txt", Fault.WRONG_TYPE),
        (samples.a_jpeg(), "photo.exe", Fault.PROGRAM),
    ],
)
def test_everything_else_is_refused_with_the_sentence_that_helps(
    tmp_path: Path, content: bytes, name: str, fault: Fault
) -> None:
    assert _fault(tmp_path, content, name) is fault


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("page.html", Fault.WEB_PAGE),
        ("drawing.svg", Fault.WEB_PAGE),
        ("invoice.pdf.exe", Fault.PROGRAM),
        ("all.zip", Fault.ARCHIVE),
        ("damage.mov", Fault.VIDEO),
        ("letter.doc", Fault.OLD_OFFICE),
        ("hours.xlsm", Fault.MACROS),
        ("scan.tiff", Fault.TIFF),
        ("data.parquet", Fault.WRONG_TYPE),
    ],
)
def test_a_name_that_promises_nothing_good_is_refused_before_its_bytes_come(name: str, fault: Fault) -> None:
    with pytest.raises(FileRejected) as found:
        demand_ending(name)
    assert found.value.fault is fault


def test_an_archive_that_unpacks_without_end_is_a_bomb(tmp_path: Path) -> None:
    bomb = samples.a_docx(**{"word/media/1.xml": bytes(60 * 1024 * 1024)})
    assert len(bomb) < 100_000
    assert _fault(tmp_path, bomb, "letter.docx") is Fault.BOMB


def test_a_bomb_that_lies_about_its_size_is_found_out(tmp_path: Path) -> None:
    honest = samples.a_docx(**{"word/media/1.xml": bytes(1_000_000)})
    lying = honest.replace((1_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert lying != honest
    assert _fault(tmp_path, lying, "letter.docx") is Fault.DAMAGED


def test_parts_that_lie_in_the_same_place_are_a_bomb(tmp_path: Path) -> None:
    file = tmp_path / "it"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"x" * 1000)
        again = archive.getinfo("word/document.xml")
        for number in range(50):
            copy = zipfile.ZipInfo(f"word/{number:03}.xml")
            for field in ("header_offset", "compress_size", "file_size", "CRC"):
                setattr(copy, field, getattr(again, field))
            archive.filelist.append(copy)
    with pytest.raises(FileRejected) as found:
        office.office_kind(file)
    assert found.value.fault is Fault.BOMB


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("word/vbaProject.bin", Fault.MACROS),
        ("word/activeX/activeX1.bin", Fault.MACROS),
        ("xl/macrosheets/sheet1.xml", Fault.MACROS),
        ("word/embeddings/run.exe", Fault.MACROS),
        ("../../etc/cron.d/x", Fault.DAMAGED),
    ],
)
def test_a_document_with_parts_that_run_or_climb_is_refused(tmp_path: Path, part: str, fault: Fault) -> None:
    assert _fault(tmp_path, samples.a_docx(**{part: b"x"}), "letter.docx") is fault


def test_a_document_with_something_behind_its_end_is_refused(tmp_path: Path) -> None:
    assert _fault(tmp_path, samples.a_docx() + b"\n<script>", "letter.docx") is Fault.HIDDEN


@pytest.mark.parametrize(
    "polyglot",
    [
        samples.a_pdf() + samples.a_zip({"run.class": b"x"}),
        samples.a_pdf(extra=samples.a_zip({"run.class": b"x"})),
        samples.a_pdf() + b"\n<html><script>alert(1)</script>",
    ],
)
def test_a_pdf_that_is_another_file_too_is_refused(tmp_path: Path, polyglot: bytes) -> None:
    file = tmp_path / "it"
    file.write_bytes(polyglot)
    with pytest.raises(FileRejected) as found:
        demand_one_pdf(file)
    assert found.value.fault is Fault.HIDDEN


def test_a_pdf_that_is_only_that_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "it"
    file.write_bytes(samples.a_pdf() + b"\r\n")
    demand_one_pdf(file)


@settings(max_examples=tries(300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        [
            b"",
            b"PK\x03\x04",
            b"%PDF-",
            b"\xff\xd8\xff",
            b"<",
            b"\xff\xfe",
            samples.a_docx()[:200],
            b"RIFF1234WEBP",
        ]
    ),
    st.binary(max_size=400),
    st.sampled_from(["a.jpg", "a.docx", "a.pdf", "a.txt", "a.eml", "a", "a.bin"]),
)
def test_whatever_comes_there_is_a_kind_or_a_fault(
    tmp_path: Path, start: bytes, rest: bytes, name: str
) -> None:
    try:
        kind = _judged(tmp_path, start + rest, name)
    except FileRejected:
        return
    assert isinstance(kind, FileType)
