"""Download of a case's files: streamed to those who may see them, with headers by which nothing in them runs.

Customers download under their link; the team under a signed address from the chat, which soon expires.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from aiohttp import web

from core.customer_link import CustomerLink
from core.uploaded_file import File, FileState
from handlers.customer_page import is_customer_visible
from store.evidence.blobs import BlobMissing, BlobStream
from store.transaction import Transaction
from web.customer.access import Visit, customer_page, refuse_guess
from web.customer.context import PORTAL
from web.customer.error_pages import PageRefused, refusal_page
from web.language import choose_translator

routes = web.RouteTableDef()
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, no-store",
}
_PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")
"""Types that a browser may display; all others, PDF too, are offered for saving."""
_SAVED = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "message/rfc822",
)
_PLAIN = ("text/plain", "text/csv")
_UNSAFE = re.compile(r"[^\w.,()+ -]", re.ASCII)
_LONGEST_TOKEN = 300
Fetch = Callable[[str], Awaitable[BlobStream]]


@routes.get("/d/{token}/files/{file_id}")
@customer_page
async def get_own_file(request: web.Request, visit: Visit) -> web.StreamResponse:
    """One of the customer's own files."""
    file = await _customers_file(request, visit)
    return await _serve(request, file, visit.portal.blobs.fetch)


@routes.get("/d/{token}/files/{file_id}/preview")
@customer_page
async def get_own_preview(request: web.Request, visit: Visit) -> web.StreamResponse:
    """A small JPEG of the file."""
    file = await _customers_file(request, visit)
    if not file.has_preview:
        raise PageRefused("no_file", 404)
    return await _serve(request, file, visit.portal.blobs.fetch_preview, is_preview=True)


@routes.get("/e/{token}")
async def get_staff_file(request: web.Request) -> web.StreamResponse:
    """A file of the case for a colleague, whose signed address came from the chat."""
    try:
        return await _serve(request, await _staff_file(request), request.app[PORTAL].blobs.fetch)
    except PageRefused as refused:
        return refusal_page(request, refused, choose_translator(request, None))


async def _staff_file(request: web.Request) -> File:
    portal = request.app[PORTAL]
    file_id = portal.tokens.read_file(request.match_info["token"][:_LONGEST_TOKEN], now=portal.now())
    file = await portal.store.read(_find_file, file_id) if file_id else None
    if file is None:
        raise refuse_guess(request, "no_file")
    return file


async def _customers_file(request: web.Request, visit: Visit) -> File:
    file = await visit.portal.store.read(_find_own, request.match_info["file_id"], visit.link)
    if file is None:
        raise PageRefused("no_file", 404)
    return file


async def _serve(
    request: web.Request, file: File, fetch: Fetch, *, is_preview: bool = False
) -> web.StreamResponse:
    try:
        stored = await fetch(file.sha256 or "")
    except BlobMissing:
        raise PageRefused("no_file", 404) from None
    kind = "image/jpeg" if is_preview else file.media_type
    response = web.StreamResponse(headers=HEADERS)
    response.headers["Content-Type"] = _content_type(kind)
    response.headers["Content-Disposition"] = _disposition(file.name, is_shown=kind in _PICTURES)
    response.content_length = stored.size
    await response.prepare(request)
    if request.method != "HEAD":
        async for piece in stored.pieces:
            await response.write(piece)
    await response.write_eof()
    return response


def _content_type(kind: str) -> str:
    """The type, if it is one that uploads accept; anything else is sent as plain bytes."""
    if kind in _PLAIN:
        return "text/plain; charset=utf-8"
    return kind if kind in (*_PICTURES, *_SAVED) else "application/octet-stream"


def _disposition(name: str, *, is_shown: bool) -> str:
    """RFC 6266: an ASCII name for old browsers, the real one beside it."""
    plain = _UNSAFE.sub("_", name)[:120] or "file"
    how = "inline" if is_shown else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _find_own(tx: Transaction, file_id: str, link: CustomerLink) -> File | None:
    """A file that this customer handed in about the link's invoice; None for any other."""
    file = _find_file(tx, file_id)
    if file is None or (file.invoice_ref, file.customer_ref) != (link.invoice.ref, link.customer.ref):
        return None
    return file if is_customer_visible(file) else None


def _find_file(tx: Transaction, file_id: str) -> File | None:
    """A file that was scanned and found clean; None for any other."""
    file = tx.files.find(file_id)
    return file if file is not None and file.state is FileState.READY and file.sha256 else None
