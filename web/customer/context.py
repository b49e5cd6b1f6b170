"""Context of the customer's pages: built once by the wiring, available to every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from core.tokens import Tokens
from store.engine import Store
from store.evidence.blobs import Blobs
from store.evidence.receiving import Receiver
from web.client_address import NO_PROXIES, TrustedProxies
from web.rate_limit import RateLimit


@dataclass(frozen=True, slots=True)
class Portal:
    """Services for `/d/{token}` and `/e/{token}`.

    A page is a handler wrapped in `customer_page` (`web/customer/access.py`), which makes a `Visit` of the
    token.
    """

    store: Store
    now: Callable[[], datetime]
    tokens: Tokens
    receiver: Receiver
    """Receives uploads."""
    blobs: Blobs
    """The bytes of evidence."""
    base_url: str
    """Without a slash at its end."""
    mail_is_on: bool
    proxies: TrustedProxies = NO_PROXIES
    rate_limit: RateLimit = field(default_factory=RateLimit)

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.base_url.startswith("https:")


PORTAL: web.AppKey[Portal] = web.AppKey("portal", Portal)
