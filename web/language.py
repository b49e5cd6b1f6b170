"""Which language does a visitor read? The one they chose, else the browser's, else the customer's own."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from aiohttp import web

from cards.customer.language import LANGUAGES, Translator, negotiate, translator_for
from core.invoice import Customer

COOKIE = "ombud_lang"
CHOICE = "lang"
_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
_LONGEST_HEADER = 400
_A_YEAR = 365 * 24 * 3600


class LanguageLink(NamedTuple):
    """One language of the switch on every page; `url` is this page in it."""

    language: str
    name: str
    url: str
    is_current: bool


def choose_translator(request: web.Request, customer: Customer | None) -> Translator:
    """What was chosen on the page counts most, and what the customer's record says least."""
    chosen = _chosen(request) or request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return translator_for(chosen)
    wishes = [request.headers.get("Accept-Language", "")[:_LONGEST_HEADER]]
    if customer is not None:
        wishes.append(f"{customer.language};q=0.001")
    return translator_for(negotiate(",".join(filter(None, wishes))))


def language_links(request: web.Request, current: Translator) -> list[LanguageLink]:
    kept = [(name, value) for name, value in request.query.items() if name != CHOICE]
    return [
        LanguageLink(
            language,
            _NAMES[language],
            f"{request.path}?{urlencode([*kept, (CHOICE, language)])}",
            language == current.language,
        )
        for language in LANGUAGES
    ]


def set_language_cookie(request: web.Request, response: web.StreamResponse) -> None:
    """Keep what was chosen for the pages to come."""
    chosen = _chosen(request)
    if chosen is None:
        return
    response.set_cookie(
        COOKIE, chosen, max_age=_A_YEAR, path="/", httponly=True, samesite="Lax", secure=request.secure
    )


def _chosen(request: web.Request) -> str | None:
    asked = request.query.get(CHOICE)
    return asked if asked in LANGUAGES else None
