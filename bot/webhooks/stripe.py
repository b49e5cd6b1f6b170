"""How do billing platforms reach us? Verify the raw body, drop repeats, hand over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import stripe
import structlog
from aiohttp import web

from bot.api.problems import ApiProblem, undecodable_body
from bot.context import CONTEXT, Context
from bot.metrics import INTAKES, REFUSED_REQUESTS
from core.case import Chargeback
from core.chargebacks import ChargebackUpdate
from core.money import LARGEST_MINOR, Money, decimals_of
from handlers.receive_chargeback import ChargebackEvent, receive_chargeback

TOLERANCE_SECONDS = 300
"""Stripe's own: an older signature may be a replay."""
LONGEST_REF = 255
"""Stripe's own: its ids are shorter."""
_LATEST = 2**33
"""Seconds: the year 2242. A later moment is none that Stripe means."""
CHARGEBACK_EVENTS = frozenset(
    {
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
_STRIPES_DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Where Stripe's digits after the decimal point aren't those of ISO 4217.

Kronur and Ugandan shillings have no fractions any more, but are still sent as if they had, the last two
digits always 00; ariary are sent whole: https://docs.stripe.com/currencies#zero-decimal, #special-cases.
Forints and Taiwan dollars, special for payouts, have two digits in charges as in ISO.
"""
log = structlog.get_logger()
routes = web.RouteTableDef()


@routes.post("/webhooks/stripe")
async def post_stripe(request: web.Request) -> web.Response:
    """200 once the event is stored, or is none of ours; Stripe repeats anything else for three days."""
    context = request.app[CONTEXT]
    event = await _verified_event(request, context)
    if event["type"] not in CHARGEBACK_EVENTS:
        INTAKES.labels(source="stripe", outcome="ignored").inc()
        return web.json_response({"received": True, "used": False})
    try:
        heard = to_billing_event(event)
    except (AttributeError, KeyError, TypeError, ValueError) as trouble:
        REFUSED_REQUESTS.labels(route="stripe", why="event").inc()
        log.warning("stripe_event_unreadable", event_id=event.get("id"), reason=repr(trouble))
        raise ApiProblem(
            400, "Unreadable event", "The chargeback in this event lacks what we need."
        ) from None
    case_id = await context.store.run(receive_chargeback, heard, context.clock.now())
    INTAKES.labels(source="stripe", outcome="stored").inc()
    return web.json_response({"received": True, "used": True, "case": case_id})


def to_billing_event(event: dict[str, Any]) -> ChargebackEvent:
    """Stripe's `Dispute` is our chargeback. Amounts are Stripe's minor units, times whole seconds.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: a field is missing or of another shape.
    """
    thing = event["data"]["object"]
    details = thing.get("evidence_details") or {}
    due = details.get("due_by")
    return ChargebackEvent(
        id=_text(event["id"]),
        amount=_money(_whole(thing["amount"], LARGEST_MINOR), _text(thing["currency"]).upper()),
        update=ChargebackUpdate(
            kind=_text(event["type"]),
            chargeback=Chargeback(
                ref=_text(thing["id"]),
                charge_ref=_text(thing["charge"]),
                status=_text(thing["status"]),
                network_reason=_text(thing["reason"]),
                evidence_due_at=None if due is None else _instant(due),
                seen_at=_instant(event["created"]),
            ),
        ),
    )


def _money(amount: int, currency: str) -> Money:
    """Stripe's minor units as ISO's. A fraction that ISO can't say, as of an old charge, counts as one."""
    ours = decimals_of(currency)
    stripes = _STRIPES_DECIMALS.get(currency, ours)
    return Money(-(-amount * 10**ours // 10**stripes), currency)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value or len(value) > LONGEST_REF:
        raise ValueError("no text that can be kept")
    return value


def _whole(value: object, largest: int) -> int:
    if type(value) is not int or not 0 < value <= largest:
        raise ValueError("no whole number that can be kept")
    return value


def _instant(value: object) -> datetime:
    return datetime.fromtimestamp(_whole(value, _LATEST), UTC)


async def _verified_event(request: web.Request, context: Context) -> dict[str, Any]:
    """The event, once its signature over the raw body is good and not older than five minutes."""
    secret = context.settings.stripe_webhook_secret
    if secret is None:
        raise ApiProblem(404, "Stripe is off", "Set STRIPE_WEBHOOK_SECRET to receive Stripe's events.")
    try:
        raw = await request.read()
    except web.RequestPayloadError:
        raise undecodable_body() from None
    signature = request.headers.get("Stripe-Signature", "").encode("ascii", "replace").decode()
    try:
        stripe.WebhookSignature.verify_header(
            raw.decode(),
            signature,
            secret.get_secret_value(),
            TOLERANCE_SECONDS,
        )
        event = orjson.loads(raw)
    except stripe.SignatureVerificationError:
        REFUSED_REQUESTS.labels(route="stripe", why="signature").inc()
        raise ApiProblem(400, "Not signed by Stripe", "The signature doesn't fit, or is too old.") from None
    except ValueError:
        event = None
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        REFUSED_REQUESTS.labels(route="stripe", why="body").inc()
        raise ApiProblem(400, "Unreadable event", "The body isn't a Stripe event.")
    return event
