"""Classification of mail: a person's message, an automatic reply, or our own mail in a loop.

RFC 3834 and the headers that were used before it. Mail with a mailing list's `Precedence: list` is still a
person's: many companies receive invoices at a group address.
"""

from __future__ import annotations

import re

from connectors.mail.headers import Headers
from core.inbound_mail import EmailKind

OUR_HEADER = "x-ombud"
_MOST_HOPS = 40
"""More Received headers than any real route has: the mail loops."""
_AUTO_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "bulk", "junk"})
_AUTO_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-reply-from", "x-mail-autoreply", "x-facebook-notify")
_AUTO_SUBJECT = re.compile(
    r"(?:automatic reply|auto(?:matic|mated)? ?(?:reply|response)|out of (?:the )?office|ooo\b"
    r"|automatische antwort|abwesenheits|abwesend|automatisch beantwortet"
    r"|r[ée]ponse automatique|absence du bureau|respuesta autom[áa]tica|fuera de la oficina"
    r"|risposta automatica|automatisch antwoord)",
    re.IGNORECASE,
)
_RECEIPT_TYPES = ("disposition-notification", "feedback-report")
MACHINE_WARNING = "A machine sent this, so it counts as an answer only if you accept it."


def classify_email(headers: Headers, subject: str) -> EmailKind:
    """Without bounces, which `bounces` detects."""
    if headers.has(OUR_HEADER) or sum(1 for _ in headers.every("received")) > _MOST_HOPS:
        return EmailKind.LOOP
    if _is_auto_reply(headers) or _AUTO_SUBJECT.match(subject):
        return EmailKind.AUTO_REPLY
    return EmailKind.MESSAGE


def is_by_machine(headers: Headers) -> bool:
    """Not an automatic reply, but maybe not a person's: a customer's ticket system marks all its mail so."""
    return _first_word(headers.first("auto-submitted")) in ("auto-generated", "auto-notified")


def _is_auto_reply(headers: Headers) -> bool:
    if _first_word(headers.first("auto-submitted")) == "auto-replied":
        return True
    if _first_word(headers.first("precedence")) in _AUTO_PRECEDENCE:
        return True
    if headers.first("x-autoreply").lower() == "no":
        return False
    report = headers.parameter("Content-Type", "report-type").lower()
    return any(headers.has(name) for name in _AUTO_HEADERS) or report in _RECEIPT_TYPES


def _first_word(value: str) -> str:
    return re.split(r"[\s;(]", value.strip().lower(), maxsplit=1)[0]
