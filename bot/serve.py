"""Process of `ombud serve`: start, be ready, work, and stop without losing anything."""

from __future__ import annotations

import asyncio
import errno
import signal
from contextlib import AsyncExitStack, suppress

import structlog
from aiohttp import web

from bot.errors import CannotStart
from bot.routes import make_app
from bot.settings import Settings
from bot.wiring.application import build_application
from core.policy import Policy

log = structlog.get_logger()


async def serve_until_stopped(settings: Settings, policy: Policy) -> None:
    """Serve until SIGTERM or SIGINT; then take no new work, finish open requests and deliveries.

    Raises:
        CannotStart, StoreUnavailable, PolicyLacksNames: before anything is served.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(one, stopped.set)
    application = await build_application(settings, policy)
    async with AsyncExitStack() as leaving:
        leaving.push_async_callback(application.close)
        leaving.push_async_callback(application.stop)
        runner = web.AppRunner(
            make_app(
                application.context,
                application.readiness,
                application.slack,
                application.customers,
                application.teams,
            ),
            access_log=None,
        )
        leaving.push_async_callback(runner.cleanup)
        await _listen(runner, settings.host, settings.port)
        await application.start()
        address = f"http://{settings.host}:{settings.port}"
        log.info("ready", address=address, database=application.context.store.database)
        await stopped.wait()
        log.info("stopping")


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    """Raises CannotStart when the address can't be listened on."""
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, reuse_address=True).start()
    except OSError as trouble:
        if trouble.errno == errno.EADDRINUSE:
            raise CannotStart(f"Port {port} is taken. Set PORT to another.") from None
        reason = trouble.strerror or type(trouble).__name__
        raise CannotStart(f"{host}:{port} can't be listened on: {reason}. Set HOST and PORT.") from None
