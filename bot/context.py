"""Context shared by the routes: built once by the wiring, read by every request."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.settings import Settings
from scheduler.clock import Clock
from store.engine import Store


@dataclass(frozen=True, slots=True)
class Context:
    settings: Settings
    store: Store
    clock: Clock


CONTEXT: web.AppKey[Context] = web.AppKey("context", Context)
