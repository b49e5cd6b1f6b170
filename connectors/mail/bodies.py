"""A mail's contents: which of its parts are text, and which are files."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from connectors.mail.charsets import decode
from connectors.mail.headers import decode_words
from connectors.mail.html import to_text
from connectors.mail.mime import Part, default_name
from connectors.mail.tnef import read_tnef

MOST_FILES, MOST_FILE_BYTES = 50, 100 * 1024 * 1024
LONGEST_BODY, MOST_TEXT_BYTES = 1_000_000, 2_000_000
"""Bytes of one part, and of all parts, that are read as text; the rest is only in the whole mail."""
_NO_FILES = frozenset(
    "application/pkcs7-signature application/x-pkcs7-signature application/pgp-signature application/pgp-keys"
    " message/delivery-status text/rfc822-headers message/disposition-notification"
    " text/calendar application/ics".split()
)
"""Parts that mail programs make for each other. A calendar entry is in the text too."""
_SEALED = frozenset("application/pkcs7-mime application/x-pkcs7-mime multipart/encrypted".split())
_TEXTS = frozenset("text/plain text/html text/enriched text/markdown application/xhtml+xml".split())
_TNEF = frozenset("application/ms-tnef application/vnd.ms-tnef".split())


@dataclass(frozen=True, slots=True)
class MailFile:
    name: str
    media_type: str
    content: bytes = field(repr=False)
    is_inline: bool = False


@dataclass(slots=True)
class Contents:
    """What was collected so far: texts and files in their order, and notes for the reader."""

    texts: list[str] = field(default_factory=list)
    files: list[MailFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    bytes_left: int = MOST_FILE_BYTES
    text_left: int = MOST_TEXT_BYTES
    """How many more bytes are read as text, over all parts."""

    @property
    def text(self) -> str:
        return "\n".join(text for text in self.texts if text.strip())

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def read_contents(mail: Part, *, has_left_out: bool) -> Contents:
    contents = Contents()
    _take(mail, contents)
    if has_left_out:
        contents.note("It has more parts than I read.")
    if not contents.text and not contents.files:
        contents.note("It has no text that I can read.")
    return contents


def _take(part: Part, contents: Contents) -> None:
    kind = part.media_type
    if kind in _SEALED:
        contents.note("It is encrypted, so I can't read it.")
    elif part.children:
        _take_several(part, contents)
    elif kind in _TNEF or part.name.lower() == "winmail.dat":
        _take_winmail(part, contents)
    elif _is_text(part):
        _take_text(part, contents)
    elif kind not in _NO_FILES:
        _take_file(part, contents)


def _take_several(part: Part, contents: Contents) -> None:
    if part.media_type == "multipart/alternative":
        _take_alternatives(part, contents)
        return
    children = part.children[:1] if part.media_type == "multipart/signed" else part.children
    for child in children:
        _take(child, contents)


def _take_alternatives(part: Part, contents: Contents) -> None:
    """The text of the first alternative that has any, mostly the plain one; and the files of all."""
    best: Contents | None = None
    for child in part.children:
        tried = Contents(bytes_left=contents.bytes_left, text_left=contents.text_left)
        _take(child, tried)
        is_better = best is None or (not best.text.strip() and tried.text.strip())
        contents.files += tried.files
        contents.bytes_left, contents.text_left = tried.bytes_left, tried.text_left
        if is_better:
            best = tried
    if best is not None:
        contents.texts += best.texts
        for sentence in best.notes:
            contents.note(sentence)


def _is_text(part: Part) -> bool:
    """Whether the part is a body: a text with a name, or sent as an attachment, is a file."""
    if part.media_type not in (
        "text/plain",
        "text/html",
        "text/enriched",
        "text/markdown",
        "application/xhtml+xml",
    ):
        return part.media_type.startswith("multipart/")  # a multipart without parts: its lines are its text
    return part.disposition != "attachment" and not part.name


def _take_text(part: Part, contents: Contents) -> None:
    raw = part.body(min(LONGEST_BODY, contents.text_left))
    contents.text_left -= len(raw)
    text = decode(raw, part.headers.parameter("Content-Type", "charset") or _charset_in(part, raw))
    is_html = part.media_type in ("text/html", "application/xhtml+xml")
    contents.texts.append(to_text(text) if is_html else _unflowed(part, text))


def _charset_in(part: Part, raw: bytes) -> str:
    """The charset that the HTML page declares: some mails name it nowhere else."""
    if part.media_type != "text/html":
        return ""
    found = re.search(rb"charset=[\"' ]*([\w.:-]{1,40})", raw[:2_000], re.IGNORECASE)
    return found[1].decode("ascii", "replace") if found else ""


def _unflowed(part: Part, text: str) -> str:
    """RFC 3676: a line that ends in a space continues in the next."""
    if part.headers.parameter("Content-Type", "format").lower() != "flowed":
        return text
    joined: list[str] = []
    is_open = False
    for line in text.replace("\r\n", "\n").split("\n"):
        plain = line.removeprefix(" ")
        if is_open and not plain.startswith(">"):
            joined[-1] += plain
        else:
            joined.append(plain)
        is_open = plain.endswith(" ") and plain != "-- " and not plain.startswith(">")
    return "\n".join(joined)


def _take_file(part: Part, contents: Contents) -> None:
    name = part.name or _name_of_nested(part) or default_name(part, len(contents.files) + 1)
    has_place = part.headers.has("content-id") and part.disposition != "attachment"
    is_inline = has_place or part.disposition == "inline"
    _add(contents, MailFile(name, part.media_type, part.body(), is_inline=is_inline))


def _name_of_nested(part: Part) -> str:
    """A mail in the mail is named by its subject."""
    if part.media_type != "message/rfc822":
        return ""
    return f"{decode_words(part.nested_headers().first('subject'), 80) or 'mail'}.eml"


def _take_winmail(part: Part, contents: Contents) -> None:
    raw = part.body()
    winmail = read_tnef(raw)
    if winmail is None:
        _take_file(part, contents)
        return
    if not contents.text.strip():
        contents.texts.append(winmail.text or to_text(winmail.html))
    for number, file in enumerate(winmail.files, 1):
        name = file.name or f"attachment-{number}"
        _add(contents, MailFile(name, "application/octet-stream", file.content))


def _add(contents: Contents, file: MailFile) -> None:
    if len(contents.files) >= MOST_FILES or len(file.content) > contents.bytes_left:
        contents.note("It has more files than I take.")
        return
    contents.bytes_left -= len(file.content)
    contents.files.append(file)
