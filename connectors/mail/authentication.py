"""SPF, DKIM and DMARC results of the company's own mail server.

Only Authentication-Results of the server named in the settings are read (RFC 8601): anybody can write the
others. A "fail" outweighs any "pass", because a sender may have written the latter, under the server's name,
before the server added its own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from connectors.mail.headers import Headers

_RESULT = re.compile(r"\s*(dmarc|spf|dkim)\s*=\s*([a-z]{2,12})\b", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,2000}\)")
_FAILED = frozenset({"fail", "hardfail", "softfail", "permerror", "policy"})
_MOST_HEADERS = 10
_NAMES = {"dmarc": "DMARC", "spf": "SPF", "dkim": "DKIM"}


class AuthenticationVerdict(NamedTuple):
    warning: str = ""
    """A sentence; empty when nothing failed."""
    is_doubted: bool = False


def check_authentication(headers: Headers, trusted_server: str | None, sender: str) -> AuthenticationVerdict:
    """The trusted server's failures; an empty verdict when no server is set or it found none."""
    if not trusted_server:
        return AuthenticationVerdict()
    results = _results(headers, trusted_server)
    failed = [method for method in _NAMES if results.get(method, set()) & _FAILED]
    passed = {method for method in _NAMES if method not in failed and "pass" in results.get(method, set())}
    if not failed or ("dmarc" in passed and "dmarc" not in failed):
        return AuthenticationVerdict()
    if "dmarc" not in failed and "dkim" in passed:
        return AuthenticationVerdict()  # forwarding breaks SPF, and the DKIM signature is valid
    domain = sender.rpartition("@")[2] or "its sender"
    what = " and ".join(_NAMES[method] for method in failed)
    is_doubted = "dmarc" in failed or "fail" in results.get("spf", set()) or "dkim" in failed
    return AuthenticationVerdict(
        f"The mail server can't confirm that this comes from {domain}: {what} failed.", is_doubted
    )


def _results(headers: Headers, trusted_server: str) -> dict[str, set[str]]:
    """All results of the trusted server, by method: a mail may have several signatures."""
    found: dict[str, set[str]] = {}
    for value in list(headers.every("authentication-results"))[:_MOST_HEADERS]:
        server, _, rest = _COMMENT.sub(" ", _COMMENT.sub(" ", value)).partition(";")
        if (server.split() or [""])[0].strip('"').lower() != trusted_server.lower():
            continue
        for piece in rest.split(";")[:50]:
            result = _RESULT.match(piece)
            if result:
                found.setdefault(result[1].lower(), set()).add(result[2].lower())
    return found
