"""Fresh links for expired ones, by mail to the customer's address on file."""

from __future__ import annotations

from urllib.parse import parse_qsl

from aiohttp import web

from handlers.customer_link import send_new_link
from web.customer.access import load_link, require_csrf_token, set_visitor_cookie, visit_of
from web.customer.context import PORTAL
from web.customer.error_pages import PageRefused, refusal_page
from web.customer.links import new_link_id
from web.language import choose_translator
from web.pages import render_page
from web.request_body import read_body

routes = web.RouteTableDef()
_LONGEST_FORM = 4096


@routes.post("/d/{token}/fresh")
async def post_fresh(request: web.Request) -> web.StreamResponse:
    """Mail a fresh link. The answer is the same without an address and when no mail is sent."""
    portal = request.app[PORTAL]
    try:
        link = await load_link(request)
        visit = visit_of(request, link)
        require_csrf_token(visit, await _read_token(request))
    except PageRefused as refused:
        return refusal_page(request, refused, choose_translator(request, None))
    if link.revoked_at is not None:
        return refusal_page(request, PageRefused("revoked", 410), visit.translator)
    if portal.mail_is_on:
        await portal.store.run(send_new_link, link.id, new_link_id(), visit.now)
    response = render_page(
        request,
        "expired.html",
        visit.translator,
        company=portal.store.policy.company,
        title=visit.translator.translate("Please look into your mailbox"),
        text="",
        may_mail=portal.mail_is_on,
        action="",
        csrf="",
        is_sent=True,
    )
    set_visitor_cookie(response, visit)
    return response


async def _read_token(request: web.Request) -> str:
    """The form's token, which is all that this form has."""
    raw = await read_body(request, _LONGEST_FORM)
    return dict(parse_qsl(raw.decode("utf-8", "replace"))).get("csrf", "")
