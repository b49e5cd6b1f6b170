"""What does somebody see who can't go on? A friendly page that gives nothing away."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web

from cards.customer.language import Translator
from core.customer_link import CustomerLink
from core.errors import Refused
from web.customer.context import PORTAL
from web.pages import render_page
from web.rate_limit import WAIT_SECONDS


class PageRefused(Refused):
    """The visitor can't go on. `why` is a key of the sentences below; an expired link comes along."""

    def __init__(self, why: str, status: int, link: CustomerLink | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.status = status
        self.link = link


class _Words(NamedTuple):
    title: str
    text: str


def refusal_page(
    request: web.Request, turned: PageRefused, translator: Translator, csrf: str = ""
) -> web.Response:
    """The page that says why not; of whom the link was, it tells nothing."""
    portal = request.app[PORTAL]
    words = _words(turned.why, translator)
    is_expired = turned.why == "expired"
    response = render_page(
        request,
        "expired.html" if is_expired else "refused.html",
        translator,
        status=turned.status,
        company=portal.store.policy.company,
        title=words.title,
        text=words.text,
        may_mail=portal.mail_is_on,
        action=f"/d/{request.match_info.get('token', '')}/fresh",
        csrf=csrf,
        is_sent=False,
    )
    if turned.status == 429:
        response.headers["Retry-After"] = str(WAIT_SECONDS)
    return response


def _words(why: str, translator: Translator) -> _Words:
    translate = translator.translate
    known = {
        "unknown": _Words(
            translate("This link doesn't work"),
            translate(
                "It may have been copied only in part. Open it again from your invoice or from our mail."
            ),
        ),
        "expired": _Words(
            translate("This link has expired"),
            translate("For your safety, links work for a limited time only."),
        ),
        "revoked": _Words(
            translate("This link no longer works"),
            translate("It was switched off. Please use the newest mail or invoice that you have from us."),
        ),
        "foreign": _Words(
            translate("Please send that again"),
            translate("The form was open for too long, or it came from another page. Nothing was changed."),
        ),
        "too_many": _Words(
            translate("That was a bit too much at once"),
            translate("Please wait a minute, then load the page again."),
        ),
        "too_large": _Words(
            translate("That was too large"),
            translate("Please send less at once: shorter texts, or fewer files."),
        ),
        "no_file": _Words(
            translate("There is no such file here"),
            translate("It may have been removed, or it is still being checked."),
        ),
        "no_case": _Words(
            translate("There is no such dispute here"), translate("Go back to your page and look there.")
        ),
        "away": _Words(
            translate("We can't be reached just now"),
            translate("Nothing is lost on our side. Please try again in a few minutes."),
        ),
        "fault": _Words(
            translate("Something went wrong on our side"),
            translate("Nothing was stored. Please try again; if it happens again, write to us."),
        ),
    }
    return known.get(why, known["unknown"])
