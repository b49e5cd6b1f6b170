"""How does the process live: start, be ready, work, and stop without losing anything?"""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

import structlog
from aiohttp import web

from bot.settings import Settings
from bot.web import make_app
from bot.wiring import House, build
from core.policy import Policy

log = structlog.get_logger()


async def serve_until_stopped(settings: Settings, policy: Policy) -> None:
    """Serve until SIGTERM or SIGINT; then take nothing new, finish what is being answered and sent.

    Raises:
        StoreUnavailable, PolicyDoesNotFit: before anything is served.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(one, stopped.set)
    house = await build(settings, policy)
    try:
        runner = web.AppRunner(make_app(house.context, house.readiness, house.slack), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, settings.host, settings.port, reuse_address=True).start()
        await _work(house, runner, stopped)
    finally:
        await house.close()


async def _work(house: House, runner: web.AppRunner, stopped: asyncio.Event) -> None:
    settings = house.context.settings
    await house.start()
    log.info(
        "ready", address=f"http://{settings.host}:{settings.port}", database=house.context.store.database
    )
    await stopped.wait()
    log.info("stopping")
    await runner.cleanup()
    await house.stop()
