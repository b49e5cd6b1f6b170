"""Spool for a mail that is being received: in memory while it is small, else in a temporary file."""

from __future__ import annotations

import asyncio
from tempfile import SpooledTemporaryFile
from types import TracebackType

LARGEST_MAIL = 50 * 1024 * 1024
"""Bytes. Attachments of 30 MB make 41 MB on their way."""
_IN_MEMORY = 1024 * 1024
_FLUSH_BYTES = 256 * 1024


class MailTooLarge(Exception):
    """More bytes came than a mail may have."""


class Spool:
    """A context manager; the content is gone afterwards."""

    def __init__(self, largest: int = LARGEST_MAIL) -> None:
        self.size = 0
        self._largest = largest
        self._buffer = bytearray()
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by the context

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    async def write(self, piece: bytes) -> None:
        """Raises MailTooLarge, or OSError when the disk takes no more."""
        self.size += len(piece)
        if self.size > self._largest:
            raise MailTooLarge
        self._buffer += piece
        if len(self._buffer) >= _FLUSH_BYTES:
            await self._flush()

    async def read(self) -> bytes:
        """All of it."""
        await self._flush()
        return await asyncio.to_thread(self._read)

    async def _flush(self) -> None:
        gathered, self._buffer = bytes(self._buffer), bytearray()
        await asyncio.to_thread(self._file.write, gathered)

    def _read(self) -> bytes:
        self._file.seek(0)
        return self._file.read()
