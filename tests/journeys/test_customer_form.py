"""The customer form in a browser: narrow phone, with and without script, dark mode, German."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Route, async_playwright, expect

from bot.policy.reader import read_policy
from core.case import Status
from core.customer_link import CustomerLink
from core.invoice import Invoice, InvoiceLine
from core.uploaded_file import FileState
from tests.builders import a_customer
from tests.store.conftest import sqlite_template
from tests.store.evidence.sample_bytes import noise
from tests.store.evidence.sample_files import a_jpeg, a_pdf, a_png
from tests.web.customer_site import CustomerSite, a_customer_site, sqlite_copy

__all__ = ["sqlite_template"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
POLICY = Path(__file__).parents[2] / "policy.yaml"
PHONE: Any = {"width": 360, "height": 740}
QUIET = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking")
MB = 1024 * 1024
STATEMENT = "Two of the six shelves are cracked."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=[*QUIET])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[CustomerSite]:
    async with a_customer_site(sqlite_copy(sqlite_template, tmp_path), read_policy(POLICY)) as opened:
        yield opened


@pytest.fixture
def link(desk: CustomerSite) -> CustomerLink:
    return desk.link(an_order(), a_customer(name="Nordlicht Möbel GmbH", email="einkauf@nordlicht.example"))


def an_order() -> Invoice:
    return Invoice(
        ref="in_7",
        number="INV-2026-0417",
        currency="EUR",
        total_minor=184_250,
        issued_on=date(2026, 2, 18),
        due_on=date(2026, 3, 20),
        paid_minor=50_000,
        lines=(
            InvoiceLine(ref="l1", text="Oak shelving, 180 cm", quantity="6", amount_minor=119_400),
            InvoiceLine(ref="l2", text="Wall brackets, black", quantity="24", amount_minor=36_850),
            InvoiceLine(ref="l3", text="Delivery to Hamburg", amount_minor=28_000),
        ),
    )


@asynccontextmanager
async def a_page(browser: Browser, **how: Any) -> AsyncIterator[Page]:
    """A phone's page; a script that fails on it, or is blocked, fails the test."""
    context = await browser.new_context(**{"viewport": PHONE, "locale": "en-GB", **how})
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    yield page
    await context.close()
    assert problems == []


def a_file(name: str, content: bytes, media_type: str = "image/jpeg") -> Any:
    return {"name": name, "mimeType": media_type, "buffer": content}


