"""Sample files of every type, ordinary and hostile, made here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

_PICTURES = Path(__file__).parent / "pictures"
GPS_IFD = 0x8825
BERLIN = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
SECRET = b"52.5200N-13.4050E"
"""Stands in every place where a camera or a program writes something down."""


def a_picture(width: int = 64, height: int = 48) -> Image.Image:
    """Every pixel of another colour, so that a turn or a change is seen."""
    picture = Image.new("RGB", (width, height))
    picture.putdata([(x * 3 % 256, y * 5 % 256, (x + y) % 256) for y in range(height) for x in range(width)])
    return picture


def some_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(GPS_IFD).update(BERLIN)
    return exif


def a_jpeg(*, orientation: int = 1, **options: Any) -> bytes:
    out = io.BytesIO()
    options.setdefault("icc_profile", b"icc" * 20)
    a_picture().save(out, "JPEG", exif=some_exif(orientation), comment=SECRET, **options)
    return out.getvalue()


def a_png(*, orientation: int = 1) -> bytes:
    out, text = io.BytesIO(), PngImagePlugin.PngInfo()
    text.add_text("Location", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    a_picture().save(out, "PNG", exif=some_exif(orientation), pnginfo=text)
    return out.getvalue()


def a_webp(*, orientation: int = 1, lossless: bool = False) -> bytes:
    out = io.BytesIO()
    a_picture().save(out, "WEBP", exif=some_exif(orientation), xmp=SECRET, lossless=lossless)
    return out.getvalue()


def a_gif() -> bytes:
    out = io.BytesIO()
    frames = [a_picture().convert("P"), a_picture().rotate(180).convert("P")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=SECRET, loop=0, duration=80)
    return out.getvalue()


def a_heic(name: str = "photo") -> bytes:
    """A file made once from `a_picture()`: what writes HEIC is under the GPL, and isn't installed.

    `photo` and `turned` have EXIF data, the latter turned by a quarter; `clear` has an alpha channel.
    """
    return (_PICTURES / f"{name}.heic").read_bytes()


def a_pdf(text: str = "Delivery note 4711", *, extra: bytes = b"") -> bytes:
    content = f"BT /F1 24 Tf 20 100 Td ({text}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R "
            b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(extra), extra),
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(objects) + 1,
            table,
            len(objects) + 1,
            len(out),
        )
    )


def a_zip(parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def a_docx(**more: bytes) -> bytes:
    return a_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>", **more})


def an_xlsx(**more: bytes) -> bytes:
    return a_zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>", **more})


def an_eml() -> bytes:
    return b"Received: from mx.example\r\nFrom: ana@nordwind.example\r\nSubject: Wrong\r\n\r\nHello"


def a_png_header(width: int, height: int) -> bytes:
    """A PNG that is a few bytes long and says that it is huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    header = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )
