"""Page behind a case's link that is opened outside the chat: it points to the chat and discloses nothing."""

from __future__ import annotations

from html import escape
from pathlib import Path

from aiohttp import web

from core.ids import find_case_id

routes = web.RouteTableDef()
_PAGE = (Path(__file__).parent / "static" / "signpost.html").read_text(encoding="utf-8")
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@routes.get("/cases/{number}")
async def get_case_link(request: web.Request) -> web.Response:
    """The same page for every well-formed number, whether or not the case exists."""
    case_id = find_case_id(request.match_info["number"])
    if case_id is None:
        raise web.HTTPNotFound
    return web.Response(
        text=_PAGE.replace("{case_id}", escape(case_id)),
        content_type="text/html",
        headers={"Content-Security-Policy": _POLICY},
    )


@routes.get("/static/signpost.css")
async def get_style(_request: web.Request) -> web.StreamResponse:
    return web.FileResponse(Path(__file__).parent / "static" / "signpost.css")
