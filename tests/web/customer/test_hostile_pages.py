"""Tests that people's words never become part of a page, on any of the customer's pages."""

from __future__ import annotations

import pytest

from tests.web.browser import Browser
from tests.web.customer_site import CustomerSite
from tests.web.hostile import ATTACK, attacking_cases, harm_in
from tests.web.team_actions import raised


def test_the_look_for_harm_finds_some() -> None:
    assert len(harm_in(ATTACK)) >= 4


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
async def test_every_page_shows_an_attack_as_words(
    site: CustomerSite, browser: Browser, language: str
) -> None:
    for link in await attacking_cases(site):
        for query in ("", "&new=1", f"&case={link.invoice.ref[:3]}"):
            page = await browser.open(f"{site.url_of(link)}?lang={language}{query}")
            assert page.status in (200, 404)
            assert harm_in(page.text) == []
            assert (page.status == 404) or "<img src=x" not in page.text


async def test_what_comes_back_to_be_mended_is_shown_as_words(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    url = site.url_of(link)
    page = await browser.open(url)
    back = await browser.send(
        url,
        page,
        "message",
        case_id,
        text=ATTACK * 40,
        file__other=("a.txt", b"x"),
        kept=ATTACK,
        kept_name=ATTACK,
    )
    assert back.status == 422
    assert harm_in(back.text) == []
    refused = await browser.send(
        url, page, "message", case_id, text="x", file__other=(f"{ATTACK}.html", b"<html>")
    )
    assert refused.status == 422
    assert harm_in(refused.text) == []


async def test_what_the_customer_writes_is_shown_back_as_words(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    case_id = raised(site, link)
    page = await browser.open(site.url_of(link))
    written = await browser.send(
        site.url_of(link), page, "message", case_id, text=ATTACK, file__other=(f"{ATTACK}.txt", b"x")
    )
    assert (written.status, harm_in(written.text)) == (200, [])
    assert "alert(2)" in written.words
    page = await browser.open(site.url_of(link))
    gone = await browser.send(site.url_of(link), page, "withdraw", case_id, why=ATTACK)
    assert (gone.status, harm_in(gone.text)) == (200, [])
