"""Tests of fresh links for expired ones, and of what they must not disclose."""

from __future__ import annotations

from datetime import timedelta

from core.customer_link import CustomerLink
from handlers.customer_link import LINKS_ADDRESS, find_valid_link, renew_link, revoke_link
from store.outbox.repository import OutboxRow
from tests.builders import a_customer, an_invoice
from tests.web.browser import Browser, Page, a_browser
from tests.web.customer_site import CustomerSite
from web.customer.links import new_link_id


def promised(site: CustomerSite) -> list[OutboxRow]:
    return site.read(lambda tx: tx.outbox.list_pending(LINKS_ADDRESS, "send_link", 100))


async def ask(browser: Browser, site: CustomerSite, link: CustomerLink) -> Page:
    page = await browser.open(site.url_of(link))
    return await browser.open(f"{site.url_of(link)}/fresh", "POST", data=page.hidden)


def expired(site: CustomerSite, **customer: object) -> CustomerLink:
    link = site.link(customer=a_customer(**customer))
    site.now = link.expires_at + timedelta(days=1)
    return link


async def test_a_fresh_link_goes_to_the_address_on_file(site: CustomerSite, browser: Browser) -> None:
    link = expired(site)
    answer = await ask(browser, site, link)
    assert (answer.status, "Please look into your mailbox" in answer.words) == (200, True)
    (row,) = promised(site)
    fresh = site.read(lambda tx: tx.links.find(str(row.payload["link_id"])))
    assert fresh is not None
    assert fresh.id != link.id
    assert fresh.is_valid(site.now)
    assert fresh.customer.email == "ap@nordwind.example"
    assert fresh.id not in answer.text


async def test_the_answer_is_the_same_whether_or_not_there_is_an_address(
    site: CustomerSite, browser: Browser
) -> None:
    with_one = await ask(browser, site, expired(site))
    without = await ask(browser, site, expired(site, ref="cus_2", email=None))
    assert (with_one.status, with_one.text) == (without.status, without.text)
    assert len(promised(site)) == 1


async def test_at_most_one_an_hour_is_mailed_and_nobody_can_tell(
    site: CustomerSite, browser: Browser
) -> None:
    link = expired(site)
    answers = []
    for minutes in (0, 1, 58, 2):
        site.now += timedelta(minutes=minutes)
        answers.append(await ask(browser, site, link))
    assert len({answer.text for answer in answers}) == 1
    assert len(promised(site)) == 2


async def test_a_fresh_one_is_refused_where_the_company_took_the_link_back(
    site: CustomerSite, browser: Browser
) -> None:
    old = expired(site)
    page = await browser.open(site.url_of(old))
    newer = site.link()
    site.store.run_blocking(revoke_link, newer.id, site.now)
    answer = await browser.open(f"{site.url_of(old)}/fresh", "POST", data=page.hidden)
    assert "Please look into your mailbox" in answer.words
    assert promised(site) == []


async def test_a_foreign_page_can_not_make_us_mail(site: CustomerSite, browser: Browser) -> None:
    link = expired(site)
    page = await browser.open(site.url_of(link))
    async with a_browser() as other:
        assert (await other.open(f"{site.url_of(link)}/fresh", "POST", data=page.hidden)).status == 403
    assert (await browser.open(f"{site.url_of(link)}/fresh", "POST")).status == 403
    assert promised(site) == []


def test_a_link_asked_for_again_is_the_same_and_lives_as_long_again(site: CustomerSite) -> None:
    first = _make(site)
    site.now += timedelta(days=100)
    again = _make(site)
    assert again.id == first.id
    assert again.expires_at == site.now + timedelta(days=180)


def test_each_customer_of_an_invoice_has_a_link_of_their_own(site: CustomerSite) -> None:
    assert _make(site).id != _make(site, ref="cus_2").id


def test_after_a_revocation_there_is_no_good_link_until_a_new_one_is_made(site: CustomerSite) -> None:
    link = _make(site)
    site.store.run_blocking(revoke_link, link.id, site.now)
    assert _good(site, link) is None
    fresh = _make(site)
    assert fresh.id != link.id
    assert _good(site, link) == fresh


def _make(site: CustomerSite, **customer: object) -> CustomerLink:
    return site.store.run_blocking(renew_link, an_invoice(), a_customer(**customer), new_link_id(), site.now)


def _good(site: CustomerSite, link: CustomerLink) -> CustomerLink | None:
    return site.read(lambda tx: find_valid_link(tx, link.invoice.ref, link.customer.ref, site.now))
