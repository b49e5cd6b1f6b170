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
    request: web.Request, turned: PageRefused, tongue: Translator, csrf: str = ""
) -> web.Response:
    """The page that says why not; of whom the link was, it tells nothing."""
    portal = request.app[PORTAL]
    words = _words(turned.why, tongue)
    is_expired = turned.why == "expired"
    response = render_page(
        request,
        "expired.html" if is_expired else "refused.html",
        tongue,
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


def _words(why: str, tongue: Translator) -> _Words:
    say = tongue.translate
    known = {
        "unknown": _Words(
            say("This link doesn't work"),
            say("It may have been copied only in part. Open it again from your invoice or from our mail."),
        ),
        "expired": _Words(
            say("This link has expired"), say("For your safety, links work for a limited time only.")
        ),
        "revoked": _Words(
            say("This link no longer works"),
            say("It was switched off. Please use the newest mail or invoice that you have from us."),
        ),
        "foreign": _Words(
            say("Please send that again"),
            say("The form was open for too long, or it came from another page. Nothing was changed."),
        ),
        "too_many": _Words(
            say("That was a bit too much at once"), say("Please wait a minute, then load the page again.")
        ),
        "too_large": _Words(
            say("That was too large"), say("Please send less at once: shorter texts, or fewer files.")
        ),
        "no_file": _Words(
            say("There is no such file here"), say("It may have been removed, or it is still being checked.")
        ),
        "no_case": _Words(say("There is no such dispute here"), say("Go back to your page and look there.")),
        "away": _Words(
            say("We can't be reached just now"),
            say("Nothing is lost on our side. Please try again in a few minutes."),
        ),
        "fault": _Words(
            say("Something went wrong on our side"),
            say("Nothing was stored. Please try again; if it happens again, write to us."),
        ),
    }
    return known.get(why, known["unknown"])
