"""Who asks too often? Counted for each link and each client's address, in this process."""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

_OF_ADDRESS = RateLimitItemPerMinute(2400, namespace="address")
"""A whole company may sit behind one address."""
_OF_LINK = RateLimitItemPerMinute(1200, namespace="link")
"""An upload comes in pieces of a megabyte: twenty large files are five hundred requests."""
_WRITTEN = RateLimitItemPerMinute(60, namespace="written")
"""Forms sent for one link."""
_WRONG = RateLimitItemPerMinute(30, namespace="wrong")
"""Addresses that nobody gave out: guessing."""
WAIT_SECONDS = 60


class RateLimit:
    def __init__(self) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def allows_client(self, address: str) -> bool:
        """Whether the client may ask once more; the question counts."""
        return self._hit(_OF_ADDRESS, address) and self._limiter.test(_WRONG, address)

    def allows_request(self, link_id: str) -> bool:
        return self._hit(_OF_LINK, link_id)

    def allows_form(self, link_id: str) -> bool:
        return self._hit(_WRITTEN, link_id)

    def count_unknown_address(self, address: str) -> None:
        """The client asked for a page that nobody gave out."""
        self._hit(_WRONG, address)

    def _hit(self, limit: RateLimitItem, whose: str) -> bool:
        return self._limiter.hit(limit, whose)
