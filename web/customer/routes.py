"""Routes for customers: everything under their link, and the files that the team opens."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from web import pages
from web.customer import case_actions, confirm, draft, expired, files, form, index, uploads


def customer_routes() -> Sequence[web.AbstractRouteDef]:
    return [
        *pages.routes,
        *index.routes,
        *form.routes,
        *draft.routes,
        *uploads.routes,
        *case_actions.routes,
        *confirm.routes,
        *expired.routes,
        *files.routes,
    ]
