"""Stripe's webhook: the signature is verified over the raw body, repeats change nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import orjson
import structlog
from aiohttp import web

from bot.api.problems import ApiProblem
from bot.context import CONTEXT, Context
from bot.metrics import INTAKES, REFUSED_REQUESTS
from core.chargebacks import ChargebackEvent
from handlers.receive_chargeback import receive_chargeback
from scheduler.clock import Clock
from web.request_body import read_body

LARGEST_BODY = 512 * 1024
"""Bytes. An event has some ten thousand."""
log = structlog.get_logger()
routes = web.RouteTableDef()


def load_verifier() -> None:
    """Load Stripe's library now rather than with the first event, which would hold up everybody."""
    import_module("bot.webhooks.stripe_signature")


@routes.post("/webhooks/stripe")
async def post_stripe(request: web.Request) -> web.Response:
    """200 once the event is stored, or is about something that we don't use; Stripe repeats anything else
    for three days."""
    context = request.app[CONTEXT]
    event = _read_event(await _verified_event(request, context), context)
    if event is None:
        INTAKES.labels(source="stripe", outcome="ignored").inc()
        return web.json_response({"received": True, "used": False})
    case_id = await context.store.run(receive_chargeback, event, context.clock.now())
    INTAKES.labels(source="stripe", outcome="stored").inc()
    return web.json_response({"received": True, "used": True, "case": case_id})


async def _verified_event(request: web.Request, context: Context) -> dict[str, Any]:
    """The event, once its signature over the raw body is good and not older than five minutes.

    Raises:
        ApiProblem: Stripe isn't set up, or the body isn't a signed event.
    """
    secret = context.settings.stripe_webhook_secret
    if secret is None:
        raise ApiProblem(404, "Stripe is off", "Set STRIPE_WEBHOOK_SECRET to receive Stripe's events.")
    from bot.webhooks import stripe_signature  # noqa: PLC0415 - slow to load

    signature = request.headers.get("Stripe-Signature", "").encode("ascii", "replace").decode()
    try:
        stripe_signature.require_time_of_now(signature, Clock().now())
        raw = await read_body(request, LARGEST_BODY)
        stripe_signature.verify_signature(raw, signature, secret.get_secret_value())
        event = orjson.loads(raw)
    except stripe_signature.BadSignature:
        REFUSED_REQUESTS.labels(route="stripe", why="signature").inc()
        raise ApiProblem(400, "Not signed by Stripe", "The signature doesn't fit, or isn't of now.") from None
    except ValueError:
        event = None
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        REFUSED_REQUESTS.labels(route="stripe", why="body").inc()
        raise ApiProblem(400, "Unreadable event", "The body isn't a Stripe event.")
    return event


def _read_event(event: dict[str, Any], context: Context) -> ChargebackEvent | None:
    """None: it is about something that we don't use. Raises ApiProblem: a field is missing or odd."""
    try:
        return context.read_stripe_event(event)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as trouble:
        REFUSED_REQUESTS.labels(route="stripe", why="event").inc()
        log.warning("stripe_event_unreadable", event_id=str(event.get("id"))[:80], reason=repr(trouble)[:200])
        raise ApiProblem(
            400, "Unreadable event", "The chargeback in this event lacks what we need."
        ) from None
