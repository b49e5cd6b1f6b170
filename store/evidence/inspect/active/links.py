"""Targets of links: which may stand in a document, to be followed by a click."""

from __future__ import annotations

import re

from store.evidence.refusals import Fault, FileRejected

_PLAIN = frozenset(
    "http https ftp ftps sftp mailto mid cid tel fax sms callto sip sips geo webcal urn about file "
    "x-apple-data-detectors".split()
)
"""What a browser, a mail program or a telephone opens, or nothing does. `file` too: workbooks and letters are
full of links to the sender's own folders."""
_NO_OP = re.compile(r"javascript:(void\(0\)|//)?;*", re.IGNORECASE)
"""Stands behind many a button of a web page, and so in what is printed of it."""
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)
"""Of two letters at least: `C:` is a drive."""
_IGNORED = re.compile(r"[\x00-\x20]+")
"""Readers drop these, so that `java\\tscript:` is a scheme."""


def scheme_of(target: str) -> str | None:
    """In lower case; None for a path or an anchor."""
    found = _SCHEME.match(_IGNORED.sub("", target))
    return found[1].lower() if found else None


def demand_plain_link(target: str) -> None:
    """Raises FileRejected for a scheme that starts a program on the reader's machine, as `ms-msdt:` does."""
    scheme = scheme_of(target)
    if scheme is not None and scheme not in _PLAIN and not _NO_OP.fullmatch(_IGNORED.sub("", target)):
        raise FileRejected(Fault.STARTS)
