"""How does somebody with an expired link get a fresh one, and what can't they find out?"""

from __future__ import annotations

from datetime import timedelta

from core.customer_link import CustomerLink
from handlers.customer_link import LINKS_ADDRESS, find_valid_link, renew_link, revoke_link
from store.outbox.repository import OutboxRow
from tests.builders import a_customer, an_invoice
from tests.web.browser import Browser, Page, a_browser
from tests.web.customer_site import CustomerSite
from web.customer.links import new_link_id


def promised(desk: CustomerSite) -> list[OutboxRow]:
    return desk.read(lambda tx: tx.outbox.list_pending(LINKS_ADDRESS, "send_link", 100))


async def ask(visitor: Browser, desk: CustomerSite, link: CustomerLink) -> Page:
    page = await visitor.open(desk.url_of(link))
    return await visitor.open(f"{desk.url_of(link)}/fresh", "POST", data=page.hidden)


def expired(desk: CustomerSite, **customer: object) -> CustomerLink:
    link = desk.link(customer=a_customer(**customer))
    desk.now = link.expires_at + timedelta(days=1)
    return link


async def test_a_fresh_link_goes_to_the_address_on_file(desk: CustomerSite, visitor: Browser) -> None:
    link = expired(desk)
    answer = await ask(visitor, desk, link)
    assert (answer.status, "Please look into your mailbox" in answer.words) == (200, True)
    (row,) = promised(desk)
    fresh = desk.read(lambda tx: tx.links.find(str(row.payload["link_id"])))
    assert fresh is not None
    assert fresh.id != link.id
    assert fresh.is_valid(desk.now)
    assert fresh.customer.email == "ap@nordwind.example"
    assert fresh.id not in answer.text


async def test_the_answer_is_the_same_whether_or_not_there_is_an_address(
    desk: CustomerSite, visitor: Browser
) -> None:
    with_one = await ask(visitor, desk, expired(desk))
    without = await ask(visitor, desk, expired(desk, ref="cus_2", email=None))
    assert (with_one.status, with_one.text) == (without.status, without.text)
    assert len(promised(desk)) == 1


async def test_at_most_one_an_hour_is_mailed_and_nobody_can_tell(
    desk: CustomerSite, visitor: Browser
) -> None:
    link = expired(desk)
    answers = []
    for minutes in (0, 1, 58, 2):
        desk.now += timedelta(minutes=minutes)
        answers.append(await ask(visitor, desk, link))
    assert len({answer.text for answer in answers}) == 1
    assert len(promised(desk)) == 2


async def test_a_fresh_one_is_refused_where_the_company_took_the_link_back(
    desk: CustomerSite, visitor: Browser
) -> None:
    old = expired(desk)
    page = await visitor.open(desk.url_of(old))
    newer = desk.link()
    desk.store.run_blocking(revoke_link, newer.id, desk.now)
    answer = await visitor.open(f"{desk.url_of(old)}/fresh", "POST", data=page.hidden)
    assert "Please look into your mailbox" in answer.words
    assert promised(desk) == []


async def test_a_foreign_page_can_not_make_us_mail(desk: CustomerSite, visitor: Browser) -> None:
    link = expired(desk)
    page = await visitor.open(desk.url_of(link))
    async with a_browser() as other:
        assert (await other.open(f"{desk.url_of(link)}/fresh", "POST", data=page.hidden)).status == 403
    assert (await visitor.open(f"{desk.url_of(link)}/fresh", "POST")).status == 403
    assert promised(desk) == []


def test_a_link_asked_for_again_is_the_same_and_lives_as_long_again(desk: CustomerSite) -> None:
    first = _make(desk)
    desk.now += timedelta(days=100)
    again = _make(desk)
    assert again.id == first.id
    assert again.expires_at == desk.now + timedelta(days=180)


def test_each_customer_of_an_invoice_has_a_link_of_their_own(desk: CustomerSite) -> None:
    assert _make(desk).id != _make(desk, ref="cus_2").id


def test_after_a_revocation_there_is_no_good_link_until_a_new_one_is_made(desk: CustomerSite) -> None:
    link = _make(desk)
    desk.store.run_blocking(revoke_link, link.id, desk.now)
    assert _good(desk, link) is None
    fresh = _make(desk)
    assert fresh.id != link.id
    assert _good(desk, link) == fresh


def _make(desk: CustomerSite, **customer: object) -> CustomerLink:
    return desk.store.run_blocking(renew_link, an_invoice(), a_customer(**customer), new_link_id(), desk.now)


def _good(desk: CustomerSite, link: CustomerLink) -> CustomerLink | None:
    return desk.read(lambda tx: find_valid_link(tx, link.invoice.ref, link.customer.ref, desk.now))
