"""Client that draws cards of Teams for tests: Microsoft's renderer in a headless browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.cards.teams.host import THEMES, page_html
from tests.chromium import find_chromium


class Client:
    """One page, to which cards are given."""

    def __init__(self, page: Any) -> None:
        self._page = page

    def said(self, card: dict[str, Any]) -> dict[str, Any]:
        """`trouble` the renderer has with the card, and the `text` and `html` it makes of it."""
        found: dict[str, Any] = self._page.evaluate("card => said(card)", card)
        return found

    def shoot(self, cards: list[dict[str, Any]], path: str) -> list[str]:
        """A picture of cards under each other; what the renderer has against them."""
        self._page.evaluate("document.querySelector('main').replaceChildren()")
        trouble = self._page.evaluate("cards => cards.flatMap(card => draw(card).trouble)", cards)
        self._page.screenshot(path=path, full_page=True)
        return [str(one) for one in trouble]

    def is_wider_than(self, width: int) -> bool:
        """Whether anything of what is drawn sticks out of a screen of so many pixels."""
        usual = self._page.viewport_size
        self._page.set_viewport_size({**usual, "width": width})
        script = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        found = bool(self._page.evaluate(script))
        self._page.set_viewport_size(usual)
        return found


@contextmanager
def a_client(theme: str = "light", width: int = 700) -> Iterator[Client]:
    """Skips where there is no Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to load, and seldom needed

    chromium = find_chromium()
    if chromium is None:
        pytest.skip("No Chromium: set OMBUD_CHROMIUM, or install one.")
    html = page_html(THEMES[theme])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        page = browser.new_page(
            viewport={"width": width, "height": 400},
            locale="en-GB",
            timezone_id="Europe/Berlin",
            device_scale_factor=1.5,
        )
        page.set_content(html)
        yield Client(page)
        browser.close()
