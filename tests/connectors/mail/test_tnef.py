"""Tests of the reader of winmail.dat, compared with tnefparse."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st
from tnefparse import TNEF  # type: ignore[import-untyped]

from connectors.mail.tnef import SIGNATURE, read_tnef
from tests.connectors.mail.raw_mail import attribute, winmail

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


def test_we_find_what_tnefparse_finds() -> None:
    raw = winmail("Both notes – signed.", first_note_pdf=PDF, photo_jpg=b"\xff\xd8\xff" + bytes(999))
    theirs, ours = TNEF(raw), read_tnef(raw)
    assert ours is not None
    assert [(one.name, one.content) for one in ours.files] == [
        (one.long_filename(), one.data) for one in theirs.attachments
    ]
    assert ours.text == theirs.body.decode("cp1252").rstrip("\0") == "Both notes – signed."


def test_a_body_in_properties_is_found() -> None:
    html = b"<p>Only here.</p>\0"
    padded = html + b"\0" * (-len(html) % 4)
    properties = struct.pack("<IHHII", 1, 0x0102, 0x1013, 1, len(html)) + padded
    raw = struct.pack("<IH", SIGNATURE, 1) + attribute(1, 0x9003, 6, properties)
    found = read_tnef(raw)
    assert found is not None
    assert found.html == "<p>Only here.</p>"


def test_a_property_with_a_name_is_stepped_over() -> None:
    name = "Keywords\0".encode("utf-16-le")
    padded = name + b"\0" * (-len(name) % 4)
    named = struct.pack("<HH16sII", 0x0003, 0x8001, bytes(16), 1, len(name)) + padded + struct.pack("<I", 7)
    text = b"Behind it.\0\0"
    body = struct.pack("<HHII", 0x001E, 0x1000, 1, len(text)) + text
    raw = struct.pack("<IH", SIGNATURE, 1) + attribute(1, 0x9003, 6, struct.pack("<I", 2) + named + body)
    found = read_tnef(raw)
    assert found is not None
    assert found.text == "Behind it."


@given(rest=st.binary(max_size=400))
def test_anything_behind_the_signature_ends(rest: bytes) -> None:
    found = read_tnef(struct.pack("<IH", SIGNATURE, 1) + rest)
    assert found is not None
    assert sum(len(file.content) for file in found.files) <= len(rest)
