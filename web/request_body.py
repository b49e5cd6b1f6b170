"""Body of a request, read by pieces: counted as it comes, however it is framed, and given up when it dawdles.

What a client says of its body (Content-Length) is believed only where that refuses it sooner. Nothing is
unpacked: the server runs without aiohttp's own decompression, and `refuse_encoded` answers what is packed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

GRACE_SECONDS = 10.0
"""How long a body may take before its pace counts."""
SLOWEST_PACE = 16 * 1024
"""Bytes a second, on average, that a body has to come at once the grace is over."""
LONGEST_SECONDS = 60.0
"""How long a body may take in all, unless its route says otherwise."""
LONGEST_PAUSE = 60.0
"""How long nothing of an upload may come; a phone in a train is slow, so that its pace doesn't count."""
LONGEST_UPLOAD = 900.0
_PIECE_BYTES = 64 * 1024


async def read_body(request: web.Request, limit: int, *, seconds: float = LONGEST_SECONDS) -> bytes:
    """The whole body, `limit` bytes at most. Raises as `read_pieces` does."""
    return b"".join([piece async for piece in read_pieces(request, limit, seconds=seconds)])


async def read_pieces(
    request: web.Request, limit: int, *, seconds: float = LONGEST_SECONDS
) -> AsyncIterator[bytes]:
    """The body piece by piece, `limit` bytes at most in all.

    Raises:
        web.HTTPRequestEntityTooLarge: more than `limit` bytes are announced, or came.
        web.HTTPRequestTimeout: it took longer than `seconds`, or came slower than SLOWEST_PACE.
        web.HTTPBadRequest: it broke off, or its framing is broken.
        web.HTTPUnsupportedMediaType: it is packed.
    """
    refuse_encoded(request)
    if (request.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(limit, request.content_length or 0)
    started, size = asyncio.get_running_loop().time(), 0
    while True:
        patience = min(seconds, GRACE_SECONDS + size / SLOWEST_PACE)
        piece = await _next_piece(request, started + patience)
        if not piece:
            return
        size += len(piece)
        if size > limit:
            raise web.HTTPRequestEntityTooLarge(limit, size)
        yield piece


async def read_upload(request: web.Request) -> AsyncIterator[bytes]:
    """The body of an upload piece by piece, whose reader knows how much may come and keeps what has come.

    Raises:
        web.HTTPRequestTimeout: nothing came for LONGEST_PAUSE, or it took longer than LONGEST_UPLOAD.
        web.HTTPBadRequest: it broke off, or its framing is broken.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + LONGEST_UPLOAD
    while piece := await _next_piece(request, min(until, loop.time() + LONGEST_PAUSE)):
        yield piece


def refuse_encoded(request: web.Request) -> None:
    """Refuse a packed body. No platform, browser or mail provider that we take requests from packs one.

    Raises:
        web.HTTPUnsupportedMediaType: Content-Encoding names anything but `identity`.
    """
    encodings = ",".join(request.headers.getall("Content-Encoding", ()))
    if any(one.strip().lower() not in ("", "identity") for one in encodings.split(",")):
        raise web.HTTPUnsupportedMediaType(headers={"Accept-Encoding": "identity"})


async def _next_piece(request: web.Request, until: float) -> bytes:
    """What has come, waiting `until` then on the loop's clock; empty at the end of the body."""
    try:
        async with asyncio.timeout_at(until):
            return await request.content.read(_PIECE_BYTES)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.RequestPayloadError, ConnectionError):
        raise web.HTTPBadRequest(reason="The body broke off") from None
