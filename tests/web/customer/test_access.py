"""Tests of access to the customer's pages: who gets in, who is refused, and what a refusal discloses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.customer_link import CustomerLink
from core.tokens import Tokens
from tests.builders import a_customer, an_invoice
from tests.web.browser import Browser
from tests.web.customer_site import KEY, CustomerSite, a_customer_site, sqlite_copy
from web.client_address import read_trusted_proxies
from web.customer.access import COOKIE
from web.rate_limit import RateLimit

YOURS = "This page is yours alone."


async def test_a_good_link_opens_the_invoice_and_no_other(site: CustomerSite, browser: Browser) -> None:
    other = site.link(an_invoice(ref="in_2", number="INV-SECRET"), a_customer(ref="cus_2", name="Geheim AG"))
    page = await browser.open(site.url_of(site.link()))
    assert page.status == 200
    assert "INV-2026-0001" in page.words
    assert other.invoice.number not in page.text
    assert other.customer.name not in page.text


async def test_only_a_page_that_belongs_to_somebody_says_that_it_does(
    site: CustomerSite, browser: Browser
) -> None:
    good, late = site.link(), site.link(an_invoice(ref="in_2"))
    assert YOURS in (await browser.open(site.url_of(good))).words
    assert YOURS not in (await browser.open(f"{site.url_of(good)[:-4]}xxxx")).words
    site.now = late.expires_at + timedelta(days=1)
    expired = await browser.open(site.url_of(late))
    assert "This link has expired" in expired.words
    assert YOURS not in expired.words


async def test_the_address_says_nothing_about_the_customer(site: CustomerSite) -> None:
    link = site.link()
    url = site.url_of(link)
    for told in (link.invoice.ref, link.invoice.number, link.customer.ref, link.customer.name.split()[0]):
        assert told not in url


async def test_a_changed_token_opens_nothing(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    head, _, token = url.rpartition("/")
    link_id, _, signature = token.rpartition(".")
    changed = [
        token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        f"{link_id[:-1]}x.{signature}",
        link_id,
        signature,
        f"{token}.",
        f"{token}%00",
        token.upper(),
        "x" * 5000,
        "..%2f..%2fetc%2fpasswd",
        "%0d%0aSet-Cookie:%20a=b",
    ]
    for one in changed:
        page = await browser.open(f"{head}/{one}")
        assert page.status == 404, one
        assert "This link doesn't work" in page.words
        assert "INV-2026-0001" not in page.text
        assert "Set-Cookie" not in page.headers


async def test_a_token_signed_for_another_purpose_opens_nothing(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    signed = site.tokens.sign_file(link.id, until=site.now + timedelta(days=1))
    assert (await browser.open(f"{site.url}/d/{signed}")).status == 404
    assert (await browser.open(f"{site.url}/e/{site.tokens.sign_link(link.id)}")).status == 404


async def test_after_a_rotation_links_signed_before_still_open(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    desk_portal = replace(site.portal, tokens=Tokens(("n" * 32, KEY)))
    assert desk_portal.tokens.read_link(url.rpartition("/")[2]) is not None
    assert Tokens(("n" * 32,)).read_link(url.rpartition("/")[2]) is None


async def test_an_expired_link_shows_nothing_but_the_offer_of_a_fresh_one(
    site: CustomerSite, browser: Browser
) -> None:
    link = site.link()
    site.now = link.expires_at
    page = await browser.open(site.url_of(link))
    assert page.status == 410
    assert "This link has expired" in page.words
    assert "Mail me a fresh link" in page.words
    for told in (link.invoice.number, link.customer.name, link.customer.email or "?"):
        assert told not in page.text


async def test_a_revoked_link_opens_nothing_and_offers_nothing(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    _revoke(site, link)
    page = await browser.open(site.url_of(link))
    assert page.status == 410
    assert "This link no longer works" in page.words
    assert "Mail me" not in page.words


async def test_another_customers_link_to_the_same_invoice_opens_another_page(
    site: CustomerSite, browser: Browser
) -> None:
    ours = site.link()
    theirs = site.link(customer=a_customer(ref="cus_other", name="Anders AG", email="x@anders.example"))
    page = await browser.open(site.url_of(theirs))
    assert page.status == 200
    assert str(ours.customer.email) not in page.text


async def test_every_answer_keeps_its_address_to_itself(site: CustomerSite, browser: Browser) -> None:
    """No page sends a Referer, may be framed, stays in a cache or runs what isn't ours."""
    link = site.link()
    url = site.url_of(link)
    for address in (url, f"{url}x", f"{url}/files/nothing", f"{url}?new=1", f"{site.url}/e/nothing"):
        page = await browser.open(address)
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Cache-Control"] == "no-store"
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "Access-Control-Allow-Origin" not in page.headers
        assert not set(page.text.split()) & {"onclick=", "onload=", "style="}


