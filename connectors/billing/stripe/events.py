"""Stripe's webhook events as our chargebacks: Stripe's `Dispute` is what we call a chargeback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core.case import Chargeback
from core.chargebacks import ChargebackEvent, ChargebackUpdate
from core.money import LARGEST_MINOR, Money, decimals_of

LONGEST_REF = 255
"""Stripe's own limit: its ids are shorter."""
CHARGEBACK_EVENTS = frozenset(
    {
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
_LATEST_SECONDS = 2**33
"""The year 2242, in seconds since 1970. Stripe means no later moment."""
_STRIPE_DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Where Stripe's digits after the decimal point aren't those of ISO 4217.

Kronur and Ugandan shillings have no fractions any more, but are still sent as if they had, the last two
digits always 00; ariary are sent whole: https://docs.stripe.com/currencies#zero-decimal, #special-cases.
Forints and Taiwan dollars, special for payouts, have two digits in charges as in ISO.
"""


def read_event(event: Mapping[str, Any]) -> ChargebackEvent | None:
    """The chargeback that a verified event is about; None: it is about something else.

    Amounts are Stripe's minor units, times whole seconds.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: a field is missing or of another shape.
    """
    if event["type"] not in CHARGEBACK_EVENTS:
        return None
    dispute = event["data"]["object"]
    details = dispute.get("evidence_details") or {}
    due = details.get("due_by")
    return ChargebackEvent(
        id=_text(event["id"]),
        amount=_money(_positive_int(dispute["amount"], LARGEST_MINOR), _text(dispute["currency"]).upper()),
        update=ChargebackUpdate(
            kind=_text(event["type"]),
            chargeback=Chargeback(
                ref=_text(dispute["id"]),
                charge_ref=_text(dispute["charge"]),
                status=_text(dispute["status"]),
                network_reason=_text(dispute["reason"]),
                evidence_due_at=None if due is None else _instant(due),
                seen_at=_instant(event["created"]),
            ),
        ),
    )


def _money(amount: int, currency: str) -> Money:
    """Stripe's minor units as ISO's. A fraction that ISO doesn't have, as of an old charge, is rounded up."""
    iso_decimals = decimals_of(currency)
    stripe_decimals = _STRIPE_DECIMALS.get(currency, iso_decimals)
    return Money(-(-amount * 10**iso_decimals // 10**stripe_decimals), currency)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value or len(value) > LONGEST_REF:
        raise ValueError("no text that can be kept")
    return value


def _positive_int(value: object, largest: int) -> int:
    if type(value) is not int or not 0 < value <= largest:
        raise ValueError("no whole number that can be kept")
    return value


def _instant(value: object) -> datetime:
    return datetime.fromtimestamp(_positive_int(value, _LATEST_SECONDS), UTC)
