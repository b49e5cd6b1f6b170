"""Rate limits: requests counted for each link, and guesses for each client's address, in this process."""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

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

    def allows_request(self, link_id: str) -> bool:
        return self._hit(_OF_LINK, link_id)

    def allows_form(self, link_id: str) -> bool:
        return self._hit(_WRITTEN, link_id)

    def allows_guess(self, address: str) -> bool:
        """Whether the client may ask once more for a page that was never issued; the call counts as one.

        A link that was issued is never refused for it: many people may share an address.
        """
        return self._hit(_WRONG, address)

    def _hit(self, limit: RateLimitItem, whose: str) -> bool:
        return self._limiter.hit(limit, whose)
