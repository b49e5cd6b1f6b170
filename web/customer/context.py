"""What do the customer's pages share? Built once by the wiring, handed to every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from core.tokens import Tokens
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from web.rate_limit import RateLimit


@dataclass(frozen=True, slots=True)
class Portal:
    """What `/d/{token}` and `/e/{token}` work with.

    A page is a handler behind the door (`web/customer/access.py`), which turns the token into a `Visit`.
    """

    store: Store
    now: Callable[[], datetime]
    tokens: Tokens
    receiver: Receiver
    """Takes uploads in."""
    blobs: Blobs
    """The bytes of evidence."""
    base_url: str
    """Without a slash at its end."""
    mail_is_on: bool
    rate_limit: RateLimit = field(default_factory=RateLimit)

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.base_url.startswith("https:")


PORTAL: web.AppKey[Portal] = web.AppKey("portal", Portal)
