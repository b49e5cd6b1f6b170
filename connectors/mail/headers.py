"""Reader of mail headers: lenient, with limits on count and length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from connectors.mail.charsets import decode, one_line
from core.email_address import LONGEST_EMAIL, is_email_address

MOST_HEADERS, LONGEST_HEADER, LONGEST_BLOCK = 400, 8_000, 256 * 1024
MOST_ADDRESSES, MOST_IDS = 100, 50
LONGEST_SUBJECT, LONGEST_NAME = 500, 200
_FIELD = re.compile(rb"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
_ID = re.compile(r"<([^<>\s]{1,250})>")


@dataclass(frozen=True, slots=True)
class Headers:
    """Names in lower case, values unfolded, in their order in the mail."""

    fields: tuple[tuple[str, str], ...]
    cut_fields: frozenset[str] = frozenset()
    """Names of the headers of which a part was too long to be read."""
    is_cut: bool = False
    """Whether there are more headers than were read."""

    def first(self, name: str) -> str:
        """Empty when there is none."""
        return next(self.every(name), "")

    def every(self, name: str) -> Iterator[str]:
        return (value for known, value in self.fields if known == name)

    def has(self, name: str) -> bool:
        return any(known == name for known, _ in self.fields)

    def parameter(self, header: str, name: str) -> str:
        """A parameter such as `charset` of `Content-Type`, in any of its notations."""
        message = Message()
        message[header] = self.first(header.lower())
        with suppress(Exception):  # the standard library raises many types of errors here
            found = message.get_param(name, header=header)
            if isinstance(found, tuple):
                charset, _, text = found
                return decode(text.encode("latin-1", "replace"), charset or "")
            return str(found) if found else ""
        return ""

    @property
    def media_type(self) -> str:
        """`text/plain` when there is none that can be read."""
        written = self.first("content-type").partition(";")[0].strip().lower()
        return written if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,100}", written) else "text/plain"


def read_headers(block: bytes) -> Headers:
    """The headers in the bytes before the first empty line."""
    lines = re.split(rb"\r?\n(?![ \t])", block[:LONGEST_BLOCK], maxsplit=MOST_HEADERS)
    fields, cut = [], set()
    for line in lines[:MOST_HEADERS]:
        found = _FIELD.match(line[:LONGEST_HEADER])
        if found:
            name, value = found[1].decode("ascii").lower(), re.sub(rb"\r?\n[ \t]+", b" ", found[2]).strip()
            fields.append((name, decode(value)))
            if len(line) > LONGEST_HEADER:
                cut.add(name)
    is_cut = len(block) > LONGEST_BLOCK or len(lines) > MOST_HEADERS
    return Headers(tuple(fields), frozenset(cut), is_cut)


def decode_words(value: str, longest: int = LONGEST_SUBJECT) -> str:
    """A subject or a name with its encoded words decoded, as one line."""
    if "=?" not in value:
        return one_line(value, longest)
    try:
        pieces = decode_header(value[:LONGEST_HEADER])
    except Exception:  # noqa: BLE001 - an encoded word that claims to be base64 and isn't
        return one_line(value, longest)
    text = "".join(
        piece if isinstance(piece, str) else decode(piece, charset or "") for piece, charset in pieces
    )
    return one_line(text, longest)


def parse_addresses(*values: str) -> list[tuple[str, str]]:
    """Name and address of each person named; addresses in lower case, only valid ones."""
    try:
        pairs = getaddresses([value[:LONGEST_HEADER] for value in values if value])
    except Exception:  # noqa: BLE001 - comments in comments in comments
        return []
    found = []
    for name, address in pairs[: 2 * MOST_ADDRESSES]:
        plain = parse_address(address)
        if plain:
            found.append((decode_words(name, LONGEST_NAME), plain))
    return found[:MOST_ADDRESSES]


def parse_address(text: str) -> str:
    """In lower case without angle brackets; empty when it isn't an address."""
    plain = one_line(text, 2 * LONGEST_EMAIL).strip("<>' ").lower()
    return plain if is_email_address(plain) else ""


def message_ids(*values: str) -> tuple[str, ...]:
    """Each with its angle brackets, once, in the given order."""
    found = (f"<{one_line(each, 250)}>" for value in values for each in _ID.findall(value[:LONGEST_HEADER]))
    return tuple(dict.fromkeys(found))[:MOST_IDS]


def references(headers: Headers) -> tuple[str, ...]:
    """The mails that this one replies to, nearest first: In-Reply-To, then References from its end."""
    answered = message_ids(*headers.every("in-reply-to"))
    line = " ".join(headers.every("references"))
    return tuple(dict.fromkeys(answered + message_ids(line)[::-1]))[:MOST_IDS]


def read_date(value: str) -> datetime | None:
    with suppress(Exception):  # year 0, invalid months
        found = parsedate_to_datetime(value[:200])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return None