async def demand_accessible(page: Page) -> None:
    """WCAG 2.2 AA as far as axe can tell."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    assert found.violations_count == 0, found.generate_report()


async def demand_narrow(page: Page) -> None:
    """The page is not wider than the screen."""
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


async def fill_in(page: Page) -> None:
    await page.get_by_label("Arrived damaged").check()
    await page.get_by_label("In your own words").fill(STATEMENT)
    await page.get_by_label("Your name").fill("Jule Brandt")


async def test_a_customer_sends_two_photos_and_a_pdf_from_a_phone(
    desk: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser, has_touch=True, is_mobile=True) as page:
        await page.goto(desk.url_of(link))
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
        await demand_narrow(page)
        await page.get_by_role("button", name="Send to Brightwater Supplies").click()
        await page.wait_for_url("**sent=1**")
    [case] = desk.cases(link)
    assert (case.status, case.reason_id, case.line_refs) == (Status.OPEN, "damaged", ("l1",))
    assert case.disputed.minor == 119_400
    assert (case.customer.contact, case.customer.email) == ("Jule Brandt", "einkauf@nordlicht.example")
    assert sorted((piece.kind, piece.name) for piece in case.evidence) == [
        ("other", "note.pdf"),
        ("photo", "box.png"),
        ("photo", "crack.jpg"),
    ]


async def test_the_form_works_without_script(
    desk: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser, java_script_enabled=False) as page:
        await page.goto(desk.url_of(link))
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
    [case] = desk.cases(link)
    assert case.disputed.minor == 36_850
    assert [(piece.kind, piece.name) for piece in case.evidence] == [("photo", "crack.jpg")]


@pytest.mark.parametrize("has_script", [True, False])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_keeps_anybody_from_using_it(
    desk: CustomerSite, link: CustomerLink, browser: Browser, scheme: Any, has_script: bool
) -> None:
    """The form, the form with files and everything open, and the form with every mistake.

    Axe is itself a script: where the page is to have none, only ours are blocked.
    """
    async with a_page(browser, color_scheme=scheme) as page:
        if not has_script:
            await page.route("**/*.js*", lambda route: route.abort())
        await page.goto(desk.url_of(link))
        await demand_accessible(page)
        await page.get_by_label("Arrived damaged").check()
        await page.get_by_label("Some of its lines").check()
        photos = page.get_by_role("group", name="A photo of the damage")
        await photos.locator("input").first.set_input_files(a_file("crack.jpg", a_jpeg()))
        if has_script:
            await expect(page.locator(".file-ready")).to_have_count(1)
        await demand_accessible(page)
        await page.get_by_label("E-mail").fill("nobody")
        await page.get_by_role("button", name="Send to Brightwater Supplies").click()
        await expect(page.locator("#mistakes")).to_be_visible()
        await demand_accessible(page)
        await demand_narrow(page)


async def test_the_form_is_there_again_in_the_language_of_the_switch(
    desk: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser, java_script_enabled=False, locale="de-DE") as page:
        await page.goto(desk.url_of(link))
        await expect(
            page.get_by_role("heading", name="Stimmt etwas mit dieser Rechnung nicht?")
        ).to_be_visible()
        await expect(page.get_by_text("1.342,50 €")).to_be_visible()
        await page.get_by_label("In Ihren eigenen Worten").fill("Zwei Regale sind gebrochen.")
        await page.get_by_role("button", name="Français").click()
        await expect(page.get_by_role("heading", name=re.compile("erreur"))).to_be_visible()
        await expect(page.get_by_label("Avec vos propres mots")).to_have_value("Zwei Regale sind gebrochen.")
        await page.goto(desk.url_of(link))
        await expect(page.get_by_label("Avec vos propres mots")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
async def test_the_enter_key_sends_the_form_and_nothing_else(
    desk: CustomerSite, link: CustomerLink, browser: Browser, has_script: bool
) -> None:
    """The buttons of the language switch belong to the form too, and come before all others."""
    async with a_page(browser, java_script_enabled=has_script) as page:
        await page.goto(desk.url_of(link))
        await fill_in(page)
        await page.get_by_label("Your name").press("Enter")
        await page.wait_for_url("**sent=1**")
    assert len(desk.cases(link)) == 1


async def test_what_was_typed_is_there_the_next_time(
    desk: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser) as page:
        await page.goto(desk.url_of(link))
        await fill_in(page)
        await expect(page.get_by_text("Draft saved")).to_be_visible()
    async with a_page(browser) as page:
        await page.goto(desk.url_of(link))
        await expect(page.get_by_label("Arrived damaged")).to_be_checked()
        await expect(page.get_by_label("In your own words")).to_have_value(
            "Two of the six shelves are cracked."
        )
        await expect(page.get_by_label("Your name")).to_have_value("Jule Brandt")


async def test_a_broken_line_costs_at_most_a_piece(
    desk: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    content = a_pdf() + b"\n%" + noise(3 * MB).hex().encode()[: 3 * MB]
    sent: list[int] = []

    async def break_the_third(route: Route) -> None:
        sent.append(int(route.request.headers["upload-offset"]) if route.request.method == "PATCH" else -1)
        await (route.abort("connectionreset") if len(sent) == 3 else route.fallback())

    async with a_page(browser) as page:
        await page.route("**/files/*", break_the_third)
        await page.goto(desk.url_of(link))
        other = page.get_by_role("group", name="Anything that shows what you mean")
        await other.locator("input").first.set_input_files(a_file("big.pdf", content, "application/pdf"))
        await expect(page.locator(".file-ready")).to_have_count(1, timeout=20_000)
    assert sent == [0, MB, 2 * MB, 2 * MB, 3 * MB]
    [file] = desk.draft_files(link)
    assert (file.state, file.size) == (FileState.READY, len(content))


async def test_an_answer_that_got_lost_is_asked_for_again(
    desk: CustomerSite, link: CustomerLink, browser: Browser
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
        await page.goto(desk.url_of(link))
        await page.locator(".slot-other input").first.set_input_files(a_file("crack.jpg", a_jpeg()))
        await expect(page.locator(".file-ready")).to_have_count(1)
    assert len(desk.draft_files(link)) == 1


async def test_an_upload_goes_on_after_the_page_was_closed(
    desk: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    content = a_pdf() + b"\n%" + noise(2 * MB).hex().encode()[: 2 * MB]
    chosen = a_file("big.pdf", content, "application/pdf")
    offsets: list[str] = []

    async def let_one_through(route: Route) -> None:
        offsets.append(route.request.headers.get("upload-offset", ""))
        await (route.abort() if len(offsets) > 1 else route.fallback())

    async with a_page(browser) as page:
        await page.route("**/files/*", let_one_through)
        await page.goto(desk.url_of(link))
        await page.locator(".slot-other input").first.set_input_files(chosen)
        await expect(page.get_by_text("The connection broke.")).to_be_visible()
    async with a_page(browser) as page:
        await page.goto(desk.url_of(link))
        await expect(page.get_by_text("Only a part has arrived.")).to_be_visible()
        await page.locator(".slot-other input").first.set_input_files(chosen)
        await expect(page.locator(".file-ready")).to_have_count(1)
        await expect(page.locator(".file")).to_have_count(1)
    [file] = desk.draft_files(link)
    assert (file.state, file.size) == (FileState.READY, len(content))


async def test_files_can_be_dropped_and_pasted_and_removed(
    desk: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser) as page:
        await page.goto(desk.url_of(link))
        await page.get_by_label("Arrived damaged").check()
        for kind, name, content in (("drop", "dropped.jpg", a_jpeg()), ("paste", "pasted.png", a_png())):
            encoded = base64.b64encode(content).decode()
            await page.evaluate(HAND_OVER, [kind, name, encoded])
        await expect(page.locator(".file-ready")).to_have_count(2)
        photos = page.get_by_role("group", name="A photo of the damage")
        await expect(photos.get_by_text("dropped.jpg")).to_be_visible()
        await page.get_by_role("button", name="Remove dropped.jpg").click()
        await expect(page.locator(".file")).to_have_count(1)
        await expect(page.locator("#said")).to_have_text("dropped.jpg is removed.")
        await asyncio.wait_for(_until_one_is_left(desk, link), 10)
        await page.get_by_label("Wrong amount").check()
        other = page.get_by_role("group", name="Anything that shows what you mean")
        await expect(other.get_by_text("pasted.png")).to_be_visible()


HAND_OVER = """([kind, name, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name, { type: `image/${name.endsWith("png") ? "png" : "jpeg"}` }));
  const event = kind === "drop"
    ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


