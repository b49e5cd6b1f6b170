"""Address of a client: whom a request comes from, told by the proxies that an administrator trusts.

`X-Forwarded-For` grows to the right: each proxy appends whom it was called by. What stands further left than
our own proxies' entries is the client's claim, and is never believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

Address = IPv4Address | IPv6Address
MOST_PROXIES = 9
_CLIENT_NETWORK = 64
"""Bits of an IPv6 address that tell one client from another: a line at home has the rest to itself."""


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The proxies before us: how many stand in a row, or the networks that they are in. None by default."""

    count: int = 0
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @property
    def is_set(self) -> bool:
        return self.count > 0 or bool(self.networks)


NO_PROXIES = TrustedProxies()


def read_trusted_proxies(text: str) -> TrustedProxies:
    """A number such as `1`, or networks with commas between: `10.0.0.0/8, 2001:db8::/32`.

    Raises:
        ValueError: it is neither. The message says how to write it.
    """
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) == 1:
        return TrustedProxies(count=int(text))
    try:
        networks = tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError(f"{_HOW_TO_WRITE}.") from None
    if any(not network.prefixlen for network in networks):
        raise ValueError(f"{_HOW_TO_WRITE}; a network of all addresses would trust every client.")
    return TrustedProxies(networks=networks)


_HOW_TO_WRITE = (
    f"write how many proxies stand in a row before Ombud, 1 to {MOST_PROXIES}, or their networks with commas "
    "between, like 10.0.0.0/8"
)


def client_address(request: web.Request, proxies: TrustedProxies) -> str:
    """The client's address, of IPv6 its network; the peer's where no proxy is trusted.

    An entry that no proxy of ours can have written ends the way: then the proxy that passed it on counts as
    the client.
    """
    peer = read_address(request.remote or "")
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", ()))
    way = [peer, *_told_by_proxies(forwarded)]
    if proxies.networks:
        return client_name(_first_unknown(way, proxies.networks))
    return client_name(_after(way, proxies.count))


def _after(way: list[Address | None], count: int) -> Address | None:
    """Who called the last of `count` proxies; the last one that is known where fewer told of themselves."""
    known = way[0]
    for address in way[1 : count + 1]:
        if address is None:
            break
        known = address
    return known


def _first_unknown(
    way: list[Address | None], networks: tuple[IPv4Network | IPv6Network, ...]
) -> Address | None:
    """The first on the way that is no proxy of ours. Without an address, the peer is a Unix socket of one."""
    known = way[0]
    for place, address in enumerate(way):
        if address is None and place:
            break
        known = address
        if address is not None and not any(address in network for network in networks):
            break
    return known


def _told_by_proxies(forwarded: str) -> Iterator[Address | None]:
    """The entries from the newest on; None for one that is no address."""
    if forwarded:
        for entry in reversed(forwarded.split(",")[-2 * MOST_PROXIES :]):
            yield read_address(entry.strip())


def read_address(entry: str) -> Address | None:
    """An address without its port and zone: `192.0.2.1:4711`, `[2001:db8::1]:443`, `::ffff:192.0.2.1`."""
    bare = entry.partition("%")[0]
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def client_name(address: Address | None) -> str:
    """What tells one client from another: the address, of IPv6 its network; empty without one."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _CLIENT_NETWORK), strict=False))
    return str(address or "")
