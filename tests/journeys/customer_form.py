"""The customer form in a browser: an example order, a phone's page, filling in and checking."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from core.invoice import Invoice, InvoiceLine
from tests.fixtures.browser import PATIENCE_MS

PHONE: Any = {"width": 360, "height": 740}
STATEMENT = "Two of the six shelves are cracked."


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
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    yield page
    await context.close()
    assert problems == []


def a_file(name: str, content: bytes, media_type: str = "image/jpeg") -> Any:
    return {"name": name, "mimeType": media_type, "buffer": content}


async def assert_accessible(page: Page) -> None:
    """WCAG 2.2 AA as far as axe can tell."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    await page.wait_for_load_state()
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}})
    assert found.violations_count == 0, found.generate_report()


async def assert_fits_phone(page: Page) -> None:
    """The page is not wider than the screen."""
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


async def fill_in(page: Page) -> None:
    await page.get_by_label("Arrived damaged").check()
    await page.get_by_label("In your own words").fill(STATEMENT)
    await page.get_by_label("Your name").fill("Jule Brandt")
