"""Authentication of a mail's sender: what the company's own mail server found out about SPF, DKIM and DMARC.

A mail counts as its sender's only with a positive result for the domain in From. Only the newest
Authentication-Results of the server named in the settings is read (RFC 8601): anybody can write such headers,
but those that a sender wrote stand below those of the server. Whatever can't be read, breaks a limit or
contradicts itself confirms nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connectors.mail.from_header import read_from
from connectors.mail.grammar import NotByGrammar
from connectors.mail.headers import Headers
from connectors.mail.organisations import is_same_organisation
from connectors.mail.results import Result, results_of, server_of
from core.email_address import ascii_domain_of

HEADER = "authentication-results"
_DECISIVE = frozenset({HEADER, "from"})
_NAMES = {"dmarc": "DMARC", "spf": "SPF", "dkim": "DKIM"}
_FAILED = frozenset({"fail", "hardfail", "softfail", "permerror", "policy"})
_NO_POLICY = frozenset({"none", "bestguesspass"})
"""DMARC results for a domain that has no record; then SPF and DKIM decide."""
_IDENTITIES = {"spf": ("smtp.mailfrom",), "dkim": ("header.d", "header.i")}


class AuthenticationVerdict(NamedTuple):
    warning: str = ""
    """A sentence; empty when the sender is confirmed."""
    is_doubted: bool = False


def check_authentication(headers: Headers, trusted_server: str | None, sender: str) -> AuthenticationVerdict:
    """Whether the trusted server confirms the sender. Without a trusted server, nothing does."""
    domain = sender.rpartition("@")[2]
    if headers.is_cut or headers.cut_fields & _DECISIVE:
        return AuthenticationVerdict("Its headers are too long to be read whole.", is_doubted=True)
    if not domain or read_from(headers) != sender:
        return AuthenticationVerdict("It doesn't name one sender, as mails must.", is_doubted=True)
    results = _trusted_results(headers, trusted_server)
    if _confirms(results, domain):
        return AuthenticationVerdict()
    failed = [name for method, name in _NAMES.items() if _has_failed(results, method)]
    said = f": {' and '.join(failed)} failed." if failed else "."
    return AuthenticationVerdict(f"The mail server can't confirm that this comes from {domain}{said}", True)


def _trusted_results(headers: Headers, trusted_server: str | None) -> Sequence[Result]:
    """Those of the newest header of the trusted server; none when it can't be read whole."""
    if not trusted_server:
        return ()
    wanted = _name_of(trusted_server.strip())
    written = headers.every(HEADER)
    newest = next((value for value in written if _name_of(server_of(value)) == wanted), None)
    try:
        return results_of(newest) if newest is not None else ()
    except NotByGrammar:
        return ()


def _name_of(server: str) -> str:
    """In one spelling: a domain in ASCII, any other name in lower case."""
    return ascii_domain_of(server) or server.lower()


def _confirms(results: Sequence[Result], domain: str) -> bool:
    """DMARC's result where there is one, else that of SPF or DKIM for a domain of the same organisation."""
    dmarc = [one for one in results if one.method == "dmarc" and one.value not in _NO_POLICY]
    if dmarc:
        return all(_is_pass_for(one, ("header.from",), domain) for one in dmarc)
    spf = [one for one in results if one.method == "spf" and one.every("smtp.mailfrom")]
    dkim = [one for one in results if one.method == "dkim"]
    has_spf = bool(spf) and all(_is_pass_for(one, _IDENTITIES["spf"], domain) for one in spf)
    return has_spf or any(_is_pass_for(one, _IDENTITIES["dkim"], domain) for one in dkim)


def _is_pass_for(result: Result, identities: tuple[str, ...], domain: str) -> bool:
    """Whether it is a pass, and every domain that it names is of the organisation of `domain`."""
    named = [value for name in identities for value in result.every(name)]
    is_pass = result.value == "pass" and result.is_known_version
    return is_pass and bool(named) and all(is_same_organisation(_domain_of(one), domain) for one in named)


def _domain_of(identity: str) -> str:
    """Of `a@b.example`, `@b.example` or `b.example`; empty with more than one `@`."""
    return identity.rpartition("@")[2] if identity.count("@") <= 1 else ""


def _has_failed(results: Sequence[Result], method: str) -> bool:
    return any(one.method == method and one.value in _FAILED for one in results)
