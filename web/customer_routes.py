"""Which addresses do customers have? Everything under their link, and the files that the team opens."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from web import customer_files, expired, front, pages, portal_draft, portal_form, status, uploads


def customer_routes() -> Sequence[web.AbstractRouteDef]:
    return [
        *pages.routes,
        *front.routes,
        *portal_form.routes,
        *portal_draft.routes,
        *uploads.routes,
        *status.routes,
        *expired.routes,
        *customer_files.routes,
    ]
