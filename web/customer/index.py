"""First page of a customer's link: the form, or the status of a dispute."""

from __future__ import annotations

from aiohttp import web

from core.errors import NotFound
from handlers.customer_page import load_customer_cases
from web.customer.access import Visit, customer_page
from web.customer.error_pages import PageRefused
from web.customer.form import show_form
from web.customer.status import show_status

routes = web.RouteTableDef()


@routes.get("/d/{token}")
@customer_page
async def get_page(request: web.Request, visit: Visit) -> web.StreamResponse:
    """The form if there is no dispute yet or `?new=1`; else the dispute of `?case=`, or the newest."""
    try:
        customer_cases = await visit.portal.store.read(
            load_customer_cases, visit.link, request.query.get("case") or None
        )
    except NotFound:
        raise PageRefused("no_case", 404) from None
    if customer_cases.chosen is None or request.query.get("new") == "1":
        return await show_form(request, visit)
    return show_status(request, visit, customer_cases)
