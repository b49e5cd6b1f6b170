"""Signature of Stripe's events, as Stripe's own library verifies it: only loaded where it is needed."""

from __future__ import annotations

import re
from datetime import datetime

import stripe

TOLERANCE_SECONDS = 300
"""Stripe's own: an older signature may be a replay."""
_TIME = re.compile(r"[0-9]{1,12}")


class BadSignature(Exception):
    """The request isn't Stripe's, or isn't of now."""


def require_time_of_now(signature: str, now: datetime) -> None:
    """Checked before the body is read. Stripe's library takes a time of any later day, and the first of
    several.

    Raises:
        BadSignature: the header has no time, several, or one more than five minutes from now.
    """
    times = [item[2:] for item in signature.split(",") if item.startswith("t=")]
    is_time = len(times) == 1 and _TIME.fullmatch(times[0]) is not None
    if not is_time or abs(int(times[0]) - now.timestamp()) > TOLERANCE_SECONDS:
        raise BadSignature


def verify_signature(raw: bytes, signature: str, secret: str) -> None:
    """Check the `Stripe-Signature` header over the raw body.

    Raises:
        BadSignature: it doesn't fit.
        ValueError: the body isn't text.
    """
    try:
        stripe.WebhookSignature.verify_header(raw.decode(), signature, secret, TOLERANCE_SECONDS)
    except stripe.SignatureVerificationError as refusal:
        raise BadSignature from refusal
