"""The main job in `ombud demo`, in a browser, as a person does it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.journeys.demo import act_as, card_of, choose_from_menu, enter, open_form, press, send_form

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
MUCH_TO_SAY_MS = 180_000
"""After a jump of the clock all open cases send messages, and a channel takes one message a second."""


@pytest_asyncio.fixture(loop_scope="session")
async def page(demo: str, browser: Browser) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 1280, "height": 900})
    await enter(page, demo)
    yield page
    await page.close()


async def test_a_dispute_becomes_a_settled_case(page: Page) -> None:
    number = await _raise(page, "Ribbon was never part of our order.")
    await act_as(page, "U0BEN")
    await page.get_by_test_id("composer").fill(f"/disputes show {number}")
    await page.get_by_test_id("composer").press("Enter")
    bens_card = page.locator("[data-testid^=whisper-]", has=page.get_by_test_id(f"action-claim:{number}"))
    await expect(bens_card).to_be_visible()

    await act_as(page, "U0ANA")
    card = card_of(page, number)
    await press(page, card.get_by_test_id(f"action-claim:{number}"))
    await expect(card).to_contain_text("Under review")

    await act_as(page, "U0BEN")
    await press(page, bens_card.get_by_test_id(f"action-claim:{number}"))
    await expect(page.locator(".messages")).to_contain_text(f"{number} is already claimed by Ana Ruiz.")
    await choose_from_menu(page, number, "ask_close")
    await expect(page.locator(".messages")).to_contain_text(f"Only the resolver of {number} or a manager")

    await act_as(page, "U0ANA")
    modal = await open_form(page, card.get_by_test_id(f"action-ask_decide:{number}"))
    await modal.get_by_test_id("option-part_accepted").click()
    await modal.get_by_test_id("field-amount").fill("9,999")
    await modal.get_by_test_id("field-root_cause").select_option("pricing_error")
    await modal.get_by_test_id("field-customer_text").fill("You are right about the ribbon; we credit half.")
    await send_form(page)
    await expect(page.get_by_test_id("error-amount")).to_contain_text("A part is less than what is disputed")
    await modal.get_by_test_id("field-amount").fill("64.50")
    await send_form(page)
    await expect(modal).to_have_count(0)
    await expect(card).to_contain_text("Accepted in part: $64.50")


async def test_an_unclaimed_case_warns_breaches_and_climbs_to_the_manager(page: Page) -> None:
    number = await _raise(page, "Six of the gift boxes were empty.")
    await page.get_by_test_id("add-4h").click()
    await card_of(page, number).locator("[data-testid^=thread-open-]").click(timeout=MUCH_TO_SAY_MS)
    thread = page.get_by_test_id("thread")
    await expect(thread).to_contain_text(re.compile(r"Claim by .* left\."), timeout=MUCH_TO_SAY_MS)
    await page.get_by_test_id("add-1d").click()
    await expect(thread).to_contain_text("Claim was due", timeout=MUCH_TO_SAY_MS)
    await act_as(page, "U0DANA")
    await page.get_by_test_id("dm-ombud").click()
    called = re.compile(rf"Needs you: {number}\b")
    await expect(page.locator(".messages")).to_contain_text(called, timeout=MUCH_TO_SAY_MS)
    await page.get_by_test_id("channel-billing-disputes").click()
    await page.get_by_test_id("composer").fill("/disputes overdue")
    await page.get_by_test_id("composer").press("Enter")
    overdue = page.locator("[data-testid^=whisper-]").last
    await expect(overdue).to_contain_text("Overdue")
    await _turn_pages_to(page, overdue, number)


async def test_a_killed_bot_comes_back_and_loses_nothing(page: Page) -> None:
    number = await _raise(page, "This invoice was cancelled by phone.")
    await page.get_by_test_id("bot-kill").click()
    await expect(page.get_by_test_id("bot-state")).to_have_attribute("data-state", "down")
    await page.get_by_test_id("bot-start").click()
    await expect(page.get_by_test_id("bot-state")).to_have_attribute("data-state", "ready")
    await act_as(page, "U0BEN")
    await press(page, card_of(page, number).get_by_test_id(f"action-claim:{number}"))
    await expect(card_of(page, number)).to_contain_text("Under review", timeout=MUCH_TO_SAY_MS)


async def _turn_pages_to(page: Page, listing: Locator, number: str) -> None:
    """The demo is shared, so there may be more late cases than fit on the first page of the list."""
    while number not in (shown := await listing.inner_text()):
        await press(page, listing.get_by_role("button", name="Next page"))
        await expect(listing).not_to_have_text(shown, use_inner_text=True)


async def _raise(page: Page, statement: str) -> str:
    """Raise a dispute as a customer; returns its number once its card is in the channel."""
    await page.get_by_test_id("channel-billing-disputes").click()
    await page.get_by_test_id("raise").click()
    await page.get_by_test_id("raise-customer").select_option(label="Okonjo & Daughters (standard)")
    await page.get_by_test_id("raise-statement").fill(statement)
    await page.get_by_test_id("raise-send").click()
    card = page.locator("[data-testid^=message-]", has_text=statement)
    await expect(card).to_be_visible(timeout=MUCH_TO_SAY_MS)
    found = re.search(r"D-\d+", await card.inner_text())
    assert found is not None
    return found[0]
