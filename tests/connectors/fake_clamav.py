"""A server on loopback that speaks clamd's protocol, from clamd(8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_LIMIT = b"INSTREAM size limit exceeded. ERROR\x00"


@dataclass
class ClamAv:
    """`mood`: `well`, `mute` (hangs up without a word), `odd` (another's protocol) or `reloading`."""

    mood: str = "well"
    most: int = 25 * 1024 * 1024
    scanned: list[int] = field(default_factory=list)
    largest_chunk: int = 0
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(await self._answer(reader))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        command = await reader.readuntil(b"\x00")
        if self.mood == "mute":
            return b""
        if self.mood == "odd":
            return b"220 mail.example ESMTP\r\n\x00"
        if command == b"zPING\x00":
            return b"PONG\x00"
        assert command == b"zINSTREAM\x00"
        return await self._scan(reader)

    async def _scan(self, reader: asyncio.StreamReader) -> bytes:
        content = bytearray()
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            self.largest_chunk = max(self.largest_chunk, length)
            if len(content) + length > self.most:
                return _LIMIT
            content += await reader.readexactly(length)
        self.scanned.append(len(content))
        if self.mood == "reloading":
            return b"stream: Can't allocate memory ERROR\x00"
        return b"stream: Eicar-Test-Signature FOUND\x00" if EICAR in content else b"stream: OK\x00"


@asynccontextmanager
async def a_clamav(socket: Path | None = None) -> AsyncIterator[ClamAv]:
    clamav = ClamAv()
    if socket is not None:
        server = await asyncio.start_unix_server(clamav.serve, socket)
        clamav.url = f"unix://{socket}"
    else:
        server = await asyncio.start_server(clamav.serve, "127.0.0.1", 0)
        clamav.url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield clamav
