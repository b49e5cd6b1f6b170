"""`/api/links`: the customer's link that a billing platform prints on an invoice."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from bot.api.convert import to_customer, to_invoice
from bot.api.models import CustomerIn, InvoiceIn
from bot.api.problems import ApiProblem, invalid_body, invalid_field
from bot.api.requests import authenticate, json_body
from bot.context import CONTEXT, Context
from bot.settings import tokens_of
from core.customer_link import CustomerLink
from core.tokens import Tokens
from handlers.customer_link import renew_link, revoke_link
from web.customer.links import new_link_id, url_of

routes = web.RouteTableDef()


class LinkIn(BaseModel, extra="forbid", frozen=True):
    """Whom the link is for, and about which invoice."""

    customer: CustomerIn
    invoice: InvoiceIn


class LinkOut(BaseModel):
    """Whoever has the address can open the page: print it where only the customer reads."""

    id: str = Field(description="To revoke it by; it opens nothing")
    url: str
    expires_at: datetime
    revoked_at: datetime | None


@routes.post("/api/links")
async def post_link(request: web.Request) -> web.Response:
    """201 with a new link; 200 with the one that the customer has, renewed for as long again."""
    context, tokens = _authorize(request)
    try:
        body = LinkIn.model_validate_json(await json_body(request))
    except ValidationError as problem:
        raise invalid_body(problem) from None
    policy = context.store.policy
    customer = to_customer(body.customer, policy)
    if customer.tier_id not in policy.tiers:
        known = ", ".join(policy.tiers)
        raise invalid_field("/customer/tier", f"There is no tier “{customer.tier_id[:40]}”. Known: {known}.")
    link_id = new_link_id()
    link = await context.store.run(
        renew_link, to_invoice(body.invoice), customer, link_id, context.clock.now()
    )
    return _link_response(link, tokens, context, status=201 if link.id == link_id else 200)


@routes.delete("/api/links/{id}")
async def delete_link(request: web.Request) -> web.Response:
    """200 with the link, which opens nothing any more; a repeat changes nothing."""
    context, tokens = _authorize(request)
    link = await context.store.run(revoke_link, request.match_info["id"][:100], context.clock.now())
    if link is None:
        raise ApiProblem(404, "Not found", "There is no such link.")
    return _link_response(link, tokens, context, status=200)


def _authorize(request: web.Request) -> tuple[Context, Tokens]:
    """Raises ApiProblem: no key, or this installation has no customer pages."""
    context = request.app[CONTEXT]
    authenticate(request, context)
    tokens = tokens_of(context.settings)
    if tokens is None:
        raise ApiProblem(404, "Not here", "This installation has no links: set SECRET_KEY.")
    return context, tokens


def _link_response(link: CustomerLink, tokens: Tokens, context: Context, *, status: int) -> web.Response:
    answer = LinkOut(
        id=link.id,
        url=url_of(link, tokens, context.settings.base_url),
        expires_at=link.expires_at,
        revoked_at=link.revoked_at,
    )
    return web.Response(
        status=status, body=answer.model_dump_json().encode(), content_type="application/json"
    )
