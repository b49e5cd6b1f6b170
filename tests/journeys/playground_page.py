"""Acting in the page of Microsoft's Agents Playground: open a place, write, press, search."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, Page

from tests.fixtures.browser import PATIENCE_MS

Json = dict[str, Any]


async def enter(page: Page, url: str) -> None:
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(url)
    await page.get_by_role("button", name="Toggle Log Panel").click()


async def go_to(page: Page, place: str) -> None:
    """`Personal Chat`, or a channel by team and name, as the page calls it: `Finance - General`."""
    await page.get_by_role("treeitem", name=place).click()


async def post_in_chat(page: Page, words: str) -> None:
    """Write in the person's own chat."""
    await page.get_by_role("textbox").last.click()
    await page.keyboard.type(words)
    await page.keyboard.press("Enter")


async def mention(page: Page, words: str) -> None:
    """Write a new post in a channel that mentions the bot, chosen from the client's suggestions."""
    await page.get_by_role("textbox").first.click()
    await page.keyboard.type("@")
    await page.get_by_role("listbox").get_by_text("Ombud", exact=True).click()
    await page.keyboard.type(f" {words}")
    await page.get_by_role("button", name="Post", exact=True).click()


def cards_of(page: Page, case_id: str) -> Locator:
    """The cards about a case: their spoken label begins with its number."""
    return page.locator(f'.ac-adaptiveCard[aria-label^="{case_id} "]')


async def press(page: Page, button: Locator) -> Json:
    """Press a button; returns the bot's answer."""
    async with page.expect_response("**/_conversation/v1/invoke") as answered:
        await button.click()
    got: Json = await (await answered.value).json()
    return got


async def choose_from_menu(page: Page, card: Locator, entry: str) -> Json:
    """Choose an entry of the card's overflow menu, which is its last button."""
    await card.get_by_role("button").last.click()
    return await press(page, page.get_by_role("menuitem", name=entry))


async def search(page: Page, words: str) -> Locator:
    """Search for cases beside a channel's composer; returns the list of results."""
    await page.get_by_role("button", name="Trigger Message Extension App").first.click()
    await page.get_by_text("Search Command", exact=True).click()
    await page.get_by_placeholder("Enter a search term").fill(words)
    return page.get_by_role("group").filter(has_text="Search-Based Message Extension")
