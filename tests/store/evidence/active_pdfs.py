"""PDF files that would do something, and those that look like them and wouldn't; each made with qpdf."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

INVOICE = (
    b'<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>'
)


def a_pdf_with(change: Callable[[Pdf], None], *, packed: bool = False, password: str | None = None) -> bytes:
    """One page, changed; `packed` puts its objects into compressed streams."""
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page(page_size=(300, 200))
    change(document)
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    lock = False if password is None else pikepdf.Encryption(owner="owner", user=password)
    document.save(out, object_stream_mode=mode, encryption=lock)
    return out.getvalue()


def action(**entries: Any) -> Dictionary:

    return Dictionary(Type=Name.Action, **entries)


def fresh(entries: Dictionary) -> Object:
    """A copy, since an object belongs to the first document that takes it."""
    return Object.parse(entries.unparse(resolved=True))


def opening(entries: Dictionary) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        document.Root.OpenAction = fresh(entries)

    return change


def clicking(entries: Dictionary) -> Callable[[Pdf], None]:
    """An annotation whose action waits for a click."""
    return annotated(Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=entries))


def annotated(annotation: Dictionary) -> Callable[[Pdf], None]:
    return lambda document: _annotate(document, fresh(annotation))


def _annotate(document: Pdf, annotation: Object) -> None:
    document.pages[0].obj.Annots = Array([document.make_indirect(annotation)])


def attaching(name: str, content: bytes) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)

    return change


def noting(name: str, content: bytes) -> Callable[[Pdf], None]:
    """The file hangs on a pin on the page."""

    def change(document: Pdf) -> None:
        file = Dictionary(Type=Name.Filespec, F=name, UF=name, EF=Dictionary(F=Stream(document, content)))
        _annotate(document, Dictionary(Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]), FS=file))

    return change


def with_form(packet: bytes) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        document.Root.AcroForm = Dictionary(XFA=Array(["template", Stream(document, packet)]), Fields=Array())

    return change


def with_entry(name: str, entries: Dictionary) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        document.Root[name] = fresh(entries)

    return change


def a_circle(document: Pdf) -> None:
    one, two = (document.make_indirect(Dictionary()) for _ in range(2))
    one.Next, two.Next = two, one
    one.Self = one
    document.Root.Outlines = one


def many_objects(number: int) -> Callable[[Pdf], None]:
    def change(document: Pdf) -> None:
        made = [document.make_indirect(Dictionary(S=Name.P, K=place)) for place in range(number)]
        document.Root.StructTreeRoot = Dictionary(K=Array(made))

    return change


def a_bomb(megabytes: int) -> bytes:
    """An action hidden in a compressed stream of objects that few programs can unpack."""
    packer = zlib.compressobj(9)
    pieces = [packer.compress(b"10 0 << /S /JavaScript /JS (")]
    pieces += [packer.compress(b"a" * 1_000_000) for _ in range(megabytes)]
    packed = b"".join((*pieces, packer.compress(b") >>"), packer.flush()))
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 10 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
        b"<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(packed), packed),
    )
    out, rows = b"%PDF-1.5\n", [bytes(7)]
    for number, body in enumerate(bodies, 1):
        rows.append(b"\1" + len(out).to_bytes(4, "big") + b"\0\0")
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows += [b"\1" + len(out).to_bytes(4, "big") + b"\0\0", *[bytes(7)] * 4, b"\2\0\0\0\4\0\0"]
    table = b"".join(rows)
    return out + (
        b"5 0 obj\n<< /Type /XRef /Size 11 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\n"
        b"endobj\nstartxref\n%d\n%%%%EOF\n" % (len(table), table, len(out))
    )
