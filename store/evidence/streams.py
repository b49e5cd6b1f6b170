"""How do bytes stream? Hashed, checked, cut and gathered on their way, a piece at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from hashlib import sha256
from pathlib import Path

from store.errors import EvidenceUnavailable

PIECE = 1024 * 1024
"""Bytes that are read at once."""
MOST_IN_A_PART = 4 * PIECE
"""Bytes that are written at once, and that whoever reads a part may hold in memory."""


async def hashed(pieces: AsyncIterator[bytes]) -> tuple[str, int]:
    """SHA-256 and size."""
    digest, size = sha256(), 0
    async for piece in pieces:
        await asyncio.to_thread(digest.update, piece)
        size += len(piece)
    return (digest.hexdigest(), size)


async def checked(pieces: AsyncIterator[bytes], expected: str) -> AsyncGenerator[bytes]:
    """The pieces. Raises EvidenceStoreAway at the end when they are not what was hashed."""
    digest = sha256()
    async for piece in pieces:
        await asyncio.to_thread(digest.update, piece)
        yield piece
    if digest.hexdigest() != expected:
        raise EvidenceUnavailable("The file changed while it was being stored. Nothing was kept; try again.")


async def read_file(file: Path) -> AsyncIterator[bytes]:
    handle = await asyncio.to_thread(file.open, "rb")
    try:
        while piece := await asyncio.to_thread(handle.read, PIECE):
            yield piece
    finally:
        handle.close()


async def in_parts(source: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes, in parts that `put_part` takes: small pieces gathered, large ones cut."""
    gathered = bytearray()
    async for piece in source:
        for start in range(0, len(piece), PIECE):
            gathered += piece[start : start + PIECE]
            if len(gathered) > MOST_IN_A_PART - PIECE:
                yield bytes(gathered)
                gathered.clear()
    if gathered:
        yield bytes(gathered)
