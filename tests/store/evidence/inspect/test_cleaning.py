"""Tests of cleaning: the picture stays, the metadata goes."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps

from store.evidence.inspect.cleaning import clean
from store.evidence.inspect.file_types import GIF, HEIC, JPEG, PDF, PNG, WEBP, FileType
from store.evidence.refusals import Fault, FileRejected
from tests.fixtures.effort import tries
from tests.store.evidence import sample_files as samples

SAMPLES: dict[FileType, Callable[[], bytes]] = {
    JPEG: samples.a_jpeg,
    PNG: samples.a_png,
    WEBP: samples.a_webp,
    GIF: samples.a_gif,
}


def _cleaned(tmp_path: Path, kind: FileType, content: bytes) -> bytes:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(content)
    clean(kind, source, target)
    return target.read_bytes()


def _fault(tmp_path: Path, kind: FileType, content: bytes) -> Fault:
    with pytest.raises(FileRejected) as found:
        _cleaned(tmp_path, kind, content)
    return found.value.fault


def _open(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def _is_same(one: Image.Image, other: Image.Image) -> bool:
    return (
        one.size == other.size
        and not ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox()
    )


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.label)
def test_a_picture_stays_as_it_is_and_place_device_and_comments_go(tmp_path: Path, kind: FileType) -> None:
    content = SAMPLES[kind]()
    assert samples.SECRET in content
    cleaned = _cleaned(tmp_path, kind, content)
    assert samples.SECRET not in cleaned
    picture = _open(cleaned)
    assert not picture.getexif().get_ifd(samples.GPS_IFD)
    assert _is_same(picture, _open(content))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", [JPEG, PNG, WEBP], ids=lambda kind: kind.label)
def test_a_picture_stays_the_right_way_up(tmp_path: Path, kind: FileType, orientation: int) -> None:
    make: dict[FileType, Callable[..., bytes]] = {
        JPEG: samples.a_jpeg,
        PNG: samples.a_png,
        WEBP: samples.a_webp,
    }
    content = make[kind](orientation=orientation)
    cleaned = _open(_cleaned(tmp_path, kind, content))
    assert dict(cleaned.getexif()) == ({} if orientation == 1 else {0x0112: orientation})
    assert _is_same(ImageOps.exif_transpose(cleaned), ImageOps.exif_transpose(_open(content)))


@pytest.mark.parametrize("marker", [0xE0, 0xE1, 0xE2, 0xE3, 0xED, 0xEE, 0xEF, 0xFE])
def test_no_segment_tells_more_than_the_picture(tmp_path: Path, marker: int) -> None:
    """Thumbnails, second pictures, makers' notes, captions: each has a segment of its own kind."""
    content = samples.a_jpeg()
    body = b"MPF\x00" + samples.SECRET * 3
    segment = bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body
    cleaned = _cleaned(tmp_path, JPEG, content[:2] + segment + content[2:])
    assert samples.SECRET not in cleaned
    assert _is_same(_open(cleaned), _open(content))


def test_a_photo_keeps_its_colour_profile(tmp_path: Path) -> None:
    assert _open(_cleaned(tmp_path, JPEG, samples.a_jpeg())).info["icc_profile"] == b"icc" * 20


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_blocks": 2}, {"subsampling": 0}])
def test_every_sort_of_jpeg_keeps_its_picture(tmp_path: Path, options: dict[str, Any]) -> None:
    content = samples.a_jpeg(**options)
    assert _is_same(_open(_cleaned(tmp_path, JPEG, content)), _open(content))


def test_a_jpeg_for_print_keeps_its_colours(tmp_path: Path) -> None:
    out = io.BytesIO()
    samples.a_picture().convert("CMYK").save(out, "JPEG")
    assert _is_same(_open(_cleaned(tmp_path, JPEG, out.getvalue())), _open(out.getvalue()))


