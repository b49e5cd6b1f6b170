"""Strict reader of From: the one address that a mail is written by, or nothing.

Mail programs show the first, the last or the name of a From header that breaks the grammar, and servers check
another: such a mail is nobody's. What is shown to people is read more leniently, in `headers`.
"""

from __future__ import annotations

import re

from connectors.mail.grammar import NotByGrammar, Scanner
from connectors.mail.headers import Headers
from core.email_address import is_email_address

_WORD = re.compile(r"[^\s()<>\[\]:;@\\,\"]+")
_ADDRESS = re.compile(r"[^\s()<>\[\]:;\\,\"]+@[^\s()<>\[\]:;@\\,\"]+")


def read_from(headers: Headers) -> str:
    """In lower case. Empty for several From headers or addresses, groups, and whatever breaks the grammar."""
    values = list(headers.every("from"))
    if len(values) != 1:
        return ""
    try:
        address = _mailbox(Scanner(values[0])).lower()
    except NotByGrammar:
        return ""
    return address if is_email_address(address) else ""


def _mailbox(scanner: Scanner) -> str:
    """An address alone, or in angle brackets after a name of words and quoted strings."""
    scanner.skip_comments()
    address = scanner.match(_ADDRESS)
    if not address:
        _skip_name(scanner)
        scanner.demand("<")
        scanner.skip_comments()
        address = scanner.demand_match(_ADDRESS)
        scanner.skip_comments()
        scanner.demand(">")
    scanner.skip_comments()
    if not scanner.is_at_end():
        raise NotByGrammar("more than one")
    return address


def _skip_name(scanner: Scanner) -> None:
    while not (scanner.is_at_end() or scanner.follows("<")):
        if scanner.follows('"'):
            scanner.quoted_string()
        else:
            scanner.demand_match(_WORD)
        scanner.skip_comments()
