"""Which addresses do customers have? Everything under their link, and the files that the team opens."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from web import pages
from web.customer import draft as portal_draft
from web.customer import expired, status, uploads
from web.customer import files as customer_files
from web.customer import form as portal_form
from web.customer import index as front


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
