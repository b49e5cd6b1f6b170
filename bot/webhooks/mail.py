"""Webhook for mail providers: raw MIME, signed.

The header `Ombud-Signature` is `t=<seconds since 1970>,v1=<hex>`, where the latter is the HMAC-SHA256 of
`<t>.<body>` under MAIL_WEBHOOK_SECRET. It is valid for five minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import Counter
from datetime import datetime

import structlog
from aiohttp import web

from bot.api.problems import ApiProblem
from bot.context import CONTEXT
from bot.http_server.connections import client_of
from bot.mail.intake import MailIntake
from bot.mail.spool import LARGEST_MAIL, MailTooLarge, Spool
from bot.metrics import REFUSED_REQUESTS
from core.inbound_mail import Envelope
from web.client_address import NO_PROXIES, client_address
from web.request_body import read_pieces

HEADER = "Ombud-Signature"
TOLERANCE_SECONDS = 300
MOST_AT_ONCE, MOST_OF_CLIENT = 8, 4
"""Bodies that are being received, of up to 50 MB each, in all and of one client. A provider repeats what is
refused."""
LONGEST_SECONDS = 120.0
MAIL_INTAKE: web.AppKey[MailIntake] = web.AppKey("mail_intake", MailIntake)
MAIL_SECRET: web.AppKey[str] = web.AppKey("mail_secret", str)
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
log = structlog.get_logger()
routes = web.RouteTableDef()


@routes.post("/webhooks/mail")
async def post_mail(request: web.Request) -> web.Response:
    """200 once all of the mail is stored; a provider repeats anything from 500 on."""
    intake, secret = request.app.get(MAIL_INTAKE), request.app.get(MAIL_SECRET)
    if intake is None or secret is None:
        raise ApiProblem(404, "Mail is off", "Set MAIL_WEBHOOK_SECRET to receive mails here.")
    stamp, given = _parse_signature(request.headers.get(HEADER, ""), intake.now())
    check = hmac.new(secret.encode(), f"{stamp}.".encode(), hashlib.sha256)
    client = _client_of(request)
    if not _PLACES.take(client):
        raise _busy()
    with Spool() as spool:
        try:
            await _receive(request, check, spool)
        finally:
            _PLACES.give_back(client)
        if not hmac.compare_digest(check.hexdigest(), given):
            raise _not_signed("signature")
        if spool.size == 0:
            raise ApiProblem(400, "No mail", "The body is empty. Send the mail as it came, as raw MIME.")
        return web.json_response({"stored": True, "outcome": await _store_mail(intake, spool)})


class _Places:
    """Places for bodies that aren't known to be signed yet, so that their spools together have an end."""

    def __init__(self, number: int, of_client: int) -> None:
        self.free = number
        self._of_client = of_client
        self._taken: Counter[str] = Counter()

    def take(self, client: str | None) -> bool:
        """False when all are taken, or the client has as many as one may. None has no bound of its own."""
        if self.free == 0 or (client is not None and self._taken[client] >= self._of_client):
            return False
        self.free -= 1
        if client is not None:
            self._taken[client] += 1
        return True

    def give_back(self, client: str | None) -> None:
        self.free += 1
        if client is not None:
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]


_PLACES = _Places(MOST_AT_ONCE, MOST_OF_CLIENT)


def _client_of(request: web.Request) -> str | None:
    """None where everybody comes from one address, through a proxy that isn't named in TRUSTED_PROXIES."""
    context = request.app.get(CONTEXT)
    proxies = context.settings.trusted_proxies if context is not None else NO_PROXIES
    return client_address(request, proxies) if proxies.is_set else client_of(request.remote or "")


async def _receive(request: web.Request, check: hmac.HMAC, spool: Spool) -> None:
    try:
        async for piece in read_pieces(request, LARGEST_MAIL, seconds=LONGEST_SECONDS):
            check.update(piece)
            await spool.write(piece)
    except (web.HTTPRequestEntityTooLarge, MailTooLarge):
        raise _too_large() from None
    except web.HTTPRequestTimeout:
        REFUSED_REQUESTS.labels(route="mail", why="slow").inc()
        raise


async def _store_mail(intake: MailIntake, spool: Spool) -> str:
    try:
        return (await intake.take_in(spool, Envelope())).value
    except Exception as trouble:
        log.warning("mail_not_stored", reason=repr(trouble))
        detail = "The mail could not be stored. Nothing of it was taken; send it again."
        raise ApiProblem(503, "Try again", detail, Retry_After="30") from trouble


def _parse_signature(header: str, now: datetime) -> tuple[str, str]:
    """The time of signing and the signature, checked before a byte of the body is read."""
    found = _SIGNATURE.fullmatch(header.replace(" ", ""))
    if found is None:
        raise _not_signed("header")
    if abs(now.timestamp() - int(found[1])) > TOLERANCE_SECONDS:
        raise _not_signed("timestamp")
    return found[1], found[2]


def _not_signed(why: str) -> ApiProblem:
    REFUSED_REQUESTS.labels(route="mail", why=why).inc()
    detail = f"{HEADER} doesn't fit this body, or is older than five minutes."
    return ApiProblem(401, "Not signed", detail, Connection="close")


def _busy() -> ApiProblem:
    REFUSED_REQUESTS.labels(route="mail", why="busy").inc()
    detail = f"{MOST_AT_ONCE} mails are being received just now. Send it again in a moment."
    return ApiProblem(503, "Busy", detail, Retry_After="10", Connection="close")


def _too_large() -> ApiProblem:
    REFUSED_REQUESTS.labels(route="mail", why="size").inc()
    detail = f"A mail may have at most {LARGEST_MAIL // 1024 // 1024} MB."
    return ApiProblem(413, "Too large", detail, Connection="close")
