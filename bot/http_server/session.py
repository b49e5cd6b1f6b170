"""HTTP session: aiohttp's, with time-outs for heads and unread answers, and log lines without content."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.api.problems import ApiProblem
from bot.faults import describe
from bot.http_server.broken import count_broken
from bot.http_server.connections import Connections, Limits

_CROWDED = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
log = structlog.get_logger()


class HttpSession(RequestHandler):
    """One connection. It waits until a request's head is complete, works until the last answer is sent, and
    waits again."""

    __slots__ = ("_answered", "_connections", "_head_bytes", "_limits", "_timer", "_unread_timer", "_wire")

    def __init__(self, *args: Any, connections: Connections, limits: Limits, **more: Any) -> None:
        super().__init__(*args, **more)
        self._connections = connections
        self._limits = limits
        self._answered = 0
        self._head_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        self._wire: asyncio.Transport | None = None
        """The transport, also after aiohttp let go of it: closing waits for a client that reads nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = cast(asyncio.Transport, transport)
        if not self._connections.admit(self, _address_of(transport)):
            self._force_close = True
            self._end("crowded", _CROWDED)
            return
        super().connection_made(transport)
        self._wait(self._limits.head_seconds)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._connections.forget(self)
        for timer in (self._timer, self._unread_timer):
            if timer is not None:
                timer.cancel()
        self._wire = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        requests = self._request_count
        super().data_received(data)
        if self._request_count > requests:
            self._head_bytes = 0
            self._work()
        elif self._waiter is not None and not self._force_close:
            self._take_head_bytes(len(data))  # not the rest of a refused body, which aiohttp reads and drops

    async def finish_response(self, *args: Any, **more: Any) -> tuple[web.StreamResponse, bool]:
        try:
            return await super().finish_response(*args, **more)
        finally:
            self._answered += 1
            if self._is_waiting and self._wire is not None:
                self._wait(self._limits.kept_alive_seconds)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread_timer = self._loop.call_later(self._limits.unread_seconds, self._end, "unread")

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread_timer is not None:
            self._unread_timer.cancel()

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109 - aiohttp's
        """A request that is being answered may go on for `timeout` seconds; then its body breaks off, and it
        has as long again to end."""
        await super().shutdown(timeout)
        if self._wire is not None:
            self._wire.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what no route can: a request that isn't one (400), or a fault past the middlewares
        (500). aiohttp's `message` quotes the request, and isn't used."""
        if isinstance(exc, ConnectionError):
            count_broken("broken_off", exc)
            raise exc
        if status < 500:
            count_broken("malformed", exc)
            problem = ApiProblem(status, "Not a request", "This isn't HTTP as it should be.")
        else:
            log.error("request_failed", **(describe(exc) if exc else {}))
            problem = ApiProblem(status, "Our fault", "Something went wrong here. Try again.")
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun already.")
        response = problem.response()
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        response.force_close()
        return response

    def log_exception(self, *_args: Any, **more: Any) -> None:
        """aiohttp's own lines, which quote the request."""
        fault: BaseException | None = more.get("exc_info")
        if self.transport is None or isinstance(fault, (ConnectionError, web.RequestPayloadError)):
            count_broken("broken_off", fault)
        else:
            log.error("request_failed", **(describe(fault) if fault is not None else {}))

    @property
    def _is_waiting(self) -> bool:
        return self._answered >= self._request_count

    def _take_head_bytes(self, size: int) -> None:
        if not self._head_bytes and self._answered:
            self._wait(self._limits.head_seconds)
        self._head_bytes += size
        if self._head_bytes > self._limits.head_bytes:
            self._end("long_head", _TOO_LONG)

    def _wait(self, seconds: float) -> None:
        self._connections.wait(self, lambda: self._end("made_room"))
        self._set_timer(seconds, self._end_waiting)

    def _work(self) -> None:
        self._connections.work(self)
        self._set_timer(None, self._end_waiting)

    def _set_timer(self, seconds: float | None, act: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self._loop.call_later(seconds, act)

    def _end_waiting(self) -> None:
        """No request came, or half a head. The half is told so; who keeps alive or only connected, isn't."""
        if self._head_bytes:
            self._end("slow_head", _TOO_SLOW)
        else:
            self._end(None if self._answered else "silent")

    def _end(self, why: str | None, answer: bytes = b"") -> None:
        """Close the connection, at once where the client doesn't read."""
        if why is not None:
            count_broken(why)
        wire = self._wire
        if wire is None:
            return
        if answer and not wire.is_closing() and not wire.get_write_buffer_size():
            wire.write(answer)
        is_unread = wire.get_write_buffer_size() > 0
        self.force_close()
        if is_unread:
            wire.abort()
        else:
            wire.close()


def _address_of(transport: asyncio.BaseTransport) -> str:
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""
