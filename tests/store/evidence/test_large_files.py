"""Tests of large files: the process does not grow with them."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image

from store.evidence.inspect.run import inspect_file
from store.evidence.limits import MEGABYTE, PREVIEW_EDGE
from store.evidence.refusals import Fault, FileRejected
from tests.store.evidence import sample_files as samples

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
LARGE = 25 * MEGABYTE
MOST_KB = 250 * 1024


def _noise(edge: int) -> Image.Image:
    return Image.frombytes("RGB", (edge, edge), os.urandom(3 * edge * edge))


def _ten_files(folder: Path) -> list[Path]:
    """Four photos, three screenshots and three documents, of nearly 25 MB each and no two the same."""
    files = []
    for number in range(4):
        files.append(folder / f"photo {number}.jpg")
        _noise(3200).save(files[-1], "JPEG", quality=95, subsampling=0)
    for number in range(3):
        files.append(folder / f"screen {number}.png")
        _noise(2940).save(files[-1], "PNG", compress_level=1)
    for number in range(3):
        files.append(folder / f"note {number}.pdf")
        files[-1].write_bytes(samples.a_pdf(extra=os.urandom(LARGE - 2000)))
    return files


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from Linux's /proc")
async def test_ten_files_of_25_mb_at_once_leave_the_process_under_250_mb(
    sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "ombud.db")
    files = await asyncio.to_thread(_ten_files, tmp_path)
    sizes = [file.stat().st_size for file in files]
    assert all(23 * MEGABYTE < size <= LARGE for size in sizes), sizes
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.evidence.ten_large_files"),
        *(f"sqlite:///{tmp_path}/ombud.db", (tmp_path / "evidence").as_uri(), *map(str, files)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    seen = json.loads(said)
    print(seen)
    assert seen["ready"] == 10
    assert seen["bytes"] > 230 * MEGABYTE
    assert seen["ours"] < MOST_KB
    assert seen["a_worker's"] < MOST_KB


async def test_a_photo_of_a_hundred_megapixels_is_taken(tmp_path: Path) -> None:
    photo = tmp_path / "it"
    Image.new("L", (11_600, 8_700), 90).save(photo, "JPEG")
    examined = await inspect_file(photo, "photo.jpg")
    assert examined.preview is not None
    with Image.open(examined.preview) as preview:
        assert max(preview.size) == PREVIEW_EDGE


async def test_a_screenshot_of_a_hundred_megapixels_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (11_600, 8_700)).save(out, "PNG")
    (tmp_path / "it").write_bytes(out.getvalue())
    with pytest.raises(FileRejected) as found:
        await inspect_file(tmp_path / "it", "screen.png")
    assert found.value.fault is Fault.TOO_MANY_PIXELS
