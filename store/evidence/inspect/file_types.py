"""File types that are accepted, detected by content; the name must agree with it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

import puremagic

from store.evidence.inspect.office import office_kind
from store.evidence.names import ending_of
from store.evidence.refusals import Fault, FileRejected

_HEAD = 4096
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileType:
    """An accepted type. The first ending is the usual one."""

    label: str
    media_type: str
    endings: tuple[str, ...]
    is_picture: bool = False


JPEG = FileType("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), is_picture=True)
PNG = FileType("PNG", "image/png", (".png",), is_picture=True)
WEBP = FileType("WebP", "image/webp", (".webp",), is_picture=True)
GIF = FileType("GIF", "image/gif", (".gif",), is_picture=True)
HEIC = FileType("HEIC", "image/heic", (".heic", ".heif", ".hif"), is_picture=True)
PDF = FileType("PDF", "application/pdf", (".pdf",))
DOCX = FileType("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
XLSX = FileType("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
TEXT = FileType("TXT", "text/plain", (".txt",))
CSV = FileType("CSV", "text/csv", (".csv",))
EML = FileType("EML", "message/rfc822", (".eml",))

FILE_TYPES = (JPEG, PNG, WEBP, GIF, HEIC, PDF, DOCX, XLSX, TEXT, CSV, EML)
"""All accepted types."""
ENDINGS = {ending: kind for kind in FILE_TYPES for ending in kind.endings}
_OFFICE = {"docx": DOCX, "xlsx": XLSX}
_TEXTS = (TEXT, CSV, EML)

_FAULTY_ENDINGS = {
    Fault.WEB_PAGE: "htm html xhtml shtml mht mhtml svg svgz",
    Fault.PROGRAM: "exe dll com scr msi bat cmd ps1 vbs js jse wsf hta jar apk app sh py php lnk reg iso dmg",
    Fault.ARCHIVE: "zip rar 7z gz tgz tar bz2 xz cab ace arj lzh zst",
    Fault.VIDEO: "mp4 mov m4v avi mkv webm 3gp mpg mpeg wmv mp3 m4a wav ogg amr",
    Fault.TIFF: "tif tiff",
    Fault.OLD_OFFICE: "doc xls ppt dot xlt msg",
    Fault.MACROS: "docm xlsm dotm xltm xlsb xlam",
}
_FAULTS = {f".{ending}": fault for fault, endings in _FAULTY_ENDINGS.items() for ending in endings.split()}

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_MAGIC = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
)
_PROGRAMS = (b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(
    rb"\s*(<\?(xml|php)|<!doctype|<!--|</?(html|head|body|script|iframe|svg|table|style|title|meta|div|img|h1|a|p|br"
    rb"|font|form|object|embed|link|base|math)[\s>/])",
    re.IGNORECASE,
)
_MAIL_HEADER = re.compile(
    rb"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?"
    rb"(received|return-path|from|to|subject|date|message-id|mime-version|delivered-to|x-[a-z-]+):",
    re.IGNORECASE,
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_ENCODING_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def demand_ending(name: str) -> None:
    """Reject a file by its name, before its bytes come; without an ending, its content decides.

    Raises:
        FileRejected: with the most helpful sentence.
    """
    ending = ending_of(name)
    if ending and ending not in ENDINGS:
        raise FileRejected(_FAULTS.get(ending, Fault.WRONG_TYPE))


def detect_type(path: Path, name: str) -> FileType:
    """The type of the file at `path`.

    A picture may have the ending of another picture type: cameras and messengers mix them up, harmlessly.

    Raises:
        FileRejected: it isn't of an accepted type, or its name says otherwise.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise FileRejected(Fault.EMPTY)
    named = ENDINGS.get(ending_of(name))
    kind = _binary_kind(path, head) or _text_kind(path, head, named)
    if named and named is not kind and not (kind.is_picture and named.is_picture):
        raise FileRejected(Fault.MISNAMED, found=kind.label)
    demand_ending(name)
    return kind


def _binary_kind(path: Path, head: bytes) -> FileType | None:
    """None: it may be text."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS and b"avif" not in head[8:64]:
        return HEIC
    if head.startswith(b"PK\x03\x04"):
        return _OFFICE[office_kind(path)]
    if head.startswith(_OLE):
        raise FileRejected(Fault.OLD_OFFICE)
    if head.startswith(_PROGRAMS) or (head.startswith(b"MZ") and b"\0" in head):
        raise FileRejected(Fault.PROGRAM)
    return None


def _text_kind(path: Path, head: bytes, named: FileType | None) -> FileType:
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        raise FileRejected(Fault.WEB_PAGE)
    encoding = next((name for mark, name in _ENCODING_MARKS if head.startswith(mark)), None)
    if encoding is None and _CONTROL.search(head):
        raise FileRejected(_fault_by_magic(head))
    _demand_text(path, encoding)
    if encoding is not None and _MARKUP.match(head.decode(encoding, "ignore").encode()):
        raise FileRejected(Fault.WEB_PAGE)
    if named is EML and not _MAIL_HEADER.match(head):
        return TEXT
    return named if named and named in _TEXTS else TEXT


def _demand_text(path: Path, encoding: str | None) -> None:
    """Raises FileRejected unless all of it is text, in its byte order mark's encoding or any one-byte one."""
    decoder = codecs.getincrementaldecoder(encoding)() if encoding else None
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                plain = decoder.decode(chunk).encode(errors="strict") if decoder else chunk
            except UnicodeError:
                raise FileRejected(Fault.WRONG_TYPE) from None
            if _CONTROL.search(plain):
                raise FileRejected(Fault.WRONG_TYPE)


def _fault_by_magic(head: bytes) -> Fault:
    """The most helpful sentence for a type that isn't accepted, as puremagic detects it."""
    try:
        guesses = puremagic.magic_string(head)
    except puremagic.PureError:
        return Fault.WRONG_TYPE
    for guess in guesses:
        if guess.mime_type.startswith(("video/", "audio/")):
            return Fault.VIDEO
        if guess.extension.lower() in _FAULTS:
            return _FAULTS[guess.extension.lower()]
    return Fault.WRONG_TYPE
