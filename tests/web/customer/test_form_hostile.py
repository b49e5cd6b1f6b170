"""Tests of forged, torn, flooded and scripted forms, and of forms that were overtaken by events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import FormData

from tests.builders import a_customer, a_policy, a_reason, an_invoice
from tests.store.evidence.sample_files import a_pdf
from tests.web.browser import Browser, a_browser
from tests.web.customer.forms import send
from tests.web.customer_site import CustomerSite, a_customer_site, sqlite_copy

HOSTILE = """"><img src=x onerror=alert(1)><script>alert(1)</script>{{ 7*7 }}"""


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return sqlite_copy(sqlite_template, tmp_path)


async def test_a_chargeback_isnt_offered(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    page = await browser.open(url)
    assert 'value="chargeback"' not in page.text
    assert (await send(browser, url, page, reason="chargeback")).status == 422


async def test_hostile_words_stay_words(site: CustomerSite, browser: Browser) -> None:
    link = site.link(
        an_invoice(number=HOSTILE, url="javascript:alert(1)"), a_customer(name=HOSTILE, contact=HOSTILE)
    )
    url = site.url_of(link)
    page = await browser.open(url)
    fields = dict.fromkeys(
        ("reason", "statement", "wish", "contact", "email", "amount", "lines", "scope"), HOSTILE
    )
    back = await send(browser, url, page, files=(("other", f"{HOSTILE}.pdf", a_pdf()),), **fields)
    for seen in (page, back):
        assert "<img src=x" not in seen.text
        assert "<script>alert" not in seen.text
        assert "javascript:" not in seen.text
        assert "49" not in seen.words.replace("€", "")


async def test_nothing_foreign_can_run_on_the_page(site: CustomerSite, browser: Browser) -> None:
    page = await browser.open(site.url_of(site.link()))
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in page.text
    assert " onclick=" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_form_that_isnt_ours_changes_nothing(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    page = await browser.open(url)
    for csrf in ("", "x", "x.y"):
        refused = await send(browser, url, page, csrf=csrf, files=(("other", "a.pdf", a_pdf()),))
        assert refused.status == 403
    async with a_browser() as stranger:
        assert (await send(stranger, url, page)).status == 403
    assert site.cases(link) == []
    assert site.draft_files(link) == []


async def test_more_than_anybody_writes_is_turned_away(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    page = await browser.open(url)
    assert (await send(browser, url, page, statement="x" * 1_048_570)).status == 413
    many = FormData(default_to_multipart=True)
    for name, value in page.hidden.items():
        many.add_field(name, value)
    for number in range(2_100):
        many.add_field("lines", str(number))
    assert (await browser.open(url, "POST", data=many)).status == 413
    assert site.cases(link) == []


async def test_no_number_of_fields_makes_a_form_larger_than_a_megabyte(
    site: CustomerSite, browser: Browser
) -> None:
    url = site.url_of(site.link())
    page = await browser.open(url)
    many = FormData(default_to_multipart=True)
    for name, value in page.hidden.items():
        many.add_field(name, value)
    for number in range(100):
        many.add_field(f"lines{number}", "x" * 64 * 1024)
    assert (await browser.open(url, "POST", data=many)).status == 413
    names = FormData(default_to_multipart=True)
    for name, value in page.hidden.items():
        names.add_field(name, value)
    for number in range(200):
        names.add_field("x" * 7_000 + str(number), "")
    assert (await browser.open(url, "POST", data=names)).status == 413


async def test_before_the_forms_token_little_is_read(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    page = await browser.open(url)
    for fields in ([("statement", "x" * 5_000)], [(f"lines{number}", "1") for number in range(5)]):
        form = FormData(default_to_multipart=True)
        for name, value in [*fields, *page.hidden.items()]:
            form.add_field(name, value)
        assert (await browser.open(url, "POST", data=form)).status == 413
    late = FormData(default_to_multipart=True)
    late.add_field("file:other", a_pdf(), filename="a.pdf")
    late.add_field("csrf", page.hidden["csrf"])
    assert (await browser.open(url, "POST", data=late)).status == 403
    assert site.draft_files(link) == []


@pytest.mark.parametrize("more", ["&statement=" + "x" * 1_100_000, "&a=" * 2_100], ids=["long", "many"])
async def test_a_form_without_files_is_a_megabyte_at_most_too(
    site: CustomerSite, browser: Browser, more: str
) -> None:
    url = site.url_of(site.link())
    csrf = (await browser.open(url)).hidden["csrf"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = BytesIO(f"csrf={quote(csrf)}{more}".encode())
    assert (await browser.open(url, "POST", data=sent, headers=headers)).status == 413


async def test_a_torn_form_is_turned_away(site: CustomerSite, browser: Browser) -> None:
    url = site.url_of(site.link())
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in (b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\nabc", b"garbage"):
        assert (await browser.open(url, "POST", data=body, headers=headers)).status in (400, 403)


async def test_a_reason_that_the_policy_lost_meanwhile_is_asked_again(
    sqlite_url: str, browser: Browser
) -> None:
    async with a_customer_site(sqlite_url) as site:
        link = site.link()
        url = site.url_of(link)
        page = await browser.open(url)
        policy = site.store.policy
        site.store.policy = replace(policy, reasons={**policy.reasons, "new": a_reason("new")})
        back = await send(browser, url, page, reason="new")
        assert back.status == 422
        assert "This has changed in the meantime." in back.words


async def test_a_link_that_was_taken_back_takes_no_form(site: CustomerSite, browser: Browser) -> None:
    link = site.link()
    url = site.url_of(link)
    page = await browser.open(url)
    site.now += timedelta(days=400)
    assert (await send(browser, url, page)).status == 410
    assert site.cases(link) == []


async def test_reasons_beyond_what_the_style_knows_still_show_what_they_need(
    sqlite_url: str, browser: Browser
) -> None:
    wanted = a_policy().reasons["not_delivered"].required_evidence
    reasons = {f"r{n}": a_reason(f"r{n}", required_evidence=wanted if n == 20 else ()) for n in range(1, 21)}
    policy = a_policy(reasons={**reasons, "chargeback": a_reason("chargeback")})
    async with a_customer_site(sqlite_url, policy) as site:
        page = await browser.open(site.url_of(site.link()))
        assert "need need-more" in page.text


async def test_many_lines_are_folded_but_the_total_isnt(site: CustomerSite, browser: Browser) -> None:
    lines = tuple(replace(an_invoice().lines[0], ref=f"l{n}", text=f"Line {n}") for n in range(30))
    page = await browser.open(site.url_of(site.link(an_invoice(lines=lines))))
    assert "30 lines" in page.words
    assert "Total €120.00" in page.words
