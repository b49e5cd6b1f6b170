"""Web address given from outside, such as an invoice's page: shown as a link, never called by us.

The narrow form of what browsers take (url.spec.whatwg.org): http or https, a host that is one, and nobody's
name or password before it, which would make a foreign host look like a known one.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

LONGEST_ADDRESS = 2000
_SCHEMES = ("http", "https")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_HOST = 253
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A host whose last label is one of these, browsers read as an IPv4 address."""
_PORT = re.compile(r"[0-9]{1,5}")
_NEVER = frozenset('<>|"\\^`{}')
"""What no address may hold unencoded, and what markup reads."""


def is_web_address(url: str) -> bool:
    """Whether a person may be offered it as a link. Never raises."""
    if len(url) > LONGEST_ADDRESS or not all(map(_is_visible, url)):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in _SCHEMES and "://" in url[:8] and _is_place(parts)
    except ValueError:
        return False


def _is_visible(letter: str) -> bool:
    """Neither a blank nor a control or format character, such as one that turns the direction of writing."""
    return letter not in _NEVER and unicodedata.category(letter)[0] not in "CZ"


def _is_place(parts: SplitResult) -> bool:
    """Host, and maybe a port, alone."""
    place = parts.netloc
    if "@" in place:
        return False
    if place.startswith("["):
        host, _, rest = place[1:].partition("]")
        return _is_ipv6(host) and (not rest or (rest[0] == ":" and _is_port(rest[1:])))
    host, colon, port = place.partition(":")
    return _is_host(host) and (not colon or _is_port(port))


def _is_port(port: str) -> bool:
    return _PORT.fullmatch(port) is not None and 0 < int(port) < 65536


def _is_host(name: str) -> bool:
    try:
        ascii_name = name.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:
        return False
    labels = ascii_name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _is_ipv4(ascii_name)
    return len(ascii_name) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in labels)


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True


def _is_ipv6(host: str) -> bool:
    try:
        return IPv6Address(host).scope_id is None
    except AddressValueError:
        return False
