"""Pages for a customer who can't go on: friendly, and without disclosing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from aiohttp import web

from cards.customer.language import Translator
from core.customer_link import CustomerLink
from core.errors import Refused
from web.customer.context import PORTAL
from web.language import choose_translator
from web.pages import render_page
from web.rate_limit import WAIT_SECONDS


class PageRefused(Refused):
    """The request is refused. `why` is a key of `_words`; `link` is the link, if it has expired."""

    def __init__(self, why: str, status: int, link: CustomerLink | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.status = status
        self.link = link


class _Words(NamedTuple):
    title: str
    text: str


def refusal_page(
    request: web.Request, refused: PageRefused, translator: Translator, csrf: str = ""
) -> web.Response:
    """The page that says why; it doesn't say whose link it was."""
    portal = request.app[PORTAL]
    words = _words(refused.why, translator)
    is_expired = refused.why == "expired"
    response = render_page(
        request,
        "expired.html" if is_expired else "refused.html",
        translator,
        status=refused.status,
        company=portal.store.policy.company,
        title=words.title,
        text=words.text,
        may_mail=portal.mail_is_on,
        action=f"/d/{request.match_info.get('token', '')}/fresh",
        csrf=csrf,
        is_sent=False,
    )
    if refused.status == 429:
        response.headers["Retry-After"] = str(WAIT_SECONDS)
    return response


def needs_error_page(request: web.Request, answer: web.StreamResponse) -> bool:
    """Whether a browser on one of the customer's pages would show a problem document."""
    is_theirs = PORTAL in request.app and request.path.startswith(("/a/", "/d/", "/e/"))
    return is_theirs and not answer.prepared and answer.content_type == "application/problem+json"


def error_page(request: web.Request, status: int) -> web.Response:
    """The page for an error, where a program would get a problem document."""
    why = {404: "unknown", 405: "unknown", 413: "too_large", 503: "away"}.get(status, "fault")
    response = refusal_page(request, PageRefused(why, status), choose_translator(request, None))
    if status == 503:
        response.headers["Retry-After"] = "10"
    return response


def _words(why: str, translator: Translator) -> _Words:
    """Title and text; those of an unknown link stand in for a reason without any."""
    known = {**_link_words(translator.translate), **_other_words(translator.translate)}
    return known.get(why, known["unknown"])


def _link_words(translate: Callable[..., str]) -> dict[str, _Words]:
    """Why the link, or a form sent with it, isn't accepted."""
    return {
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
        "unconfirmable": _Words(
            translate("This link has expired"),
            translate("Open the page of your invoice again and have the mail sent once more."),
        ),
        "too_many": _Words(
            translate("That was a bit too much at once"),
            translate("Please wait a minute, then load the page again."),
        ),
    }


def _other_words(translate: Callable[..., str]) -> dict[str, _Words]:
    """Why what was sent or asked for can't be taken or shown."""
    return {
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
