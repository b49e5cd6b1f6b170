"""Bounces: which of our mails failed, for which recipients, and why.

Delivery reports of RFC 3464 are read here, because they give the reason; other formats are left to
flufl.bounce, which knows most of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from logging import getLogger

from flufl.bounce import all_failures

from connectors.mail.bounce_reasons import reason_in_text, reason_of_report
from connectors.mail.charsets import decode
from connectors.mail.headers import Headers, message_ids, parse_address, read_headers
from connectors.mail.mime import Part
from core.inbound_mail import DeliveryFailure

MOST_FAILURES = 20
_RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"})
_ID_LINE = re.compile(rb"^[> ]*Message-I[Dd]:[ \t]*(<[^<>\s]{1,250}>)", re.MULTILINE)
_MOST_READ, _MOST_WORDS = 200_000, 20_000
"""Bytes that are read of a report and of its text; after that comes the returned mail."""
_MOST_BOUNDARIES = 20
"""For the standard library's parser, which compares every line with every open boundary."""
_FAILED, _DELAYED = ("fail", "error"), ("delay",)
_NAMES_OF_DAEMONS = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-?delivery|mailerdaemon|mdaemon)\b", re.IGNORECASE
)
_SUBJECTS = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|report)|returned mail|mail delivery|failure notice"
    r"|unzustellbar|nicht zugestellt|non remis|échec de la remise|no se puede entregar"
    r"|delayed mail|delivery delayed",
    re.IGNORECASE,
)
getLogger("flufl.bounce").setLevel("CRITICAL")


def is_report(mail: Part, envelope_sender: str | None) -> bool:
    """Whether this may be a bounce: it has a delivery report in it, or an empty sender."""
    if is_report_by_form(mail) or mail.headers.has("x-failed-recipients"):
        return True
    if _NAMES_OF_DAEMONS.search(mail.headers.first("from").split("@")[0]):
        return True
    is_null = envelope_sender == "" or mail.headers.first("return-path").strip() == "<>"
    return is_null and bool(_SUBJECTS.search(mail.headers.first("subject")))


def is_report_by_form(mail: Part) -> bool:
    """Whether it has the part of RFC 3464, or declares itself a delivery report."""
    if mail.headers.parameter("Content-Type", "report-type").lower() == "delivery-status":
        return True
    return any(part.media_type == "message/delivery-status" for part in mail.all())


def failures_in(mail: Part) -> tuple[DeliveryFailure, ...]:
    """The failure of each recipient in the report. A delay is not final; a delivered mail is no failure."""
    ours = _id_of_ours(mail)
    words = _report_text(mail)
    found = [one for part in mail.all() for one in _of_status(part, ours, words)]
    if not found and not is_report_by_form(mail):
        found = _from_known_formats(mail, ours)
    unique = {failure.to: failure for failure in found if failure.to}
    return tuple(unique.values())[:MOST_FAILURES]


def _of_status(part: Part, ours: str | None, words: str) -> Iterator[DeliveryFailure]:
    if part.media_type != "message/delivery-status":
        return
    for block in re.split(rb"\r?\n[ \t]*\r?\n", part.body(_MOST_READ), maxsplit=2 * MOST_FAILURES):
        fields = read_headers(block.strip())
        action = fields.first("action").lower()
        if not action.startswith(_FAILED + _DELAYED):
            continue
        to = _recipient(fields)
        if not to:
            continue
        diagnostic = fields.first("diagnostic-code") or _diagnostic_for(to, words)
        yield DeliveryFailure(
            to=to,
            why=reason_of_report(fields.first("status"), diagnostic),
            is_final=action.startswith(_FAILED),
            message_id=ours,
        )


def _recipient(fields: Headers) -> str:
    for name in ("original-recipient", "final-recipient"):
        address = parse_address(fields.first(name).rpartition(";")[2].strip())
        if address:
            return address
    return ""


def _report_text(mail: Part) -> str:
    """The report's text for people."""
    texts = (part for part in mail.all() if part.media_type == "text/plain" and not part.children)
    first = next(texts, None)
    return decode(first.body(_MOST_WORDS)) if first is not None else ""


def _diagnostic_for(to: str, words: str) -> str:
    """The line about this recipient: OpenSMTPD and others give the reason only there."""
    _, found, behind = words.partition(to)
    return behind.strip().splitlines()[0].lstrip(">: ") if found and behind.strip() else ""


def _from_known_formats(mail: Part, ours: str | None) -> list[DeliveryFailure]:
    """Failures in reports without the part of RFC 3464. A mail without failures isn't a bounce."""
    raw = mail.raw[: mail.start + _MOST_READ]
    delayed, failed = _run_detectors(raw)
    named = [parse_address(each) for each in mail.headers.first("x-failed-recipients").split(",")]
    final = {parse_address(decode(each)) for each in failed} | set(filter(None, named))
    text = decode(raw[mail.start :])
    why = reason_in_text(text.partition("Message-ID:")[0])
    return [DeliveryFailure(to=to, why=why, message_id=ours) for to in sorted(final)] + [
        DeliveryFailure(to=parse_address(decode(to)), why=why, is_final=False, message_id=ours)
        for to in sorted(delayed)
    ]


def _run_detectors(raw: bytes) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Recipients with a delay, and recipients with a failure."""
    if raw.lower().count(b"boundary") > _MOST_BOUNDARIES:
        return frozenset(), frozenset()
    try:
        return all_failures(message_from_bytes(raw))
    except Exception:  # noqa: BLE001 - eighteen detectors, each for one server's format
        return frozenset(), frozenset()


def _id_of_ours(mail: Part) -> str | None:
    """The Message-ID of the returned mail, from whichever part of it is included."""
    for part in mail.all():
        if part.media_type in _RETURNED:
            ids = message_ids(part.nested_headers().first("message-id"))
            if ids:
                return ids[0]
    found = _ID_LINE.search(mail.raw, mail.start, min(mail.end, mail.start + _MOST_READ))
    return found[1].decode("ascii", "replace") if found else None
