"""Tests of the confirmation page: one press of its owner, and nothing of any case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.confirming import CONFIRM_WITHIN, address_id
from core.customer_link import CustomerLink
from tests.web.browser import Browser, a_browser
from tests.web.customer.forms import send
from tests.web.customer_site import CustomerSite

JULE = "jule@nordwind.example"


async def raised(site: CustomerSite, browser: Browser) -> tuple[CustomerLink, str]:
    """A dispute with an address that isn't the invoice's, and the address of its confirmation page."""
    link = site.link()
    url = site.url_of(link)
    await send(browser, url, await browser.open(url))
    id_ = address_id(link.invoice.ref, link.customer.ref, JULE)
    return link, f"{site.url}/a/{site.tokens.sign_address(id_, until=site.now + CONFIRM_WITHIN)}"


@pytest.mark.parametrize(
    ("language", "title", "done"),
    [
        ("en", "Is this your address?", "From now on our answers go to this address."),
        ("de", "Ist das Ihre Adresse?", "Unsere Antworten gehen ab jetzt an diese Adresse."),
        ("es", "¿Es esta su dirección?", "nuestras respuestas llegarán a esta dirección."),
        ("fr", "Est-ce votre adresse ?", "nos réponses iront à cette adresse."),
    ],
)
async def test_a_scanner_that_opens_the_page_confirms_nothing_and_a_press_does(
    site: CustomerSite, browser: Browser, language: str, title: str, done: str
) -> None:
    link, url = await raised(site, browser)
    async with a_browser(language) as owner:
        for method in ("GET", "HEAD"):
            await owner.open(url, method)
        page = await owner.open(url)
        assert title in page.words
        for secret in ("INV-2026-0001", "D-10", "90 euros", "Jule", JULE):
            assert secret not in page.text
        assert site.cases(link)[0].customer.email is None
        assert done in (await owner.open(url, "POST")).words
        assert done in (await owner.open(url, "POST")).words
    assert site.cases(link)[0].customer.email == JULE


async def test_an_old_or_forged_link_confirms_nothing(site: CustomerSite, browser: Browser) -> None:
    link, url = await raised(site, browser)
    file_token = site.tokens.sign_file("f", until=site.now + timedelta(days=1))
    for wrong in (url[:-3] + "zzz", f"{site.url}/a/{file_token}", f"{site.url}/a/{'x' * 300}"):
        assert (await browser.open(wrong, "POST")).status == 410
    foreign = await browser.open(url, "POST", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    site.now += CONFIRM_WITHIN
    assert (await browser.open(url, "POST")).status == 410
    assert site.cases(link)[0].customer.email is None


async def test_the_status_page_says_what_to_do_and_sends_the_mail_again(
    site: CustomerSite, browser: Browser
) -> None:
    link, url = await raised(site, browser)
    [case] = site.cases(link)
    page = await browser.open(site.url_of(link))
    assert "Please confirm your e-mail address" in page.words
    assert JULE in page.text
    again = await browser.send(site.url_of(link), page, "address", case.id, email="jule.b@nordwind.example")
    assert "We have sent the mail." in again.words
    assert site.cases(link)[0].customer.unconfirmed_email == "jule.b@nordwind.example"
    wrong = await browser.send(site.url_of(link), page, "address", case.id, email="nobody")
    assert (wrong.status, "Write one e-mail address" in wrong.words) == (422, True)
    for _ in range(3):
        await browser.send(site.url_of(link), page, "address", case.id, email=JULE)
    much = await browser.send(site.url_of(link), page, "address", case.id, email=JULE)
    assert (much.status, "No more such mails can be sent today." in much.words) == (422, True)
    await browser.open(url, "POST")
    assert "Please confirm" not in (await browser.open(site.url_of(link))).words


async def test_the_invoices_own_address_is_asked_nothing(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    await send(browser, url, await browser.open(url), email=link.customer.email or "")
    assert "Please confirm" not in (await browser.open(url)).words
    assert site.cases(link)[0].customer.email == link.customer.email
