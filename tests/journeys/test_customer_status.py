"""The customer's status page in a browser: phone and desktop, light and dark."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from core.case import Resolution, Status
from core.customer_link import CustomerLink
from tests.builders import an_invoice
from tests.fixtures.browser import PATIENCE_MS
from tests.store.evidence.sample_files import a_jpeg
from tests.web.customer_site import CustomerSite, a_customer_site, sqlite_copy
from tests.web.hostile import attacking_cases
from tests.web.team_actions import a_file, asked, claimed, decided, finished, raised, told

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PHONE: Any = {"width": 360, "height": 740}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest_asyncio.fixture(loop_scope="session")
async def site(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[CustomerSite]:
    async with a_customer_site(sqlite_copy(sqlite_template, tmp_path)) as opened:
        yield opened


@asynccontextmanager
async def a_page(browser: Browser, **how: Any) -> AsyncIterator[Page]:
    """A phone's page; a script that fails on it, a dialog, or blocked content fails the test."""
    context = await browser.new_context(**{"viewport": PHONE, "locale": "en-GB", **how})
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    yield page
    await context.close()
    assert problems == []


async def every_stage(site: CustomerSite) -> list[CustomerLink]:
    """A link to a case in each stage, and one without a case."""
    links = [site.link(an_invoice(ref=f"in_{number}", number=f"INV-2026-{number}")) for number in range(7)]
    reasons = ["wrong_amount", "not_delivered"] + ["wrong_amount"] * 4
    ids = [raised(site, link, reason_id=reason) for link, reason in zip(links[:6], reasons, strict=True)]
    await a_file(site, links[0], "Lieferschein.pdf", b"%PDF-", case_id=ids[0])
    for case_id in ids[2:]:
        claimed(site, case_id)
        told(site, case_id, "We are looking for the offer of last year.")
    asked(site, ids[3])
    for case_id, verdict in ((ids[4], Resolution.REJECTED), (ids[5], Resolution.PART_ACCEPTED)):
        decided(site, case_id, verdict)
        finished(site, case_id)
    raised(site, links[5], statement="And another thing")
    return links


async def assert_accessible(page: Page, where: str) -> None:
    await page.wait_for_load_state()
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.violations_count == 0, f"{where}: {found.generate_report()}"
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], where  # type: ignore[index]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_stage_is_accessible_and_fits_a_narrow_phone(
    browser: Browser, site: CustomerSite, scheme: Any
) -> None:
    links = await every_stage(site)
    async with a_page(browser, color_scheme=scheme) as page:
        for number, link in enumerate(links):
            await page.goto(site.url_of(link))
            for summary in await page.locator("details.act > summary").all():
                await summary.click()
            await assert_accessible(page, f"stage {number}")
        await page.goto(f"{site.url_of(links[5])}?case=D-1006")
        await assert_accessible(page, "another case")
        await page.goto(f"{site.url_of(links[0])}x")
        await assert_accessible(page, "no such link")
        site.now += timedelta(days=400)
        await page.goto(site.url_of(links[0]))
        await assert_accessible(page, "expired")
        await page.get_by_role("button", name="Mail me a fresh link").click()
        await expect(page.get_by_role("heading", name="Please look into your mailbox")).to_be_visible()
        await assert_accessible(page, "mailed")


@pytest.mark.parametrize("language", ["de", "fr", "es"])
async def test_the_longer_words_of_other_languages_fit_too(
    browser: Browser, site: CustomerSite, language: str
) -> None:
    links = await every_stage(site)
    async with a_page(browser, locale=language) as page:
        for number, link in enumerate(links):
            await page.goto(site.url_of(link))
            for summary in await page.locator("details.act > summary").all():
                await summary.click()
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], number


@pytest.mark.parametrize("has_script", [True, False])
async def test_a_question_is_answered_with_a_photo(
    browser: Browser, site: CustomerSite, has_script: bool
) -> None:
    link = site.link()
    case_id = raised(site, link)
    claimed(site, case_id)
    asked(site, case_id, "Can you send us a photo?")
    async with a_page(browser, java_script_enabled=has_script) as page:
        await page.goto(site.url_of(link))
        await expect(page.get_by_role("heading", name="We need an answer from you")).to_be_visible()
        await page.get_by_label("Your answer").fill("Here it is.")
        photo: Any = {"name": "box.jpg", "mimeType": "image/jpeg", "buffer": a_jpeg()}
        await page.get_by_role("group", name="Files").locator("input").first.set_input_files([photo])
        if has_script:
            await expect(page.locator(".file-ready")).to_have_count(1)
        await page.get_by_role("button", name="Send answer").click()
        await expect(page.get_by_text("Thank you, we have it.")).to_be_visible()
        await expect(page.get_by_role("heading", name="We are looking into it")).to_be_visible()
        await expect(page.get_by_role("link", name="box.jpg").first).to_be_visible()
        picture = page.locator("img.shelf-picture").first
        await picture.scroll_into_view_if_needed()
        if has_script:
            await page.wait_for_function("document.querySelector('img.shelf-picture').naturalWidth > 0")
    (case,) = site.cases(link)
    assert (case.status, [piece.name for piece in case.evidence]) == (Status.UNDER_REVIEW, ["box.jpg"])


@pytest.mark.parametrize("has_script", [True, False])
async def test_withdrawing_asks_once_more(browser: Browser, site: CustomerSite, has_script: bool) -> None:
    link = site.link()
    raised(site, link)
    async with a_page(browser, java_script_enabled=has_script) as page:
        await page.goto(site.url_of(link))
        sure = page.get_by_role("button", name="Yes, withdraw it")
        await expect(sure).to_be_hidden()
        await page.get_by_text("Withdraw this dispute").click()
        await sure.click()
        await expect(page.get_by_role("heading", name="This dispute was withdrawn")).to_be_visible()


async def test_what_is_missing_is_said_and_has_the_focus(browser: Browser, site: CustomerSite) -> None:
    link = site.link()
    case_id = raised(site, link)
    claimed(site, case_id)
    decided(site, case_id)
    finished(site, case_id)
    async with a_page(browser) as page:
        await page.goto(site.url_of(link))
        await page.get_by_text("I don't agree").click()
        await page.get_by_label("What is wrong with the decision?").fill("   ")
        await page.get_by_role("button", name="Look at it again, please").click()
        await expect(page.locator("#problem")).to_be_focused()
        await expect(page.get_by_role("alert")).to_contain_text(
            "Please tell us what is wrong with the decision."
        )
        await assert_accessible(page, "to be mended")
        await page.get_by_label("What is wrong with the decision?").fill("The contract says 90.")
        await page.get_by_role("button", name="Look at it again, please").click()
        await expect(page.get_by_role("heading", name="We are looking into it")).to_be_visible()


async def test_an_attack_in_every_field_runs_nothing(browser: Browser, site: CustomerSite) -> None:
    async with a_page(browser) as page:
        for link in await attacking_cases(site):
            await page.goto(site.url_of(link))
            await page.goto(f"{site.url_of(link)}?new=1")
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_the_address_is_told_to_nobody(browser: Browser, site: CustomerSite) -> None:
    """Requests for scripts and pictures, and links that are followed, send no Referer."""
    link = site.link()
    raised(site, link)
    referers: list[str] = []
    async with a_page(browser) as page:
        page.on("request", lambda request: referers.append(request.headers.get("referer", "")))
        await page.goto(site.url_of(link))
        await page.get_by_role("link", name="Something else wrong with this invoice?").click()
        await expect(page.locator("textarea[name=statement]")).to_be_visible()
    assert len(referers) > 4
    assert set(referers) == {""}
