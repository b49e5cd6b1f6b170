"""Tests of the inspection process: every file, however hostile, ends with a result and without harm."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from store.evidence.inspect import run
from store.evidence.inspect.file_types import CSV, DOCX, GIF, JPEG, PDF, PNG, WEBP, FileType
from store.evidence.inspect.run import inspect_file
from store.evidence.limits import PREVIEW_EDGE
from store.evidence.refusals import Fault, FileRejected
from tests.store.evidence import sample_files as samples


def _file(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "it"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (samples.a_jpeg(orientation=6), "a.jpg", JPEG),
        (samples.a_png(), "a.png", PNG),
        (samples.a_webp(), "a.webp", WEBP),
        (samples.a_gif(), "a.gif", GIF),
        (samples.a_heic(), "a.heic", JPEG),
        (samples.a_pdf(), "a.pdf", PDF),
    ],
)
async def test_what_can_be_seen_gets_a_small_picture(
    tmp_path: Path, content: bytes, name: str, kind: FileType
) -> None:
    inspected = await inspect_file(_file(tmp_path, content), name)
    assert inspected.file_type is kind
    assert inspected.preview is not None
    with Image.open(inspected.preview) as preview:
        assert preview.format == "JPEG"
        assert max(preview.size) <= PREVIEW_EDGE
        assert not preview.getexif()
    assert samples.SECRET not in inspected.path.read_bytes()


async def test_a_photo_taken_on_its_side_has_an_upright_preview(tmp_path: Path) -> None:
    inspected = await inspect_file(_file(tmp_path, samples.a_jpeg(orientation=6)), "a.jpg")
    assert inspected.preview is not None
    with Image.open(inspected.preview) as preview:
        assert preview.height > preview.width


async def test_a_picture_one_can_look_through_lies_on_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (2000, 10), (0, 0, 0, 0)).save(out, "PNG")
    inspected = await inspect_file(_file(tmp_path, out.getvalue()), "a.png")
    assert inspected.preview is not None
    with Image.open(inspected.preview) as preview:
        assert preview.size == (PREVIEW_EDGE, 3)
        assert preview.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "name", "kind"), [(b"a;b\n", "a.csv", CSV), (samples.a_docx(), "a.docx", DOCX)]
)
async def test_what_has_no_look_is_kept_without_a_preview(
    tmp_path: Path, content: bytes, name: str, kind: FileType
) -> None:
    inspected = await inspect_file(_file(tmp_path, content), name)
    assert (inspected.file_type, inspected.preview) == (kind, None)
    assert inspected.path.read_bytes() == content


async def test_a_pdf_that_nobody_can_open_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRejected) as found:
        await inspect_file(_file(tmp_path, b"%PDF-1.7\n" + b"nothing of the kind " * 50), "a.pdf")
    assert found.value.fault is Fault.DAMAGED


async def test_a_fault_keeps_its_figures_on_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(FileRejected) as found:
        await inspect_file(_file(tmp_path, samples.a_png_header(20_000, 20_000)), "a.png")
    assert found.value.values == {"pixels": 400, "limit": 50}


def _a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Replaces the real worker by `script`, with the same command line."""
    package = tmp_path / "else" / "store" / "evidence" / "inspect"
    package.mkdir(parents=True)
    for folder in (package, package.parent, package.parent.parent):
        (folder / "__init__.py").touch()
    (package / "worker.py").write_text("import sys, os, time, json\n" + script)
    monkeypatch.setattr(run, "_ROOT", tmp_path / "else")


async def test_a_worker_that_dies_over_the_preview_leaves_the_file_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "print(json.dumps({'kind': 'PDF', 'is_copy': False}), flush=True); os.kill(os.getpid(), 11)"
    _a_worker(tmp_path, monkeypatch, script)
    inspected = await inspect_file(_file(tmp_path, samples.a_pdf()), "a.pdf")
    assert (inspected.file_type, inspected.preview) == (PDF, None)


async def test_a_worker_that_dies_before_has_found_the_file_unsafe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _a_worker(tmp_path, monkeypatch, "os.abort()")
    with pytest.raises(FileRejected) as found:
        await inspect_file(_file(tmp_path, samples.a_pdf()), "a.pdf")
    assert found.value.fault is Fault.UNSAFE


async def test_a_worker_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = tmp_path / "pid"
    _a_worker(tmp_path, monkeypatch, f"open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    with pytest.raises(FileRejected):
        await inspect_file(_file(tmp_path, samples.a_pdf()), "a.pdf", max_seconds=1.0)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


async def test_a_worker_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 32)
    _a_worker(tmp_path, monkeypatch, "print(json.dumps({'fault': 'UNSAFE', 'values': dict(os.environ)}))")
    with pytest.raises(FileRejected) as found:
        await inspect_file(_file(tmp_path, samples.a_pdf()), "a.pdf")
    assert "SECRET_KEY" not in found.value.values


async def test_a_worker_may_not_swell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = str(Path(__file__).parents[4])
    script = (
        f"sys.path[0:0] = [{root!r}]\n"
        "for name in [one for one in sys.modules if one.split('.')[0] == 'store']: del sys.modules[name]\n"
        "from store.evidence.inspect import worker\n"
        "report = {'kind': 'PDF', 'is_copy': False}\n"
        "worker._inspect = lambda *_: bytearray(1_500_000_000) and worker._report(**report)\n"
        "worker.main(*sys.argv[1:])"
    )
    _a_worker(tmp_path, monkeypatch, script)
    with pytest.raises(FileRejected) as found:
        await inspect_file(_file(tmp_path, samples.a_pdf()), "a.pdf")
    assert found.value.fault is Fault.UNSAFE
