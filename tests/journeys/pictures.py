"""The README's pictures, taken from a demo of its own: `python -m tests.journeys.pictures`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from sandbox.teams.company import CONTRACTS
from tests.chromium import find_chromium
from tests.fixtures.browser import QUIET
from tests.journeys.demo import SEEDING_MS, run_demo
from tests.journeys.processes import ROOT

PICTURES = ROOT / "docs" / "pictures"
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, run_demo(Path(folder)) as address:
        asyncio.run(_take(address))


async def _take(address: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=[*QUIET])
        page = await _open(browser, f"{address}/?as=U0ANA&at=C0BILLING", DESK)
        await expect(page.get_by_test_id("progress")).to_have_count(0, timeout=SEEDING_MS)
        await _channel(page)
        await _decision(page)
        await _home(page, address)
        await _phone(browser, address)
        await _customer(browser, address)
        await _teams(browser, address)
        await browser.close()


async def _open(browser: Browser, address: str, size: dict[str, int], scheme: str = "light") -> Page:
    page = await browser.new_page(viewport=size, color_scheme=scheme, device_scale_factor=2)  # type: ignore[arg-type]
    await page.goto(address)
    await page.wait_for_selector("[data-state=ready]")
    return page


async def _channel(page: Page) -> None:
    """The channel, with the thread of the partly accepted case."""
    case = page.locator("[data-testid^=message-]", has=page.get_by_test_id("action-open_case:D-1003")).first
    await case.locator("[data-testid^=thread-open-]").click()
    await page.get_by_test_id("thread").wait_for()
    await expect(page.get_by_test_id("bot-state")).to_have_attribute("data-state", "ready", timeout=20_000)
    await page.wait_for_timeout(500)
    await page.screenshot(path=PICTURES / "channel.png")
    await page.get_by_test_id("thread-close").click()


async def _decision(page: Page) -> None:
    await page.get_by_test_id("action-claim:D-1010").click()
    await page.get_by_test_id("action-ask_decide:D-1010").click()
    modal = page.get_by_test_id("modal")
    await modal.get_by_test_id("option-part_accepted").click()
    await modal.get_by_test_id("field-amount").fill("725.00")
    await modal.get_by_test_id("field-root_cause").select_option("data_entry")
    await modal.get_by_test_id("field-customer_text").fill(
        "Nine repairs took place; we credit the other five."
    )
    await page.wait_for_timeout(500)
    await page.screenshot(path=PICTURES / "decide.png")
    await page.get_by_test_id("modal-x").click()


async def _home(page: Page, address: str) -> None:
    await page.goto(f"{address}/?as=U0DANA&at=home")
    await page.get_by_test_id("home").get_by_text("Overdue").first.wait_for()
    await page.wait_for_timeout(500)
    await page.screenshot(path=PICTURES / "home.png")


async def _phone(browser: Browser, address: str) -> None:
    page = await _open(browser, f"{address}/?as=U0BEN&at=C0BILLING", PHONE, "dark")
    await page.wait_for_timeout(800)
    await page.screenshot(path=PICTURES / "phone.png")


async def _teams(browser: Browser, address: str) -> None:
    """The same company in Teams: a channel, and a card on a phone in dark mode."""
    await browser.contexts[0].request.post(
        f"{address}/sandbox/disputes",
        data={
            "invoice": "BW-20391",
            "reason": "cancelled_subscription",
            "statement": "We gave notice of the service plan in May, for the end of June.",
        },
    )
    desk = await _open(browser, f"{address}/teams?as=U0CLEO&at={CONTRACTS}", DESK)
    await desk.locator("[data-testid^='teams-action-claim:']").last.click()
    await desk.get_by_text("Cleo Lind claimed the case.").last.wait_for()
    await desk.wait_for_timeout(800)
    await desk.screenshot(path=PICTURES / "teams.png")
    phone = await _open(browser, f"{address}/teams?as=U0DANA&at={CONTRACTS}", PHONE, "dark")
    await phone.wait_for_timeout(800)
    await phone.screenshot(path=PICTURES / "teams_phone.png")


async def _customer(browser: Browser, address: str) -> None:
    """The customer's side: the form from an invoice, the status page, the mails."""
    desk = await _open(browser, f"{address}/invoices?number=BW-20418", DESK)
    form = await desk.get_by_test_id("invoice-link").get_attribute("href")
    await desk.goto(f"{address}/invoices?number=BW-20415")
    stands = await desk.get_by_test_id("invoice-link").get_attribute("href")
    for url, name in ((form, "form"), (stands, "status")):
        phone = await browser.new_page(viewport=PHONE, device_scale_factor=2)  # type: ignore[arg-type]
        await phone.goto(str(url))
        await phone.wait_for_timeout(500)
        await phone.screenshot(path=PICTURES / f"{name}.png")
        await phone.close()
    await desk.goto(f"{address}/mailbox?of=ap@gulfstar.example")
    await desk.wait_for_selector("[data-state=ready]")
    await desk.wait_for_timeout(800)
    await desk.screenshot(path=PICTURES / "mailbox.png")


if __name__ == "__main__":
    main()
