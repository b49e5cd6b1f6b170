"""What a dispute is about: the customer, their invoice and its lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    ref: str
    name: str
    email: str | None = None
    tier_id: str
    language: str = "en"
    contact: str = ""
    """Name of the person who writes for the customer, as they gave it."""
    unconfirmed_email: str = ""
    """An address that they gave and nobody confirmed: nothing but that question goes there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    ref: str
    text: str
    quantity: str = "1"
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice as the billing platform has it. Amounts are minor units of `currency`."""

    ref: str
    number: str
    currency: str
    total_minor: int
    issued_on: date | None = None
    due_on: date | None = None
    url: str | None = None
    lines: tuple[InvoiceLine, ...] = ()
    paid_minor: int = 0
    """What has been paid of it already."""

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)
