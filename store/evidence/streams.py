"""Streams of bytes: hashed, checked, split and buffered, a piece at a time; errors of a full disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path

from store.errors import EvidenceUnavailable
from store.evidence.limits import DISK_FULL, PART

PIECE = 1024 * 1024
"""Bytes read at once."""
MOST_IN_A_PART = 4 * PIECE
"""Bytes written at once, and held in memory when a part is read."""


async def hashed(pieces: AsyncIterator[bytes]) -> tuple[str, int]:
    """SHA-256 and size."""
    digest, size = sha256(), 0
    async for piece in pieces:
        await asyncio.to_thread(digest.update, piece)
        size += len(piece)
    return (digest.hexdigest(), size)


async def checked(pieces: AsyncIterator[bytes], expected: str) -> AsyncGenerator[bytes]:
    """The same pieces. Raises EvidenceUnavailable at the end when their hash isn't `expected`."""
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
    """The same bytes, in parts that `put_part` accepts: small pieces are joined, large ones split."""
    buffer = bytearray()
    async for piece in source:
        for start in range(0, len(piece), PIECE):
            buffer += piece[start : start + PIECE]
            if len(buffer) > MOST_IN_A_PART - PIECE:
                yield bytes(buffer)
                buffer.clear()
    if buffer:
        yield bytes(buffer)


async def in_upload_parts(stream: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """The same bytes in parts of `PART` bytes; if the stream breaks, what came of the last part too."""
    buffer = bytearray()
    try:
        async for piece in stream:
            buffer += piece
            while len(buffer) >= PART:
                yield bytes(buffer[:PART])
                del buffer[:PART]
    except Exception:
        if buffer:
            yield bytes(buffer)
        raise
    if buffer:
        yield bytes(buffer)


async def pieces_of(stream: AsyncIterable[bytes] | bytes) -> AsyncIterator[bytes]:
    if isinstance(stream, bytes):
        yield stream
        return
    async for piece in stream:
        yield piece


def hash_of(file: Path) -> str:
    """SHA-256, as evidence is named."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


@contextmanager
def full_disk_errors() -> Iterator[None]:
    """Turns the errors of a full disk into EvidenceUnavailable: the sender may try again later."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise no_room() from error
        raise


def no_room() -> EvidenceUnavailable:
    return EvidenceUnavailable(
        "There is no room on the disk to look into files. Nothing was kept; try again."
    )
