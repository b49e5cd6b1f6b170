"""How do a stranger's bytes arrive, and how do they lie here while they are looked into?"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC, EROFS
from hashlib import file_digest
from pathlib import Path

from store.errors import EvidenceUnavailable
from store.evidence.limits import PART

NO_ROOM = (ENOSPC, EDQUOT, EROFS)
"""What a disk says when nothing more can be written to it."""


async def in_parts(stream: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Gathered to `PART` bytes each; when the stream breaks, first what came of it."""
    gathered = bytearray()
    try:
        async for piece in stream:
            gathered += piece
            while len(gathered) >= PART:
                yield bytes(gathered[:PART])
                del gathered[:PART]
    except Exception:
        if gathered:
            yield bytes(gathered)
        raise
    if gathered:
        yield bytes(gathered)


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
    """Raises EvidenceStoreAway in its place: it passes, and the sender may try again."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise no_room() from error
        raise


def no_room() -> EvidenceUnavailable:
    return EvidenceUnavailable(
        "There is no room on the disk to look into files. Nothing was kept; try again."
    )