async def _until_one_is_left(desk: CustomerSite, link: CustomerLink) -> None:
    while sum(file.state is FileState.READY for file in desk.draft_files(link)) != 1:
        await asyncio.sleep(0.05)


async def test_a_file_that_cant_be_taken_says_why_where_it_lies(
    desk: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser) as page:
        await page.goto(desk.url_of(link))
        await page.locator(".slot-other input").first.set_input_files(
            [a_file("photo.jpg", b"<html><script>alert(1)</script></html>"), a_file("run.exe", b"MZ")]
        )
        await expect(page.locator(".file-failed")).to_have_count(2)
        await expect(
            page.get_by_text("“run.exe” is a program. Programs can't be taken.").first
        ).to_be_visible()
        await demand_accessible(page)


async def test_two_quick_presses_make_one_case(
    desk: CustomerSite, link: CustomerLink, browser: Browser
) -> None:
    async with a_page(browser, java_script_enabled=False) as first, a_page(browser) as second:
        for page in (first, second):
            await page.goto(desk.url_of(link))
            await fill_in(page)
        await first.get_by_role("button", name="Send to Brightwater Supplies").click()
        await first.wait_for_url("**sent=1**")
        await second.get_by_role("button", name="Send to Brightwater Supplies").click()
        await second.wait_for_url(re.compile("/d/[^/]+"))
    assert len(desk.cases(link)) == 1
