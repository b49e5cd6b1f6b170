"""Does `ombud demo` show the whole main job in a browser, as a person would walk through it?"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.journeys.running import ROOT, free_port

pytestmark = pytest.mark.browser
QUIET = ("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update")
MOST_PRESSES = 4
SEEDING_MS = 120_000
"""A bound for a busy machine; the story takes about half a minute."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo as `make demo` starts it; the address that it prints."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    command = [sys.executable, "-m", "bot", "demo", "--port", str(port), "--folder", str(folder / "demo")]
    with (folder / "said").open("wb") as said:
        child = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
    try:
        yield wait_for_address(folder / "said", child)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)
        print(*(folder / "demo" / "bot.log").read_text().splitlines()[-40:], sep="\n")


@pytest.fixture
async def page(demo: str, chromium: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-sync", *QUIET]
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        await page.goto(demo)
        await page.wait_for_selector("[data-state=ready]")
        await expect(page.get_by_test_id("progress")).to_have_count(0, timeout=SEEDING_MS)
        yield page
        await browser.close()


async def test_a_dispute_becomes_a_settled_case(page: Page) -> None:
    number = await _raise(page, "Ribbon was never part of our order.")
    await _be(page, "U0BEN")
    await page.get_by_test_id("composer").fill(f"/disputes show {number}")
    await page.get_by_test_id("composer").press("Enter")
    bens_card = page.locator("[data-testid^=whisper-]", has=page.get_by_test_id(f"action-claim:{number}"))
    await expect(bens_card).to_be_visible()

    await _be(page, "U0ANA")
    card = _card(page, number)
    await _press(page, card.get_by_test_id(f"action-claim:{number}"))
    await expect(card).to_contain_text("Under review")

    await _be(page, "U0BEN")
    await _press(page, bens_card.get_by_test_id(f"action-claim:{number}"))
    await expect(page.locator(".messages")).to_contain_text(f"{number} is already claimed by Ana Ruiz.")
    await _menu(page, number, "ask_close")
    await expect(page.locator(".messages")).to_contain_text(f"Only the resolver of {number} or a manager")

    await _be(page, "U0ANA")
    await _press(page, card.get_by_test_id(f"action-ask_decide:{number}"))
    modal = page.get_by_test_id("modal")
    await modal.get_by_test_id("option-part_accepted").click()
    await modal.get_by_test_id("field-amount").fill("9,999")
    await modal.get_by_test_id("field-root_cause").select_option("pricing_error")
    await modal.get_by_test_id("field-customer_text").fill("You are right about the ribbon; we credit half.")
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("error-amount")).to_contain_text("A part is less than what is disputed")
    await modal.get_by_test_id("field-amount").fill("64.50")
    await page.get_by_test_id("modal-submit").click()
    await expect(modal).to_have_count(0)
    await expect(card).to_contain_text("Accepted in part: $64.50")


async def test_an_unclaimed_case_warns_breaches_and_climbs_to_the_manager(page: Page) -> None:
    number = await _raise(page, "Six of the gift boxes were empty.")
    await page.get_by_test_id("add-4h").click()
    await _card(page, number).locator("[data-testid^=thread-open-]").click()
    await expect(page.get_by_test_id("thread")).to_contain_text(re.compile(r"Claim by .* left\."))
    await page.get_by_test_id("add-1d").click()
    await expect(page.get_by_test_id("thread")).to_contain_text("Claim was due")
    await _be(page, "U0DANA")
    await page.get_by_test_id("dm-ombud").click()
    await expect(page.locator(".messages")).to_contain_text(re.compile(rf"Needs you: {number}\b"))
    await page.get_by_test_id("channel-billing-disputes").click()
    await page.get_by_test_id("composer").fill("/disputes overdue")
    await page.get_by_test_id("composer").press("Enter")
    overdue = page.locator("[data-testid^=whisper-]").last
    await expect(overdue).to_contain_text("Overdue")
    await expect(overdue).to_contain_text(number)


async def test_a_killed_bot_comes_back_and_loses_nothing(page: Page) -> None:
    number = await _raise(page, "This invoice was cancelled by phone.")
    await page.get_by_test_id("bot-kill").click()
    await expect(page.get_by_test_id("bot-state")).to_have_attribute("data-state", "down")
    await page.get_by_test_id("bot-start").click()
    await expect(page.get_by_test_id("bot-state")).to_have_attribute("data-state", "ready")
    await _be(page, "U0BEN")
    await _press(page, _card(page, number).get_by_test_id(f"action-claim:{number}"))
    await expect(_card(page, number)).to_contain_text("Under review")


async def _raise(page: Page, statement: str) -> str:
    """Raise a dispute as a customer; its number, once its card is in the channel."""
    await page.get_by_test_id("channel-billing-disputes").click()
    await page.get_by_test_id("raise").click()
    await page.get_by_test_id("raise-customer").select_option(label="Okonjo & Daughters (standard)")
    await page.get_by_test_id("raise-statement").fill(statement)
    await page.get_by_test_id("raise-send").click()
    card = page.locator("[data-testid^=message-]", has_text=statement)
    await expect(card).to_be_visible()
    found = re.search(r"D-\d+", await card.inner_text())
    assert found is not None
    return found[0]


async def _be(page: Page, person: str) -> None:
    await page.get_by_test_id(f"person-{person}").click()
    await page.get_by_test_id("channel-billing-disputes").click()


def _card(page: Page, number: str) -> Locator:
    return page.locator(
        "[data-testid^=message-]", has=page.get_by_test_id(f"action-open_case:{number}")
    ).first


async def _menu(page: Page, number: str, action: str) -> None:
    menu, option = f"action-more:{number}", f"option-{action}:{number}"
    await _press(page, _card(page, number).get_by_test_id(menu), page.get_by_test_id(option))


async def _press(page: Page, *buttons: Locator) -> None:
    """Press one button after the other until the bot has answered.

    On a busy machine it may take more than Slack's three seconds. Then the page says so, and a person would
    press again, which must be harmless.
    """
    answer = {}
    for _ in range(MOST_PRESSES):
        async with page.expect_response("**/sandbox/press") as answered:
            for button in buttons:
                await button.click()
        answer = await (await answered.value).json()
        if answer["ok"]:
            return
    raise AssertionError(answer)


def wait_for_address(said: Path, child: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = re.search(r"http://127\.0\.0\.1:\d+", said.read_text())
        if found:
            try:
                with urllib.request.urlopen(found[0], timeout=2):
                    return found[0]
            except OSError:
                pass
        assert child.poll() is None, said.read_text()
        time.sleep(0.1)
    raise AssertionError(said.read_text())
