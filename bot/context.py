"""Context shared by the routes: built once by the wiring, read by every request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.settings import Settings
from core.chargebacks import ChargebackEvent
from scheduler.clock import Clock
from store.engine import Store

StripeEventReader = Callable[[Mapping[str, Any]], ChargebackEvent | None]
"""Reads a verified event of Stripe's. None: it is about something that we don't use.

Raises AttributeError, KeyError, TypeError or ValueError where a field is missing or of another shape.
"""


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    store: Store
    clock: Clock
    read_stripe_event: StripeEventReader


CONTEXT: web.AppKey[Context] = web.AppKey("context", Context)
