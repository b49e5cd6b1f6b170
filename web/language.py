"""Language of a page: the visitor's choice, else the browser's, else the one on the customer's record."""

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
    """An entry of the language switch on every page; `url` is this page in that language."""

    language: str
    name: str
    url: str
    is_current: bool


def choose_translator(request: web.Request, customer: Customer | None) -> Translator:
    """The translator for the language chosen on the page, else for Accept-Language, else for the record's."""
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
    """Remember the language chosen on this page for later pages."""
    chosen = _chosen(request)
    if chosen is None:
        return
    response.set_cookie(
        COOKIE, chosen, max_age=_A_YEAR, path="/", httponly=True, samesite="Lax", secure=request.secure
    )


def _chosen(request: web.Request) -> str | None:
    asked = request.query.get(CHOICE)
    return asked if asked in LANGUAGES else None
