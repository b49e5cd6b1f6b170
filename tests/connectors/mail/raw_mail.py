"""Builders of raw mails, byte for byte as they come over the network."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from textwrap import dedent

from core.inbound_mail import EmailKind

OURS = "<out-17.case+d1042.0123456789abcdef0123@disputes.acme.example>"
"""The Message-ID of a mail that we sent about D-1042."""
REPLY_TO = "case+d1042.0123456789abcdef0123@disputes.acme.example"
SERVER = "mx.acme.example"
CUSTOMER = "ap@nordwind.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A mail, and what a person would expect of it."""

    name: str
    raw: bytes
    kind: EmailKind = EmailKind.MESSAGE
    sender: str = CUSTOMER
    text: str | None = None
    """Exactly the text in the thread; None: any."""
    whole: str = ""
    """Words that are in the whole text at least."""
    files: tuple[str, ...] = ()
    failures: tuple[tuple[str, str, bool], ...] = ()
    """To whom, why, and whether for good."""
    answers: str | None = None
    """The first Message-ID that it answers, or, of a bounce, that came back."""
    warning: str = ""
    """Words of the warning; empty: there must be none."""
    note: str = ""
    """Words of the note; empty: there must be none."""
    is_doubted: bool = False


def crlf(text: str, charset: str = "utf-8") -> bytes:
    """The lines with the line ends of mail."""
    return dedent(text).lstrip("\n").replace("\n", "\r\n").encode(charset)


CONFIRMED = f"{SERVER}; dmarc=pass header.from=nordwind.example"
"""What the trusted server says of the customer's own mail."""


def mail(body: str | bytes, *headers: str, charset: str = "utf-8", **changed: str) -> bytes:
    """A plain reply of the customer's, with these headers more, or in place of the usual ones."""
    usual = {
        "Authentication-Results": CONFIRMED,
        "From": f"Jo Miller <{CUSTOMER}>",
        "To": f"Acme <{REPLY_TO}>",
        "Subject": "Re: Your dispute about invoice INV-2026-0001 [D-1042]",
        "Date": "Mon, 2 Mar 2026 10:15:00 +0100",
        "Message-ID": "<reply-1@nordwind.example>",
        "In-Reply-To": OURS,
        "MIME-Version": "1.0",
    }
    usual |= {name.replace("_", "-"): value for name, value in changed.items()}
    lines = [f"{name}: {value}" for name, value in usual.items() if value] + list(headers)
    if not any(line.lower().startswith("content-type") for line in lines):
        lines.append(f"Content-Type: text/plain; charset={charset}")
        lines.append("Content-Transfer-Encoding: 8bit")
    content = body if isinstance(body, bytes) else crlf(body, charset)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def multipart(
    *parts: bytes, kind: str = "mixed", boundary: str = "=_b1", more: str = ""
) -> tuple[str, bytes]:
    """The Content-Type line and the body."""
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    closing = b"--" + boundary.encode() + b"--\r\n"
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}', body + closing


def nested(*parts: bytes, kind: str = "alternative", boundary: str = "=_b2", more: str = "") -> bytes:
    """A multipart as a part."""
    line, body = multipart(*parts, kind=kind, boundary=boundary, more=more)
    return line.encode() + b"\r\n\r\n" + body


def text_part(text: str, kind: str = "plain", charset: str = "utf-8", *headers: str) -> bytes:
    lines = [f"Content-Type: text/{kind}; charset={charset}", "Content-Transfer-Encoding: 8bit", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + crlf(text, charset)


def file_part(name: str, media_type: str, content: bytes, *headers: str, how: str = "attachment") -> bytes:
    lines = [
        f'Content-Type: {media_type}; name="{name}"',
        f'Content-Disposition: {how}; filename="{name}"',
        "Content-Transfer-Encoding: base64",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")


def with_parts(
    *parts: bytes, kind: str = "mixed", more: str = "", boundary: str = "=_b1", **changed: str
) -> bytes:
    line, body = multipart(*parts, kind=kind, more=more, boundary=boundary)
    return mail(body, line, **changed)


def attribute(level: int, number: int, kind: int, data: bytes) -> bytes:
    """One attribute of a winmail.dat."""
    return struct.pack("<BHHI", level, number, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(text: str, **files: bytes) -> bytes:
    """A winmail.dat with these files; a file's name has `_` for its dot."""
    raw = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))
    raw += attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    raw += attribute(1, 0x800C, 2, text.encode("cp1252") + b"\0")
    for name, content in files.items():
        title = name.replace("_", ".")
        long_name = f"{title}\0".encode("utf-16-le")
        padded = long_name + b"\0" * (-len(long_name) % 4)
        properties = struct.pack("<IHHII", 1, 0x001F, 0x3707, 1, len(long_name)) + padded
        raw += attribute(2, 0x9002, 6, b"\0" * 14)
        raw += attribute(2, 0x8010, 1, title[:8].encode() + b"\0")
        raw += attribute(2, 0x800F, 6, content)
        raw += attribute(2, 0x9005, 6, properties)
    return raw
