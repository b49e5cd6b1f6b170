"""Bytes that tests store, and what the blob store holds afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256

from store.evidence.blobs import Blobs

MB = 1024 * 1024
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MUCH_LATER = datetime(2100, 1, 1, tzinfo=UTC)
UPLOAD = "upload-1234567890"


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes of which no two pieces are the same."""
    return b"".join(sha256(f"{seed}.{block}".encode()).digest() for block in range(size // 32 + 1))[:size]


async def pieces_of(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def upload(blobs: Blobs, content: bytes, part: int = MB) -> None:
    for start in range(0, len(content), part):
        await blobs.put_part(UPLOAD, start, content[start : start + part])


async def read_all(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def stored_hashes(blobs: Blobs, before: datetime = MUCH_LATER) -> list[str]:
    return [name async for name in blobs.list_stored(before)]


async def uploads(blobs: Blobs, before: datetime = MUCH_LATER) -> list[str]:
    return [name async for name in blobs.list_uploads(before)]
