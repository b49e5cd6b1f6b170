"""The customer form in a browser: narrow phone, with and without script, dark mode, German."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.policy.reader import read_policy
from core.case import Status
from core.customer_link import CustomerLink
from tests.builders import a_customer
from tests.journeys.customer_form import (
    a_file,
    a_page,
    an_order,
    assert_accessible,
    assert_fits_phone,
    fill_in,
)
from tests.store.evidence.sample_files import a_jpeg, a_pdf, a_png
from tests.web.customer_site import CustomerSite, a_customer_site, sqlite_copy

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
POLICY = Path(__file__).parents[2] / "policy.yaml"


@pytest_asyncio.fixture(loop_scope="session")
async def site(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[CustomerSite]:
    async with a_customer_site(sqlite_copy(sqlite_template, tmp_path), read_policy(POLICY)) as opened:
        yield opened


@pytest.fixture
def link(site: CustomerSite) -> CustomerLink:
    return site.link(an_order(), a_customer(name="Nordlicht Möbel GmbH", email="einkauf@nordlicht.example"))


async def test_a_customer_sends_two_photos_and_a_pdf_from_a_phone(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser, has_touch=True, is_mobile=True) as page:
        await page.goto(site.url_of(link))
        await expect(page.get_by_text("€1,342.50")).to_be_visible()
        await fill_in(page)
        await page.get_by_label("Some of its lines").check()
        await page.get_by_label("Oak shelving").check()
        await expect(page.locator("#lines-sum")).to_have_text("€1,194.00")
        photos = page.get_by_role("group", name="A photo of the damage")
        await photos.locator("input").first.set_input_files(
            [a_file("crack.jpg", a_jpeg()), a_file("box.png", a_png(), "image/png")]
        )
        other = page.get_by_role("group", name="Anything else that helps")
        await other.locator("input").first.set_input_files(a_file("note.pdf", a_pdf(), "application/pdf"))
        await expect(page.locator(".file-ready")).to_have_count(3)
        await assert_fits_phone(page)
        await page.get_by_role("button", name="Send to Brightwater Supplies").click()
        await page.wait_for_url("**sent=1**")
    [case] = site.cases(link)
    assert (case.status, case.reason_id, case.line_refs) == (Status.OPEN, "damaged", ("l1",))
    assert case.disputed.minor == 119_400
    assert (case.customer.contact, case.customer.email) == ("Jule Brandt", "einkauf@nordlicht.example")
    assert sorted((piece.kind, piece.name) for piece in case.evidence) == [
        ("other", "note.pdf"),
        ("photo", "box.png"),
        ("photo", "crack.jpg"),
    ]


async def test_the_form_works_without_script(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser, java_script_enabled=False) as page:
        await page.goto(site.url_of(link))
        await expect(page.get_by_label("Oak shelving")).to_be_hidden()
        await fill_in(page)
        await page.get_by_label("A certain amount").check()
        await page.get_by_label("Amount you object to").fill("368.50")
        photos = page.get_by_role("group", name="A photo of the damage")
        await photos.locator("input").set_input_files(a_file("crack.jpg", a_jpeg()))
        await page.get_by_label("In your own words").fill("")
        await page.get_by_role("button", name="Send to Brightwater Supplies").click()
        await expect(page.locator("#mistakes")).to_be_focused()
        await expect(page.get_by_text("crack.jpg")).to_be_visible()
        await page.get_by_role("link", name="Tell us what happened").click()
        await page.get_by_label("In your own words").fill("The brackets are bent.")
        await page.get_by_role("button", name="Send to Brightwater Supplies").click()
        await page.wait_for_url("**sent=1**")
    [case] = site.cases(link)
    assert case.disputed.minor == 36_850
    assert [(piece.kind, piece.name) for piece in case.evidence] == [("photo", "crack.jpg")]


@pytest.mark.parametrize("has_script", [True, False])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_keeps_anybody_from_using_it(
    site: CustomerSite, link: CustomerLink, browser: Browser, scheme: Any, has_script: bool
) -> None:
    """The form, the form with files and everything open, and the form with every mistake.

    Axe is itself a script: where the page is to have none, only ours are blocked.
    """
    async with a_page(browser, color_scheme=scheme) as page:
        if not has_script:
            await page.route("**/*.js*", lambda route: route.abort())
        await page.goto(site.url_of(link))
        await assert_accessible(page)
        await page.get_by_label("Arrived damaged").check()
        await page.get_by_label("Some of its lines").check()
        photos = page.get_by_role("group", name="A photo of the damage")
        await photos.locator("input").first.set_input_files(a_file("crack.jpg", a_jpeg()))
        if has_script:
            await expect(page.locator(".file-ready")).to_have_count(1)
        await assert_accessible(page)
        await page.get_by_label("E-mail").fill("nobody")
        await page.get_by_role("button", name="Send to Brightwater Supplies").click()
        await expect(page.locator("#mistakes")).to_be_visible()
        await assert_accessible(page)
        await assert_fits_phone(page)


async def test_the_form_is_there_again_in_the_language_of_the_switch(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser, java_script_enabled=False, locale="de-DE") as page:
        await page.goto(site.url_of(link))
        await expect(
            page.get_by_role("heading", name="Stimmt etwas mit dieser Rechnung nicht?")
        ).to_be_visible()
        await expect(page.get_by_text("1.342,50 €")).to_be_visible()
        await page.get_by_label("In Ihren eigenen Worten").fill("Zwei Regale sind gebrochen.")
        await page.get_by_role("button", name="Français").click()
        await expect(page.get_by_role("heading", name=re.compile("erreur"))).to_be_visible()
        await expect(page.get_by_label("Avec vos propres mots")).to_have_value("Zwei Regale sind gebrochen.")
        await page.goto(site.url_of(link))
        await expect(page.get_by_label("Avec vos propres mots")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
async def test_the_enter_key_sends_the_form_and_nothing_else(
    site: CustomerSite, link: CustomerLink, browser: Browser, has_script: bool
) -> None:
    """The buttons of the language switch belong to the form too, and come before all others."""
    async with a_page(browser, java_script_enabled=has_script) as page:
        await page.goto(site.url_of(link))
        await fill_in(page)
        await page.get_by_label("Your name").press("Enter")
        await page.wait_for_url("**sent=1**")
    assert len(site.cases(link)) == 1


async def test_what_was_typed_is_there_the_next_time(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser) as page:
        await page.goto(site.url_of(link))
        await fill_in(page)
        await expect(page.get_by_text("Draft saved")).to_be_visible()
    async with a_page(browser) as page:
        await page.goto(site.url_of(link))
        await expect(page.get_by_label("Arrived damaged")).to_be_checked()
        await expect(page.get_by_label("In your own words")).to_have_value(
            "Two of the six shelves are cracked."
        )
        await expect(page.get_by_label("Your name")).to_have_value("Jule Brandt")


async def test_two_quick_presses_make_one_case(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser, java_script_enabled=False) as first, a_page(browser) as second:
        for page in (first, second):
            await page.goto(site.url_of(link))
            await fill_in(page)
        await first.get_by_role("button", name="Send to Brightwater Supplies").click()
        await first.wait_for_url("**sent=1**")
        await second.get_by_role("button", name="Send to Brightwater Supplies").click()
        await second.wait_for_url(re.compile("/d/[^/]+"))
    assert len(site.cases(link)) == 1
