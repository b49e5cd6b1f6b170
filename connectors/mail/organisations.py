"""Organisational domains: which domains belong to one owner (RFC 7489, 3.2), by the public suffix list.

The list comes with the library, which never fetches one: a newer list comes with a newer release.
"""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList

from core.email_address import ascii_domain_of


def is_same_organisation(one: str, other: str) -> bool:
    """Whether both domains are, or are below, the same registered one. A public suffix is nobody's."""
    found = _organisation_of(one)
    return found is not None and found == _organisation_of(other)


def _organisation_of(domain: str) -> str | None:
    plain = ascii_domain_of(domain)
    return _public_suffixes().privatesuffix(plain) if plain else None


@cache
def _public_suffixes() -> PublicSuffixList:
    """Read at the first mail, in a tenth of a second; 2 MB."""
    return PublicSuffixList()
