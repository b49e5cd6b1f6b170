"""E-mail address: the one form that is accepted, whether it was typed, sent by a system or read in a mail.

Narrower than RFC 5321, which also allows quoted local parts, address literals (`a@[127.0.0.1]`) and source
routes. No company receives invoices at those, and mail servers and command lines have read commands in them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category

import idna

LONGEST_EMAIL, LONGEST_LOCAL, LONGEST_DOMAIN = 254, 64, 253
"""Octets, with the domain in ASCII (RFC 5321, 4.5.3.1, and erratum 1690 of RFC 3696)."""
_LOCAL = re.compile(r"\w[\w#$&'*+/=?^{}~-]*(?:\.[\w#$&'*+/=?^{}~-]+)*")
"""Without `!`, `%` and `|`, which some servers take for routes and commands; a dash can't be the first."""
_ASCII_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z])[a-z0-9-]{2,63}(?<!-)")
"""At least two labels; the last begins with a letter, so that it is no IP address."""


class NotAnAddress(ValueError):
    """It isn't written as an e-mail address is here."""


def is_email_address(text: str) -> bool:
    try:
        address_of(text)
    except NotAnAddress:
        return False
    return True


def address_of(text: str) -> str:
    """The address as SMTP needs it, with its domain in ASCII and in lower case.

    Raises:
        NotAnAddress: it has another form, or is too long.
    """
    local, at, domain = text[: LONGEST_EMAIL + 1].rpartition("@")
    ascii_domain = ascii_domain_of(domain)
    is_valid = bool(at and ascii_domain and _LOCAL.fullmatch(_without_marks(local)))
    if not is_valid or not _has_valid_lengths(local, ascii_domain):
        raise NotAnAddress(text)
    return f"{local}@{ascii_domain}"


def ascii_domain_of(domain: str) -> str:
    """A domain with at least two labels in ASCII and in lower case (UTS 46, as browsers); else empty."""
    if len(domain) > LONGEST_DOMAIN:
        return ""
    lower = domain.lower()
    if _ASCII_DOMAIN.fullmatch(lower) and "xn--" not in lower:
        return lower
    return _encoded(domain)


def is_same_address(one: str, other: str) -> bool:
    """Whether both are one mailbox: case is ignored, and the domain's spelling in Unicode or ASCII."""
    return bool(one.strip()) and normal_address(one) == normal_address(other)


def normal_address(address: str) -> str:
    """One spelling for all of `is_same_address`. Lower case, not folded: `straße` and `strasse` are two."""
    local, _, domain = address.strip().rpartition("@")
    return f"{local.lower()}@{ascii_domain_of(domain) or domain.lower()}"


@lru_cache(maxsize=1024)
def _encoded(domain: str) -> str:
    try:
        encoded = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""
    return encoded if len(encoded) <= LONGEST_DOMAIN and _ASCII_DOMAIN.fullmatch(encoded) else ""


def _without_marks(local: str) -> str:
    """Accents and vowel signs that are characters of their own count as any character but the first."""
    if local.isascii():
        return local
    return "".join("~" if category(one).startswith("M") else one for one in local)


def _has_valid_lengths(local: str, ascii_domain: str) -> bool:
    octets = len(local.encode("utf-8", "replace"))
    return octets <= LONGEST_LOCAL and octets + 1 + len(ascii_domain) <= LONGEST_EMAIL
