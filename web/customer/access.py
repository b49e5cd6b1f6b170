"""Access to the customer's pages: from the token in the address to a visit, or to a page that refuses.

Every page under `/d/{token}` is a handler of (request, visit), wrapped in `customer_page`:

    @routes.post("/d/{token}/answer")
    @customer_page
    async def post_answer(request: web.Request, visit: Visit) -> web.StreamResponse:
        form = await read_form(request, visit)

Every request that changes something is checked to come from our own pages (Origin, Sec-Fetch-Site). A handler
that takes what was written must also check the form's token, `visit.csrf`: a field of the form, or `X-Csrf`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from urllib.parse import urlsplit

from aiohttp import web

from cards.customer.language import Translator
from core.customer_link import CustomerLink
from store.transaction import Transaction
from web.client_address import client_address
from web.customer.context import PORTAL, Portal
from web.customer.error_pages import PageRefused, refusal_page
from web.language import choose_translator

COOKIE = "ombud_visitor"
_VISITOR = re.compile(r"[\w-]{43}")
_LONGEST_TOKEN = 200
_TOKENS_IN_PATHS = re.compile(r"(?<=/[ade]/)[^/]+")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Visit:
    """A request with a known link. `now` is the moment of the request; `csrf` goes into every form."""

    portal: Portal
    link: CustomerLink
    token: str
    visitor: str
    csrf: str
    now: datetime
    translator: Translator

    @property
    def path(self) -> str:
        """The path of the link's page; all other paths are below it."""
        return f"/d/{self.token}"


PageHandler = Callable[[web.Request, Visit], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def customer_page(handler: PageHandler) -> Handler:
    """Call `handler` with the visit of a valid link; else answer with a page that discloses nothing."""

    @wraps(handler)
    async def wrapped(request: web.Request) -> web.StreamResponse:
        try:
            visit = await open_visit(request)
            response = await _answer(handler, request, visit)
        except PageRefused as refused:
            return _refusal_page(request, refused)
        if not response.prepared:
            set_visitor_cookie(response, visit)
        return response

    return wrapped


async def _answer(handler: PageHandler, request: web.Request, visit: Visit) -> web.StreamResponse:
    try:
        return await handler(request, visit)
    except web.HTTPRedirection as redirection:
        return web.Response(status=redirection.status, headers={"Location": redirection.headers["Location"]})


def _refusal_page(request: web.Request, refused: PageRefused) -> web.Response:
    """For an expired link, the page with the form that asks for a fresh one, bound to this browser."""
    if refused.link is None:
        return refusal_page(request, refused, choose_translator(request, None))
    visit = visit_of(request, refused.link)
    response = refusal_page(request, refused, visit.translator, visit.csrf)
    set_visitor_cookie(response, visit)
    return response


async def open_visit(request: web.Request) -> Visit:
    """The visit made of the request's token, cookie and headers.

    Raises:
        PageRefused: the link is unknown, revoked or expired, a rate limit is reached, or another site's page
            sent the request.
    """
    link = await load_link(request)
    now = request.app[PORTAL].now()
    if link.revoked_at is not None:
        raise PageRefused("revoked", 410)
    if not link.is_valid(now):
        raise PageRefused("expired", 410, link)
    return visit_of(request, link)


async def load_link(request: web.Request) -> CustomerLink:
    """The link that the address names, valid or not.

    Raises:
        PageRefused: the link was never issued, a rate limit is reached, or another site's page sent the
            request.
    """
    portal, limit = request.app[PORTAL], request.app[PORTAL].rate_limit
    token = request.match_info["token"]
    link_id = portal.tokens.read_link(token) if len(token) <= _LONGEST_TOKEN else None
    if link_id is None:
        raise refuse_guess(request, "unknown")
    require_same_origin(request)
    is_form = request.method == "POST" and not request.path.partition(token)[2].startswith("/files")
    if not limit.allows_request(link_id) or (is_form and not limit.allows_form(link_id)):
        raise PageRefused("too_many", 429)
    link = await portal.store.read(_find_link, link_id)
    if link is None:
        raise refuse_guess(request, "unknown")
    return link


def refuse_guess(request: web.Request, page: str, status: int = 404) -> PageRefused:
    """The refusal of an address that was never issued: `page`, or to wait after too many of one client."""
    portal = request.app[PORTAL]
    if portal.rate_limit.allows_guess(client_address(request, portal.proxies)):
        return PageRefused(page, status)
    return PageRefused("too_many", 429)


def visit_of(request: web.Request, link: CustomerLink) -> Visit:
    portal = request.app[PORTAL]
    visitor = _visitor_of(request) or secrets.token_urlsafe(32)
    return Visit(
        portal=portal,
        link=link,
        token=request.match_info["token"],
        visitor=visitor,
        csrf=portal.tokens.sign_form(link.id, visitor),
        now=portal.now(),
        translator=choose_translator(request, link.customer),
    )


def set_visitor_cookie(response: web.StreamResponse, visit: Visit) -> None:
    """Set the cookie that binds forms to the browser they were sent to; it holds nothing else."""
    response.set_cookie(
        COOKIE,
        visit.visitor,
        path="/d/",
        httponly=True,
        samesite="Lax",
        secure=visit.portal.is_secure,
    )


def require_same_origin(request: web.Request) -> None:
    """Check, by the headers that browsers set, that a request which changes something comes from our pages.

    Raises:
        PageRefused: another site's page sent it.
    """
    if request.method in _SAFE_METHODS:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none") or not _is_our_origin(request, origin):
        raise PageRefused("foreign", 403)


def require_csrf_token(visit: Visit, given: object) -> None:
    """Check that what was written comes from a form that we sent to this browser.

    Raises:
        PageRefused: the form was sent to another browser or link, or it is too old.
    """
    has_form = isinstance(given, str) and len(given) <= _LONGEST_TOKEN
    if not has_form or not visit.portal.tokens.is_valid_form(str(given), visit.link.id, visit.visitor):
        raise PageRefused("foreign", 403)


def redacted_path(request: web.Request) -> str:
    """The request's path for logs, without its token: whoever reads a token can open the page."""
    return _TOKENS_IN_PATHS.sub("•••", request.path)


def _is_our_origin(request: web.Request, origin: str | None) -> bool:
    """Our pages send no referrer, so browsers send `null` for their forms; the form's token tells those."""
    if origin in (None, "null"):
        return True
    ours = urlsplit(request.app[PORTAL].base_url)
    return origin in (f"{ours.scheme}://{ours.netloc}", f"{request.scheme}://{request.host}")


def _visitor_of(request: web.Request) -> str | None:
    given = request.cookies.get(COOKIE, "")
    return given if _VISITOR.fullmatch(given) else None


def _find_link(tx: Transaction, link_id: str) -> CustomerLink | None:
    return tx.links.find(link_id)
