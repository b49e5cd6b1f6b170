"""Parser of Authentication-Results by the grammar of RFC 8601, 2.2.

Lenient in three things that large servers write: an empty result at the end, characters in a value that need
quotes (`header.b=a/b+c=`), and words such as `action=none` among the properties.

The library for this header, authres 1.2.0 of 2019, is not used: it takes `dmarc=pass (and` for a pass, counts
a method of any version, reads no domains in Unicode, refuses a semicolon at the end, and descends into nested
comments until Python's stack ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from connectors.mail.grammar import NotByGrammar, Scanner

MOST_RESULTS, MOST_PROPERTIES = 50, 50
"""More make the header unreadable: what stands behind a limit might be the one failure."""
_TOKEN = re.compile(r"[^\s()<>@,;:\\\"/\[\]?=\x00-\x20\x7f]+")
_KEYWORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
_DIGITS = re.compile(r"[0-9]+")
_UNQUOTED = re.compile(r"[^\s();\"\\]+")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Result:
    """One result, such as `spf=pass smtp.mailfrom=nordwind.example`. Names are in lower case."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...] = ()
    """Names such as `smtp.mailfrom`, each as often as it is there."""
    is_known_version: bool = True

    def every(self, name: str) -> list[str]:
        return [value for known, value in self.properties if known == name]


def server_of(header: str) -> str:
    """The server that wrote the header, in lower case; empty when that can't be read."""
    try:
        return _server(Scanner(header))
    except NotByGrammar:
        return ""


def results_of(header: str) -> tuple[Result, ...]:
    """All results, none for `none`.

    Raises:
        NotByGrammar: the header breaks the grammar or a limit, or is of a version that isn't known.
    """
    scanner = Scanner(header)
    _server(scanner)
    version = scanner.match(_DIGITS)
    if version and (len(version) > 9 or int(version) != _VERSION):
        raise NotByGrammar(version)
    scanner.skip_comments()
    found: list[Result | None] = []
    while not scanner.is_at_end():
        scanner.demand(";")
        scanner.skip_comments()
        if not (scanner.is_at_end() or scanner.follows(";")):
            found.append(_result(scanner))
        if len(found) > MOST_RESULTS:
            raise NotByGrammar("results")
    if None in found and len(found) > 1:
        raise NotByGrammar("none")
    return tuple(filter(None, found))


def _server(scanner: Scanner) -> str:
    scanner.skip_comments()
    name = scanner.quoted_string() if scanner.follows('"') else scanner.demand_match(_TOKEN)
    if not (scanner.skip_comments() or scanner.is_at_end() or scanner.follows(";")):
        raise NotByGrammar(name)
    return name.lower()


def _result(scanner: Scanner) -> Result | None:
    """None for the word `none`, which stands for no result."""
    method = scanner.demand_match(_KEYWORD).lower()
    scanner.skip_comments()
    if method == "none" and (scanner.is_at_end() or scanner.follows(";")):
        return None
    is_known = True
    if scanner.take("/"):
        scanner.skip_comments()
        is_known = scanner.demand_match(_DIGITS).lstrip("0") == str(_VERSION)
        scanner.skip_comments()
    scanner.demand("=")
    scanner.skip_comments()
    value = scanner.demand_match(_KEYWORD).lower()
    if not scanner.skip_comments() and not (scanner.is_at_end() or scanner.follows(";")):
        raise NotByGrammar(value)
    properties: list[tuple[str, str]] = []
    while not (scanner.is_at_end() or scanner.follows(";")):
        properties.append(_property(scanner))
        if len(properties) > MOST_PROPERTIES:
            raise NotByGrammar("properties")
    return Result(method, value, tuple(properties), is_known)


def _property(scanner: Scanner) -> tuple[str, str]:
    """`smtp.mailfrom=…`, or a word such as `reason=…`."""
    name = scanner.demand_match(_KEYWORD)
    scanner.skip_comments()
    if scanner.take("."):
        scanner.skip_comments()
        name = f"{name}.{scanner.demand_match(_KEYWORD)}"
        scanner.skip_comments()
    scanner.demand("=")
    scanner.skip_comments()
    return name.lower(), _value(scanner)


def _value(scanner: Scanner) -> str:
    """A word, a quoted string, or an address: its local part may be quoted, with comments before the `@`."""
    pieces = []
    while not (scanner.is_at_end() or scanner.follows(";")):
        piece = scanner.quoted_string() if scanner.follows('"') else scanner.demand_match(_UNQUOTED)
        pieces.append(piece)
        if scanner.skip_comments() and not scanner.follows("@"):
            break
    return "".join(pieces)