async def test_nothing_is_made_of_the_requests_host(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    for address in (url, f"{url}x", f"{site.url}/nothing"):
        page = await browser.open(address, headers={"Host": "evil.example"}, allow_redirects=False)
        assert "evil.example" not in f"{page.text} {page.headers}"


async def test_the_cookie_is_of_no_use_to_scripts_or_other_sites(
    site: CustomerSite, browser: Browser
) -> None:
    page = await browser.open(site.url_of(site.link()))
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/d/"):
        assert part in cookie
    assert "Secure" not in cookie


async def test_whoever_asks_too_often_is_told_to_wait(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    while site.portal.rate_limit.allows_request(site.tokens.read_link(url.rpartition("/")[2]) or ""):
        pass
    page = await browser.open(url)
    assert page.status == 429
    assert page.headers["Retry-After"] == "60"
    assert "Please wait a minute" in page.words
    assert (await browser.open(site.url_of(site.link(an_invoice(ref="in_9"))))).status == 200


async def test_whoever_guesses_is_stopped_before_long(site: CustomerSite, browser: Browser) -> None:
    answers = [(await browser.open(f"{site.url}/d/guess{number}")).status for number in range(32)]
    assert answers[0] == 404
    assert answers[-1] == 429


async def test_a_link_opens_however_much_others_guess_at_the_same_address(
    site: CustomerSite, browser: Browser
) -> None:
    for number in range(40):
        await browser.open(f"{site.url}/d/guess{number}")
        await browser.open(f"{site.url}/e/guess{number}")
    assert (await browser.open(f"{site.url}/d/guess")).status == 429
    assert (await browser.open(site.url_of(site.link()))).status == 200


async def test_behind_a_proxy_each_client_has_its_own_allowance(
    sqlite_template: Path, tmp_path: Path, browser: Browser
) -> None:
    """The last address is the one that our own proxy wrote; those before it are the client's claims."""
    database = sqlite_copy(sqlite_template, tmp_path)
    async with a_customer_site(database, proxies=read_trusted_proxies("1")) as site:

        async def guess(forwarded: str) -> int:
            page = await browser.open(f"{site.url}/d/guess", headers={"X-Forwarded-For": forwarded})
            return page.status

        for number in range(32):
            await guess(f"10.{number}.0.1, 203.0.113.5:{4_000 + number}")
        assert await guess("198.51.100.7, 203.0.113.5") == 429
        assert await guess("203.0.113.6") == 404


async def test_without_a_trusted_proxy_nothing_that_is_claimed_counts(
    site: CustomerSite, browser: Browser
) -> None:
    answers = [
        await browser.open(f"{site.url}/d/guess", headers={"X-Forwarded-For": f"203.0.113.{number}"})
        for number in range(32)
    ]
    assert answers[-1].status == 429


def test_forms_have_a_smaller_allowance_than_pages() -> None:
    pace = RateLimit()
    written = sum(pace.allows_form("one") for _ in range(2000))
    asked = sum(pace.allows_request("one") for _ in range(2000))
    assert 0 < written < asked


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
async def test_a_method_that_a_page_does_not_take_does_nothing(
    site: CustomerSite, browser: Browser, method: str
) -> None:
    link = site.link()
    page = await browser.open(site.url_of(link), method)
    assert page.status in (400, 405)
    assert site.cases(link) == []


async def test_no_address_leads_elsewhere(site: CustomerSite, browser: Browser) -> None:
    """Nothing in a query decides where a redirect goes."""
    url = site.url_of(site.link())
    for query in (
        "next=https://evil.example",
        "lang=//evil.example",
        "done=%0d%0aLocation:%20https://evil.example",
    ):
        page = await browser.open(f"{url}?{query}", allow_redirects=False)
        assert page.status == 200
        assert "Location" not in page.headers
        assert 'href="//' not in page.text
        assert 'href="https://evil' not in page.text


def _revoke(site: CustomerSite, link: CustomerLink) -> None:
    site.store.run_blocking(lambda tx: tx.links.revoke(link.id, site.now))
