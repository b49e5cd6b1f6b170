"""Runner of the HTTP server: aiohttp's, with bounded sessions."""

from __future__ import annotations

import resource
from contextlib import suppress
from dataclasses import replace
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.http_server.connections import Connections, Limits
from bot.http_server.session import HttpSession
from web.client_address import NO_PROXIES, TrustedProxies

_WANTED_FILES = 4096
_OWN_FILES = 200
"""Kept for databases, mails, evidence and what we call."""
_LEAST_CONNECTIONS = 16
_LINGERING_SECONDS = 2.0
"""How long the rest of a refused body is read and dropped, so that the client sees the answer."""


class HttpServer(web.Server):
    """Makes the sessions, and counts their connections."""

    def __init__(self, *args: Any, limits: Limits, proxies: TrustedProxies, **more: Any) -> None:
        super().__init__(*args, **more)
        self._limits = limits
        self.open = Connections(limits.most, limits.most_of_client, proxies)

    def __call__(self) -> RequestHandler:
        return HttpSession(self, loop=self._loop, connections=self.open, limits=self._limits, **self._kwargs)


class HttpRunner(web.AppRunner):
    """`setup`, then sites, then `cleanup`, which takes twice `stop_seconds` at most."""

    def __init__(
        self, app: web.Application, limits: Limits | None = None, proxies: TrustedProxies = NO_PROXIES
    ) -> None:
        given = limits or Limits()
        super().__init__(app, shutdown_timeout=given.stop_seconds)
        # aiohttp's own timer doesn't tell half a head from a kept connection; ours do, and end before it.
        longest = given.kept_alive_seconds + given.head_seconds + 60
        self._session_settings = {
            "access_log": None,
            "auto_decompress": False,  # no platform or browser packs what it sends
            "keepalive_timeout": longest,
            "lingering_time": _LINGERING_SECONDS,
        }
        self._proxies = proxies
        self._limits = replace(given, most=min(given.most, raise_file_limit() - _OWN_FILES))

    async def _make_server(self) -> HttpServer:
        plain = await super()._make_server()
        return HttpServer(
            plain.request_handler,
            request_factory=plain.request_factory,
            limits=self._limits,
            proxies=self._proxies,
            **self._session_settings,
        )


def raise_file_limit() -> int:
    """How many files and connections this process may have open, raised to what it needs where allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ceiling = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, _WANTED_FILES)
    if soft != resource.RLIM_INFINITY and soft < ceiling:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))
            return ceiling
    return ceiling if soft == resource.RLIM_INFINITY else max(soft, _OWN_FILES + _LEAST_CONNECTIONS)
