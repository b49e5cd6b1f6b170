"""How does somebody at Microsoft's Agents Playground go somewhere, write, and press?"""

from __future__ import annotations

from typing import Any

from playwright.async_api import Locator, Page, expect

Json = dict[str, Any]
PATIENCE_MS = 20_000


async def enter(page: Page, url: str) -> None:
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    await page.goto(url)
    await page.get_by_role("button", name="Toggle Log Panel").click()


async def go_to(page: Page, place: str) -> None:
    """`Personal ChatClient`, or a channel by team and name, as the page calls it: `Finance - General`."""
    await page.get_by_role("treeitem", name=place).click()


async def post_in_chat(page: Page, words: str) -> None:
    """In one's own chat."""
    await page.get_by_role("textbox").last.click()
    await page.keyboard.type(words)
    await page.keyboard.press("Enter")


async def mention(page: Page, words: str) -> None:
    """A new post in a channel, which names the bot as people do: chosen from whom the client offers."""
    await page.get_by_role("textbox").first.click()
    await page.keyboard.type("@")
    await page.get_by_role("listbox").get_by_text("Ombud", exact=True).click()
    await page.keyboard.type(f" {words}")
    await page.get_by_role("button", name="Post", exact=True).click()


def cards_of(page: Page, case_id: str) -> Locator:
    """Cards are called by what is spoken of them, which begins with the case."""
    return page.locator(f'.ac-adaptiveCard[aria-label^="{case_id} "]')


async def press(page: Page, button: Locator) -> Json:
    """What the client got back."""
    async with page.expect_response("**/_conversation/v1/invoke") as answered:
        await button.click()
    got: Json = await (await answered.value).json()
    return got


async def choose_from_menu(page: Page, card: Locator, entry: str) -> Json:
    """Something behind the card's three dots, which are its last button."""
    await card.get_by_role("button").last.click()
    return await press(page, page.get_by_role("menuitem", name=entry))


async def search(page: Page, words: str) -> Locator:
    """Look for cases from the composer of a channel; the list that opens."""
    await page.get_by_role("button", name="Trigger Message Extension App").first.click()
    await page.get_by_text("Search Command", exact=True).click()
    await page.get_by_placeholder("Enter a search term").fill(words)
    return page.get_by_role("group").filter(has_text="Search-Based Message Extension")