def test_an_animation_goes_on_moving(tmp_path: Path) -> None:
    cleaned = _open(_cleaned(tmp_path, GIF, samples.a_gif()))
    assert (getattr(cleaned, "n_frames", 1), cleaned.info["loop"], cleaned.info["duration"]) == (2, 0, 80)


def test_a_heic_becomes_a_jpeg_without_its_place(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(samples.a_heic())
    assert clean(HEIC, source, target) is JPEG
    picture = _open(target.read_bytes())
    assert (picture.format, picture.size) == ("JPEG", (64, 48))
    assert samples.SECRET not in target.read_bytes()
    assert not picture.getexif()


@pytest.mark.parametrize(
    ("name", "size"), [("turned", (48, 64)), ("clear", (64, 48)), ("ten_bits", (64, 48))]
)
def test_every_sort_of_heic_becomes_a_jpeg_the_right_way_up(
    tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(samples.a_heic(name))
    clean(HEIC, source, target)
    assert (_open(target.read_bytes()).size, b"Exif" in target.read_bytes()) == (size, False)


def test_a_document_is_left_as_it_is(tmp_path: Path) -> None:
    assert clean(PDF, tmp_path / "source", tmp_path / "target") is PDF
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.label)
@pytest.mark.parametrize(
    "hidden", [samples.a_zip({"run.class": b"x"}), samples.a_pdf(), b"<script>alert(1)</script>", b"<?php 1;"]
)
def test_a_picture_with_another_file_behind_it_is_refused(
    tmp_path: Path, kind: FileType, hidden: bytes
) -> None:
    assert _fault(tmp_path, kind, SAMPLES[kind]() + b"\n" + hidden) is Fault.HIDDEN


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.label)
def test_the_film_that_a_phone_appends_is_cut_off(tmp_path: Path, kind: FileType) -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + samples.SECRET * 10
    cleaned = _cleaned(tmp_path, kind, SAMPLES[kind]() + film)
    assert b"ftyp" not in cleaned
    assert _is_same(_open(cleaned), _open(SAMPLES[kind]()))


def test_a_picture_of_too_many_pixels_is_refused_unopened(tmp_path: Path) -> None:
    assert _fault(tmp_path, PNG, samples.a_png_header(50_000, 50_000)) is Fault.TOO_MANY_PIXELS
    frame = samples.a_jpeg()
    at = frame.index(b"\xff\xc0") + 5
    assert _fault(tmp_path, JPEG, frame[:at] + b"\xff\xff\xff\xff" + frame[at + 4 :]) is Fault.TOO_MANY_PIXELS
    gif = samples.a_gif()
    assert _fault(tmp_path, GIF, gif[:6] + b"\xff\xff\xff\xff" + gif[10:]) is Fault.TOO_MANY_PIXELS
    webp = samples.a_webp()
    at = webp.index(b"VP8X") + 12
    assert _fault(tmp_path, WEBP, webp[:at] + b"\xff\xff\xff" * 2 + webp[at + 6 :]) is Fault.TOO_MANY_PIXELS


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.label)
def test_a_picture_cleaned_twice_is_the_same_again(tmp_path: Path, kind: FileType) -> None:
    once = _cleaned(tmp_path, kind, SAMPLES[kind]())
    assert _cleaned(tmp_path, kind, once) == once


@settings(max_examples=tries(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(list(SAMPLES)),
    st.integers(0, 10_000),
    st.binary(min_size=1, max_size=8),
    st.booleans(),
)
def test_a_broken_picture_is_cleaned_or_refused_and_nothing_else(
    tmp_path: Path, kind: FileType, at: int, noise: bytes, is_cut: bool
) -> None:
    content = SAMPLES[kind]()
    at = max(12, at % len(content))
    broken = content[:at] + noise + (b"" if is_cut else content[at + len(noise) :])
    try:
        cleaned = _cleaned(tmp_path, kind, broken)
    except FileRejected:
        return
    assert len(cleaned) <= len(broken) + 100
