"""Confirmation page: the owner of an e-mail address says with one press that we may write to it.

Opening the page changes nothing, because mail scanners open every link. It shows nothing of any case.
"""

from __future__ import annotations

from aiohttp import web

from handlers.confirm_address import confirm
from store.transaction import Transaction
from web.customer.access import refuse_guess, require_same_origin
from web.customer.context import PORTAL
from web.customer.error_pages import PageRefused, refusal_page
from web.language import choose_translator
from web.pages import render_page

routes = web.RouteTableDef()
_LONGEST_TOKEN = 200


@routes.get("/a/{token}")
async def get_confirm(request: web.Request) -> web.StreamResponse:
    """The page with the button."""
    return await _answer(request, is_done=False)


@routes.post("/a/{token}")
async def post_confirm(request: web.Request) -> web.StreamResponse:
    """Confirmed; a second press says the same."""
    return await _answer(request, is_done=True)


async def _answer(request: web.Request, *, is_done: bool) -> web.StreamResponse:
    try:
        address_id = await _address_of(request)
    except PageRefused as refused:
        return refusal_page(request, refused, choose_translator(request, None))
    portal, translator = request.app[PORTAL], choose_translator(request, None)
    if is_done:
        await portal.store.run(confirm, address_id, portal.now())
    company = portal.store.policy.company
    asked = translator.translate("%(company)s then answers you there about your invoice.", company=company)
    thanks = translator.translate("Thank you. From now on our answers go to this address.")
    return render_page(
        request,
        "confirm.html",
        translator,
        company=company,
        title=translator.translate("Confirmed") if is_done else translator.translate("Is this your address?"),
        text=thanks if is_done else asked,
        is_done=is_done,
        action="" if is_done else request.path,
    )


async def _address_of(request: web.Request) -> str:
    """Raises PageRefused: the link was never sent, has expired, or another site's page sent the request."""
    portal, token = request.app[PORTAL], request.match_info["token"]
    now = portal.now()
    address_id = portal.tokens.read_address(token, now=now) if len(token) <= _LONGEST_TOKEN else None
    if address_id is None:
        raise refuse_guess(request, "unconfirmable", 410)
    require_same_origin(request)
    if not portal.rate_limit.allows_form(address_id):
        raise PageRefused("too_many", 429)
    if not await portal.store.read(_is_known, address_id):
        raise refuse_guess(request, "unconfirmable", 410)
    return address_id


def _is_known(tx: Transaction, address_id: str) -> bool:
    return tx.addresses.find(address_id) is not None
