"""How does somebody with an expired link get a fresh one? By mail, to the address that we have."""

from __future__ import annotations

from aiohttp import web

from handlers.customer_link import send_fresh_link
from web.customer.access import demand_own_form, give_cookie, knock, visit_of
from web.customer.context import PORTAL
from web.customer.links import new_link_id
from web.error_pages import TurnedAway, show_refusal
from web.language import choose
from web.pages import page

routes = web.RouteTableDef()


@routes.post("/d/{token}/fresh")
async def post_fresh(request: web.Request) -> web.StreamResponse:
    """The same answer whether or not there is an address, and whether or not a mail goes out."""
    portal = request.app[PORTAL]
    try:
        link = await knock(request)
        visit = visit_of(request, link)
        demand_own_form(visit, (await request.post()).get("csrf"))
    except TurnedAway as turned:
        return show_refusal(request, turned, choose(request, None))
    if link.revoked_at is not None:
        return show_refusal(request, TurnedAway("revoked", 410), visit.tongue)
    if portal.mail_is_on:
        await portal.store.run(send_fresh_link, link.id, new_link_id(), visit.now)
    response = page(
        request,
        "expired.html",
        visit.tongue,
        company=portal.store.policy.company,
        title=visit.tongue.say("Please look into your mailbox"),
        text="",
        may_mail=portal.mail_is_on,
        action="",
        csrf="",
        is_sent=True,
    )
    give_cookie(response, visit)
    return response
