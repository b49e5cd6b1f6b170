"""Reasons of bounces, in a few plain words.

From the status code of RFC 3463 when it is specific, else from the phrases that mail servers use.
"""

from __future__ import annotations

import re

from connectors.mail.charsets import one_line

MAILBOX_FULL, MAILBOX_OFF, NO_ADDRESS = "mailbox full", "mailbox switched off", "no such address"
NO_DOMAIN, TOO_LARGE, MAIL_LOOP = "no such domain", "mail too large", "their server sends it in a circle"
REFUSED, UNREACHABLE = "refused by their server", "their server can't be reached"
NO_REASON = "their server gave it back without saying why"

_BY_STATUS = {
    MAILBOX_FULL: r"[45]\.2\.2",
    MAILBOX_OFF: r"[45]\.2\.1",
    NO_ADDRESS: r"[45]\.1\.(?:10|[0136])",
    NO_DOMAIN: r"[45]\.1\.2|5\.4\.4",
    TOO_LARGE: r"[45]\.2\.3|5\.3\.4",
    MAIL_LOOP: r"[45]\.4\.(?:6|14)",
    REFUSED: r"[45]\.7\.\d+",
    UNREACHABLE: r"[45]\.4\.\d+",
}
_BY_WORDS = {
    MAILBOX_FULL: (
        r"mailbox (?:is )?full|over ?quota|quota exceeded|exceeded .{0,30}quota|insufficient .{0,20}storage"
        r"|postfach.{0,20}voll"
    ),
    MAILBOX_OFF: r"(?:account|mailbox|user).{0,20}(?:disabled|inactive|suspended|deactivated)",
    NO_ADDRESS: (
        r"user unknown|unknown user|no such (?:user|address|recipient|mailbox)|does(?:n't| not) exist"
        r"|user not found|no mailbox|(?:address|recipient) rejected|invalid recipient|unbekannt"
        r"|mailbox unavailable"
    ),
    NO_DOMAIN: (
        r"(?:host|domain)(?: or domain name)? not found|no such domain|unrouteable|nullmx|name service error"
    ),
    TOO_LARGE: r"message (?:size|too large)|exceeds .{0,30}size",
    MAIL_LOOP: r"too many hops|mail loop",
    REFUSED: r"spam|blocked|blacklist|blocklist|denied|policy|reputation|content rejected",
    UNREACHABLE: r"timed out|connection refused|no route|retry timeout|(?:could not|unable to) connect",
}
_STATUS = re.compile(r"\b[45]\.\d\.\d{1,3}\b")


def reason_of_report(status: str, diagnostic: str) -> str:
    """The reason in a report with both fields, one or none. "Refused" is too general: text comes first."""
    if not _STATUS.match(status.strip()) or status.strip().endswith(".0.0"):  # which means "other"
        status = next(iter(_STATUS.findall(diagnostic[:2_000])), "")
    by_status = next((why for why, code in _BY_STATUS.items() if re.match(rf"(?:{code})\b", status)), None)
    if by_status in (None, REFUSED):
        return _by_words(diagnostic) or by_status or _own_words(diagnostic)
    return by_status or NO_REASON


def reason_in_text(text: str) -> str:
    """The reason in a report that has only text for people."""
    return _by_words(text) or NO_REASON


def _by_words(text: str) -> str | None:
    bounded = text[:4_000]
    return next((why for why, said in _BY_WORDS.items() if re.search(said, bounded, re.IGNORECASE)), None)


def _own_words(diagnostic: str) -> str:
    said = one_line(diagnostic.partition(";")[2] or diagnostic, 120)
    return f"their server says “{said}”" if said else NO_REASON
