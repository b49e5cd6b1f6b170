"""Replies of the mail server, mapped to TryAgain and GiveUp with a remedy for people.

Reply codes: RFC 5321, 4.2; enhanced codes (`5.2.2`): RFC 3463 and the IANA registry of enhanced status codes.
"""

from __future__ import annotations

import re
import ssl

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPConnectResponseError,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPTimeoutError,
)

from connectors.errors import GiveUp, TryAgain

_FINE_CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_RELAYING = re.compile(r"relay", re.IGNORECASE)
_MUST_LOG_IN = frozenset({530, 534, 538})
_HANGS_UP = 421
_WHY = {
    "1.1": "no such address",
    "1.2": "no such mail domain",
    "1.3": "the address is wrong",
    "1.6": "the mailbox has moved",
    "1.10": "the domain takes no mail",
    "2.1": "the mailbox is closed",
    "2.2": "mailbox full",
    "2.3": "too large for the mailbox",
    "3.4": "too large for their server",
    "4.4": "no such mail domain",
    "6.7": "their server can't take an address with such letters",
    "7.1": "refused by their server",
    "7.26": "refused by their server: it doubts that the mail is ours",
}
_LONGEST_WHY = 160


class RecipientRefused(GiveUp):
    """The server refuses this mail for this address, not others. `why` is a few words for the case."""

    def __init__(self, to: str, why: str) -> None:
        super().__init__(f"Mail to {to} was refused: {why}.", "Correct the customer's address.")
        self.to = to
        self.why = why


class RecipientDeferred(TryAgain):
    """The server defers this mail for this address; it may accept others."""

    def __init__(self, to: str, why: str) -> None:
        super().__init__(f"Mail to {to} is put off: {why}.")
        self.to = to
        self.why = why


class BadMailServer(GiveUp):
    """A problem of the installation: no mail can be sent until it is fixed."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, remedy, is_whole_lane=True)


def error_for_reply(trouble: Exception, *, step: str, to: str = "") -> TryAgain | GiveUp:
    """The error for a refusal at one step of a mail: its `sender`, its `recipient` or its `content`."""
    if isinstance(trouble, SMTPResponseException) and trouble.code > 0:
        return _of_reply(trouble, step, to)
    if isinstance(trouble, SMTPNotSupported | ValueError):
        return RecipientRefused(to, _WHY["6.7"])
    is_unknown = step == "content"
    return TryAgain(f"The mail server broke off ({type(trouble).__name__}).", is_unknown=is_unknown)


def error_for_connecting(trouble: Exception, *, has_login: bool) -> TryAgain | GiveUp:
    """The error for a failure before any mail: nothing was sent."""
    certificate = _certificate_trouble(trouble)
    if certificate is not None:
        return certificate
    match trouble:
        case SMTPAuthenticationError() if _is_final(trouble.code):
            return BadMailServer(
                "The mail server doesn't accept the user and password.", "Correct them in SMTP_URL."
            )
        case SMTPConnectResponseError() | SMTPResponseException() if _is_final(trouble.code):
            return BadMailServer(
                f"The mail server turns us away ({trouble.code}).",
                "Ask whoever runs it to let this machine in, or correct SMTP_URL.",
            )
        case SMTPNotSupported() if has_login:
            return BadMailServer(
                "The mail server takes no logins this way.",
                "Use its submission port (587 or 465), or leave user and password out of SMTP_URL.",
            )
        case SMTPTimeoutError() | SMTPConnectError() | OSError():
            return TryAgain("The mail server can't be reached.")
        case _:
            return TryAgain(f"The mail server has trouble ({type(trouble).__name__}).")


def reason_for_reply(code: int, text: str) -> str:
    """For example `mailbox full`; the server's own words when we don't know the code."""
    fine = _FINE_CODE.search(text)
    known = _WHY.get(f"{fine[2]}.{fine[3]}") if fine else None
    if known:
        return known
    said = " ".join(_FINE_CODE.sub("", text).split())[:_LONGEST_WHY].strip(" .:;")
    return said or f"refused with code {code}"


def _of_reply(trouble: SMTPResponseException, step: str, to: str) -> TryAgain | GiveUp:
    code, text = trouble.code, trouble.message
    if not _is_final(code):
        if _is_about_this_mail(code, text, step):
            return RecipientDeferred(to, reason_for_reply(code, text))
        return TryAgain(f"The mail server puts us off ({code}).")
    if code in _MUST_LOG_IN:
        return BadMailServer("The mail server wants a login first.", "Put user and password into SMTP_URL.")
    if step == "sender":
        return BadMailServer(
            f"The mail server doesn't let us send as this address ({code}).",
            "Let the account of SMTP_URL send for MAIL_DOMAIN and MAIL_FROM.",
        )
    if step == "recipient" and _RELAYING.search(text):
        return BadMailServer(
            "The mail server doesn't pass mail on to others for us.",
            "Put user and password into SMTP_URL, or let this machine relay.",
        )
    return RecipientRefused(to, reason_for_reply(code, text))


def _is_about_this_mail(code: int, text: str, step: str) -> bool:
    """False when the server has a problem of its own (RFC 3463: x.3.x) or closes: then all mails wait."""
    fine = _FINE_CODE.search(text)
    if step == "sender" or code == _HANGS_UP or (fine and fine[2] == "3"):
        return False
    return step == "recipient" or fine is not None


def _is_final(code: int) -> bool:
    return 500 <= code < 600


def _certificate_trouble(trouble: BaseException | None) -> GiveUp | None:
    """A certificate error anywhere among its causes."""
    while trouble is not None:
        if isinstance(trouble, ssl.SSLCertVerificationError):
            return BadMailServer(
                f"The mail server's certificate can't be trusted: {trouble.verify_message}.",
                "Use the name that stands in it, or point SSL_CERT_FILE to the authority that signed it.",
            )
        trouble = trouble.__cause__ or trouble.__context__
    return None
