"""Bounds on open connections, in all and for each client's address; the one that waited longest makes room.

A connection waits while none of its requests is being answered: new, with half a request's head, or kept
alive. To close one of these costs nobody a request, so a newcomer is refused only where none is waiting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from web.client_address import NO_PROXIES, TrustedProxies, client_name, read_address


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how many. nginx keeps a connection that is idle for a minute, Caddy for two."""

    head_seconds: float = 10.0
    """From opening a connection, or from a request's first byte, to the end of its head."""
    kept_alive_seconds: float = 130.0
    """Between two requests. Longer than the proxies', so that they never send on one that we just closed."""
    unread_seconds: float = 60.0
    """How long a client may leave what was sent to it unread before the next 64 KB or so."""
    stop_seconds: float = 2.0
    """How long open requests may go on when the process stops until bodies break off; then once more."""
    head_bytes: int = 32 * 1024
    most: int = 800
    most_of_client: int = 200


class Connections:
    """`K` identifies a connection."""

    def __init__(self, most: int, most_of_client: int, proxies: TrustedProxies = NO_PROXIES) -> None:
        self._most = most
        self._most_of_client = most_of_client
        self._proxies = proxies
        self._clients: dict[Hashable, str | None] = {}
        self._of_client: Counter[str] = Counter()
        self._waiting: dict[Hashable, Callable[[], None]] = {}
        """How to close each, in the order in which they began to wait."""

    def __len__(self) -> int:
        return len(self._clients)

    def admit(self, one: Hashable, address: str) -> bool:
        """Whether there is room for one more of this address, or some was made. It counts until `forget`."""
        client = client_of(address, self._proxies)
        if client is not None and self._of_client[client] >= self._most_of_client:
            if not self._make_room(client):
                return False
        elif len(self._clients) >= self._most and not self._make_room(None):
            return False
        self._clients[one] = client
        if client is not None:
            self._of_client[client] += 1
        return True

    def wait(self, one: Hashable, close: Callable[[], None]) -> None:
        """Nothing of it is being answered from now on; `close` may be called to make room."""
        if one in self._clients:
            self._waiting.pop(one, None)
            self._waiting[one] = close

    def work(self, one: Hashable) -> None:
        """A request of it is being answered."""
        self._waiting.pop(one, None)

    def forget(self, one: Hashable) -> None:
        self._waiting.pop(one, None)
        client = self._clients.pop(one, None)
        if client is not None:
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]

    def _make_room(self, client: str | None) -> bool:
        """Close the connection that has waited longest, of this client or of all."""
        oldest = next(
            (one for one in self._waiting if client is None or self._clients[one] == client),
            None,
        )
        if oldest is None:
            return False
        close = self._waiting[oldest]
        self.forget(oldest)
        close()
        return True


def client_of(address: str, proxies: TrustedProxies = NO_PROXIES) -> str | None:
    """The client that a connection from this address counts for; None for one that has no bound of its own.

    Trusted proxies have none, through which everybody comes; neither have private addresses, where a proxy is
    mostly. Where proxies are only numbered, each peer is one.
    """
    if proxies.count:
        return None
    ip = read_address(address)  # None: a Unix socket
    if ip is None or not ip.is_global or any(ip in network for network in proxies.networks):
        return None
    return client_name(ip)
