"""The customer's link: opens the page of one invoice for the customer that it was sent to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.invoice import Customer, Invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLink:
    """`id` is random; the URL has it with a signature (`core/tokens.py`)."""

    id: str
    invoice: Invoice
    customer: Customer
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at
