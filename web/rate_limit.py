"""Rate limits: requests counted for each link and each client's address, in this process."""

from __future__ import annotations

from ipaddress import ip_address

from aiohttp import web
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

_OF_ADDRESS = RateLimitItemPerMinute(2400, namespace="address")
"""A whole company may share one address."""
_OF_LINK = RateLimitItemPerMinute(1200, namespace="link")
"""An upload comes in pieces of a megabyte: twenty large files are five hundred requests."""
_WRITTEN = RateLimitItemPerMinute(60, namespace="written")
"""Forms sent with one link."""
_WRONG = RateLimitItemPerMinute(30, namespace="wrong")
"""Requests with a token that was never issued: guessing."""
WAIT_SECONDS = 60


class RateLimit:
    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def allows_client(self, address: str) -> bool:
        """Whether one more request of the client is within its limits; the call counts as one."""
        return self._hit(_OF_ADDRESS, address) and self._limiter.test(_WRONG, address)

    def allows_request(self, link_id: str) -> bool:
        return self._hit(_OF_LINK, link_id)

    def allows_form(self, link_id: str) -> bool:
        return self._hit(_WRITTEN, link_id)

    def count_unknown_address(self, address: str) -> None:
        """Count a request of the client's for a page that was never issued."""
        self._hit(_WRONG, address)

    def _hit(self, limit: RateLimitItem, whose: str) -> bool:
        return self._limiter.hit(limit, whose)


def client_address(request: web.Request) -> str:
    """The client's address; behind a proxy on a private address, the one that the proxy added last."""
    remote = request.remote or ""
    forwarded = request.headers.getall("X-Forwarded-For", [])
    if forwarded and _is_private_address(remote):
        return forwarded[-1].rpartition(",")[2].strip()[:64]
    return remote


def _is_private_address(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return True  # a Unix socket: only a proxy reaches us that way
