"""Uploads in the customer form: broken connections, lost answers, dropped and pasted files, refusals."""

from __future__ import annotations

import asyncio
import base64

import pytest
from playwright.async_api import Browser, Route, expect

from core.customer_link import CustomerLink
from core.uploaded_file import FileState
from tests.journeys.customer_form import a_file, a_page, assert_accessible
from tests.journeys.test_customer_form import link, site
from tests.store.evidence.sample_bytes import noise
from tests.store.evidence.sample_files import a_jpeg, a_pdf, a_png
from tests.web.customer_site import CustomerSite

__all__ = ["link", "site"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
MB = 1024 * 1024


async def test_a_broken_line_costs_at_most_a_piece(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    content = a_pdf() + b"\n%" + noise(3 * MB).hex().encode()[: 3 * MB]
    sent: list[int] = []

    async def break_the_third(route: Route) -> None:
        sent.append(int(route.request.headers["upload-offset"]) if route.request.method == "PATCH" else -1)
        await (route.abort("connectionreset") if len(sent) == 3 else route.fallback())

    async with a_page(browser) as page:
        await page.route("**/files/*", break_the_third)
        await page.goto(site.url_of(link))
        other = page.get_by_role("group", name="Anything that shows what you mean")
        await other.locator("input").first.set_input_files(a_file("big.pdf", content, "application/pdf"))
        await expect(page.locator(".file-ready")).to_have_count(1)
    assert sent == [0, MB, 2 * MB, 2 * MB, 3 * MB]
    [file] = site.draft_files(link)
    assert (file.state, file.size) == (FileState.READY, len(content))


async def test_an_answer_that_got_lost_is_asked_for_again(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    """The photo is cleaned on arrival, so that the stored file has another size than the sent one."""
    lost: list[str] = []

    async def lose_the_answer(route: Route) -> None:
        if lost:
            await route.fallback()
            return
        lost.append(route.request.url)
        await route.fetch()
        await route.abort()

    async with a_page(browser) as page:
        await page.route("**/files/*", lose_the_answer)
        await page.goto(site.url_of(link))
        await page.locator(".slot-other input").first.set_input_files(a_file("crack.jpg", a_jpeg()))
        await expect(page.locator(".file-ready")).to_have_count(1)
    assert len(site.draft_files(link)) == 1


async def test_an_upload_goes_on_after_the_page_was_closed(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    content = a_pdf() + b"\n%" + noise(2 * MB).hex().encode()[: 2 * MB]
    chosen = a_file("big.pdf", content, "application/pdf")
    offsets: list[str] = []

    async def let_one_through(route: Route) -> None:
        offsets.append(route.request.headers.get("upload-offset", ""))
        await (route.abort() if len(offsets) > 1 else route.fallback())

    async with a_page(browser) as page:
        await page.route("**/files/*", let_one_through)
        await page.goto(site.url_of(link))
        await page.locator(".slot-other input").first.set_input_files(chosen)
        await expect(page.get_by_text("The connection broke.")).to_be_visible()
    async with a_page(browser) as page:
        await page.goto(site.url_of(link))
        await expect(page.get_by_text("Only a part has arrived.")).to_be_visible()
        await page.locator(".slot-other input").first.set_input_files(chosen)
        await expect(page.locator(".file-ready")).to_have_count(1)
        await expect(page.locator(".file")).to_have_count(1)
    [file] = site.draft_files(link)
    assert (file.state, file.size) == (FileState.READY, len(content))


async def test_files_can_be_dropped_and_pasted_and_removed(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser) as page:
        await page.goto(site.url_of(link))
        await page.get_by_label("Arrived damaged").check()
        for kind, name, content in (("drop", "dropped.jpg", a_jpeg()), ("paste", "pasted.png", a_png())):
            encoded = base64.b64encode(content).decode()
            await page.evaluate(_DROP_OR_PASTE, [kind, name, encoded])
        await expect(page.locator(".file-ready")).to_have_count(2)
        photos = page.get_by_role("group", name="A photo of the damage")
        await expect(photos.get_by_text("dropped.jpg")).to_be_visible()
        await page.get_by_role("button", name="Remove dropped.jpg").click()
        await expect(page.locator(".file")).to_have_count(1)
        await expect(page.locator("#said")).to_have_text("dropped.jpg is removed.")
        await asyncio.wait_for(_until_one_is_left(site, link), 90)
        await page.get_by_label("Wrong amount").check()
        other = page.get_by_role("group", name="Anything that shows what you mean")
        await expect(other.get_by_text("pasted.png")).to_be_visible()


_DROP_OR_PASTE = """([kind, name, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: `image/${name.endsWith("png") ? "png" : "jpeg"}` }));
  const event = kind === "drop"
    ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


async def _until_one_is_left(site: CustomerSite, link: CustomerLink) -> None:
    while sum(file.state is FileState.READY for file in site.draft_files(link)) != 1:
        await asyncio.sleep(0.05)


async def test_a_file_that_cant_be_taken_says_why_where_it_lies(
    site: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser) as page:
        await page.goto(site.url_of(link))
        await page.locator(".slot-other input").first.set_input_files(
            [a_file("photo.jpg", b"<html><script>alert(1)</script></html>"), a_file("run.exe", b"MZ")]
        )
        await expect(page.locator(".file-failed")).to_have_count(2)
        await expect(
            page.get_by_text("“run.exe” is a program. Programs can't be taken.").first
        ).to_be_visible()
        await assert_accessible(page)
