"""Under which key does a request find the world?"""

from __future__ import annotations

from aiohttp import web

from sandbox.world import World

WORLD = web.AppKey("world", World)
