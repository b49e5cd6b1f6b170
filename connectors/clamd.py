"""Client of ClamAV's daemon: scans bytes by its INSTREAM command, over TCP or a Unix socket.

The protocol is in clamd(8): `zINSTREAM\\0`, chunks that each begin with their length in four bytes, an empty
one at the end; the response is `stream: OK`, `stream: NAME FOUND` or `… ERROR`, each with `\\0` behind it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from connectors.errors import GiveUp, TryAgain

_INSTREAM = b"zINSTREAM\x00"
_PING = b"zPING\x00"
_END = b"\x00"
_LONGEST_ANSWER = 4096
_USUAL_PORT = 3310
_FOUND = re.compile(r"stream: (?P<signature>.{1,300}) FOUND")
_NO_ANSWER = "ClamAV hung up or fell silent in the middle of a file."


class Clamd:
    """Each scan has its own connection, as clamd requires."""

    def __init__(self, url: str, *, timeout: float = 120.0) -> None:
        """`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`; `timeout` is in seconds, for one step.

        Raises:
            ValueError: the URL is not a valid one.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("tcp", "unix") or not (
            parts.hostname if parts.scheme == "tcp" else parts.path
        ):
            raise ValueError(
                f"{url} is no address of ClamAV. Write tcp://host:3310 or unix:///path/clamd.ctl."
            )
        self._socket = parts.path if parts.scheme == "unix" else None
        self._address = (parts.hostname or "", parts.port or _USUAL_PORT)
        self._timeout = timeout

    async def find_virus(self, content: AsyncIterator[bytes]) -> str | None:
        """The signature that matches `content`; None: it is clean. A repeat is harmless.

        Raises:
            TryAgain: clamd doesn't answer, or can't scan now.
            GiveUp: clamd refuses the content, and will until its configuration is changed.
        """
        async with self._connected() as (reader, writer):
            answer = asyncio.create_task(reader.readuntil(_END))
            try:
                with suppress(
                    ConnectionError
                ):  # clamd closes the connection when the content is too long, but says so first
                    await self._send(writer, content, answer)
                return _read_answer(await self._decoded(answer))
            finally:
                answer.cancel()
                await asyncio.gather(answer, return_exceptions=True)

    async def check(self) -> None:
        """Raises TryAgain when clamd doesn't answer."""
        async with self._connected() as (reader, writer):
            writer.write(_PING)
            answer = await self._decoded(reader.readuntil(_END))
        if answer != "PONG":
            raise TryAgain(f"What answers there isn't ClamAV: {answer!r}.")

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Raises TryAgain for all connection errors."""
        try:
            async with asyncio.timeout(self._timeout):
                reader, writer = await self._connect()
        except (OSError, TimeoutError) as error:
            raise TryAgain(
                "ClamAV doesn't answer.", remedy="Start clamd, or correct CLAMD_URL: files wait for it."
            ) from error
        try:
            yield reader, writer
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError) as error:
            raise TryAgain(_NO_ANSWER) from error
        finally:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._socket is not None:
            return await asyncio.open_unix_connection(self._socket, limit=_LONGEST_ANSWER)
        return await asyncio.open_connection(*self._address, limit=_LONGEST_ANSWER)

    async def _send(
        self, writer: asyncio.StreamWriter, content: AsyncIterator[bytes], answer: asyncio.Task[bytes]
    ) -> None:
        """Send all of it, unless the response comes before."""
        writer.write(_INSTREAM)
        async for piece in content:
            if answer.done():
                return
            if piece:
                writer.write(len(piece).to_bytes(4, "big") + piece)
                async with asyncio.timeout(self._timeout):
                    await writer.drain()
        writer.write(bytes(4))

    async def _decoded(self, answer: Awaitable[bytes]) -> str:
        async with asyncio.timeout(self._timeout):
            said = await answer
        return said.removesuffix(_END).decode("utf-8", "replace").strip()


def _read_answer(answer: str) -> str | None:
    if answer == "stream: OK":
        return None
    if found := _FOUND.fullmatch(answer):
        return found["signature"]
    if "size limit exceeded" in answer:
        raise GiveUp(
            "ClamAV takes no file that large.",
            "Set StreamMaxLength to 30M or more in clamd.conf, restart clamd.",
        )
    raise TryAgain(f"ClamAV couldn't look: {answer[:200]}")
