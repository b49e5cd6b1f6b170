"""Who is at the customer's door? The token in the address becomes a visit, or a friendly page that says no.

Every page under `/d/{token}` is a handler of (request, visit), wrapped in `customer_page`:

    @routes.post("/d/{token}/answer")
    @behind_the_door
    async def post_answer(request: web.Request, visit: Visit) -> web.StreamResponse:
        form = await request.post()
        demand_own_form(visit, form.get("csrf"))

Requests that change something must come from our own pages (Origin, Sec-Fetch-Site); that is seen to for
every handler. What is written must moreover bring `visit.csrf` along: in the form, or as `X-Csrf`.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from cards.customer.language import Translator
from core.customer_link import CustomerLink
from store.transaction import Transaction
from web.customer.context import PORTAL, Portal
from web.error_pages import PageRefused, refusal_page
from web.language import choose_translator

COOKIE = "ombud_visitor"
_VISITOR = re.compile(r"[\w-]{43}")
_LONGEST_TOKEN = 200
_TOKENS_IN_PATHS = re.compile(r"(?<=/[de]/)[^/]+")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a good link. `now` is the moment of the request; `csrf` goes into every form."""

    portal: Portal
    link: CustomerLink
    token: str
    visitor: str
    csrf: str
    now: datetime
    translator: Translator

    @property
    def path(self) -> str:
        """Where the link's page is; everything else is below it."""
        return f"/d/{self.token}"


PageHandler = Callable[[web.Request, Visit], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def customer_page(handler: PageHandler) -> Handler:
    """Let in who has a good link; all others are shown a page that tells nothing."""

    @wraps(handler)
    async def opened(request: web.Request) -> web.StreamResponse:
        try:
            visit = await open_visit(request)
            response = await _answer(handler, request, visit)
        except PageRefused as turned:
            return _refusal_page(request, turned)
        if not response.prepared:
            set_visitor_cookie(response, visit)
        return response

    return opened


async def _answer(handler: PageHandler, request: web.Request, visit: Visit) -> web.StreamResponse:
    try:
        return await handler(request, visit)
    except web.HTTPRedirection as way:
        return web.Response(status=way.status, headers={"Location": way.headers["Location"]})


def _refusal_page(request: web.Request, turned: PageRefused) -> web.Response:
    """An expired link still gets a form, which is bound to the browser like every other."""
    if turned.link is None:
        return refusal_page(request, turned, choose_translator(request, None))
    visit = visit_of(request, turned.link)
    response = refusal_page(request, turned, visit.translator, visit.csrf)
    set_visitor_cookie(response, visit)
    return response


async def open_visit(request: web.Request) -> Visit:
    """The visit that the request's token, cookie and headers make.

    Raises:
        TurnedAway: no such link, one whose time is over, too many questions, or a foreign page's doing.
    """
    link = await load_link(request)
    now = request.app[PORTAL].now()
    if link.revoked_at is not None:
        raise PageRefused("revoked", 410)
    if not link.is_valid(now):
        raise PageRefused("expired", 410, link)
    return visit_of(request, link)


async def load_link(request: web.Request) -> CustomerLink:
    """The link that the address names, good or not.

    Raises:
        TurnedAway: we never gave it out, somebody asks too often, or another site's page does.
    """
    portal, client = request.app[PORTAL], client_address(request)
    if not portal.rate_limit.allows_client(client):
        raise PageRefused("too_many", 429)
    require_same_origin(request)
    token = request.match_info["token"]
    link_id = portal.tokens.read_link(token) if len(token) <= _LONGEST_TOKEN else None
    link = await portal.store.read(_find_link, link_id) if link_id else None
    if link is None:
        portal.rate_limit.count_unknown_address(client)
        raise PageRefused("unknown", 404)
    is_form = request.method == "POST" and not request.path.partition(token)[2].startswith("/files")
    if not portal.rate_limit.allows_request(link.id) or (
        is_form and not portal.rate_limit.allows_form(link.id)
    ):
        raise PageRefused("too_many", 429)
    return link


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
    """Forms are bound to the browser that got them; the cookie says nothing else."""
    response.set_cookie(
        COOKIE,
        visit.visitor,
        path="/d/",
        httponly=True,
        samesite="Lax",
        secure=visit.portal.is_secure,
    )


def require_same_origin(request: web.Request) -> None:
    """A browser says where a request comes from; what changes something must come from our own pages.

    Raises:
        TurnedAway: another site's page sent it.
    """
    if request.method in _SAFE_METHODS:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin", "none") or not _is_our_origin(request, origin):
        raise PageRefused("foreign", 403)


def require_csrf_token(visit: Visit, given: object) -> None:
    """What was written must come from a form that this browser got from us.

    Raises:
        TurnedAway: the form is another's, or too old.
    """
    has_form = isinstance(given, str) and len(given) <= _LONGEST_TOKEN
    if not has_form or not visit.portal.tokens.is_valid_form(str(given), visit.link.id, visit.visitor):
        raise PageRefused("foreign", 403)


def client_address(request: web.Request) -> str:
    """Whose address it is: behind a proxy in the house, the one that the proxy saw last."""
    remote = request.remote or ""
    forwarded = request.headers.getall("X-Forwarded-For", [])
    if forwarded and _is_private_address(remote):
        return forwarded[-1].rpartition(",")[2].strip()[:64]
    return remote


def redacted_path(request: web.Request) -> str:
    """The request's path as logs may have it: a token is the key to somebody's page."""
    return _TOKENS_IN_PATHS.sub("•••", request.path)


def needs_error_page(request: web.Request, answer: web.StreamResponse) -> bool:
    """Whether a person sees this answer in a browser, on one of the customer's pages, and it isn't a page."""
    is_theirs = PORTAL in request.app and request.path.startswith(("/d/", "/e/"))
    return is_theirs and not answer.prepared and answer.content_type == "application/problem+json"


def error_page(request: web.Request, status: int) -> web.Response:
    """What went wrong, as a page, where a program would get a problem document."""
    why = {404: "unknown", 405: "unknown", 413: "too_large", 503: "away"}.get(status, "fault")
    response = refusal_page(request, PageRefused(why, status), choose_translator(request, None))
    if status == 503:
        response.headers["Retry-After"] = "10"
    return response


def _is_our_origin(request: web.Request, origin: str | None) -> bool:
    """Our pages send no referrer, so browsers write `null` for their forms; the form's token tells those."""
    if origin in (None, "null"):
        return True
    ours = urlsplit(request.app[PORTAL].base_url)
    return origin in (f"{ours.scheme}://{ours.netloc}", f"{request.scheme}://{request.host}")


def _visitor_of(request: web.Request) -> str | None:
    given = request.cookies.get(COOKIE, "")
    return given if _VISITOR.fullmatch(given) else None


def _is_private_address(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return True  # a Unix socket: only a proxy reaches us that way


def _find_link(tx: Transaction, link_id: str) -> CustomerLink | None:
    return tx.links.find(link_id)
