"""Stripe's webhook calls: events signed and delivered as Stripe does it."""

from __future__ import annotations

import io
import json
import time

import stripe

from tests.bot.api_client import STRIPE_SECRET, ApiClient, ApiResponse


def sign(payload: str, secret: str = STRIPE_SECRET, *, age: int = 0) -> str:
    """As Stripe's own library does it; `age` is how many seconds ago."""
    at = int(time.time()) - age
    header: str = stripe.WebhookSignature.generate_signature_header(payload, secret, at)
    return header


async def deliver(api_client: ApiClient, event: object, signature: str | None = None) -> ApiResponse:
    payload = json.dumps(event)
    return await deliver_raw(api_client, payload.encode(), signature or sign(payload))


async def deliver_raw(
    api_client: ApiClient, raw: bytes, signature: str | None, **headers: str
) -> ApiResponse:
    given = {"Content-Type": "application/json; charset=utf-8", **headers}
    if signature is not None:
        given["Stripe-Signature"] = signature
    return await api_client.request("POST", "/webhooks/stripe", data=io.BytesIO(raw), headers=given)
