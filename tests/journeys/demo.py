"""Starting `ombud demo`, and acting in its Slack page: press, write, look.

On a busy machine the bot may take more than Slack's three seconds. Then the page says so and a person presses
again, which must be harmless; so do these helpers.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect
from playwright.async_api import TimeoutError as NotSeen

from tests.fixtures.browser import PATIENCE_MS
from tests.fixtures.ports import free_ports
from tests.journeys.processes import ROOT

DEMO_PORTS = 4
MOST_PRESSES = 10
SEEDING_MS = 240_000
"""A bound for a busy machine; the story takes about half a minute."""
START_SECONDS = 120.0


@contextmanager
def run_demo(folder: Path) -> Iterator[str]:
    """Run the demo as `make demo` does; yields the address that it prints."""
    command = [sys.executable, "-m", "bot", "demo", "--port", str(free_ports(DEMO_PORTS))]
    command += ["--folder", str(folder / "demo")]
    with (folder / "said").open("wb") as said:
        child = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
    try:
        yield wait_for_address(folder / "said", child)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(60)
        print(*(folder / "demo" / "bot.log").read_text().splitlines()[-40:], sep="\n")


def wait_for_address(said: Path, child: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + START_SECONDS
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


async def enter(page: Page, demo: str) -> None:
    """Open the workspace, once its story has been played."""
    page.set_default_timeout(PATIENCE_MS)
    for person in ("U0ANA", "U0BEN", "U0CLEO", "U0DANA"):  # a test that failed may have left a form open
        await page.request.post(f"{demo}/sandbox/close", data={"user": person, "everything": True})
    await page.goto(demo)
    await page.wait_for_selector("[data-state=ready]")
    await expect(page.get_by_test_id("progress")).to_have_count(0, timeout=SEEDING_MS)


async def act_as(page: Page, person: str, channel: str = "billing-disputes") -> None:
    await page.get_by_test_id(f"person-{person}").click()
    await page.get_by_test_id(f"channel-{channel}").click()


def card_of(page: Page, number: str) -> Locator:
    return page.locator(
        "[data-testid^=message-]", has=page.get_by_test_id(f"action-open_case:{number}")
    ).first


async def press(page: Page, *buttons: Locator) -> None:
    """Press one button after the other until the bot has answered."""
    await _until_answered(page, "press", *buttons)


async def choose_from_menu(page: Page, number: str, action: str) -> None:
    menu, option = f"action-more:{number}", f"option-{action}:{number}"
    await press(page, card_of(page, number).get_by_test_id(menu), page.get_by_test_id(option))


async def open_form(page: Page, *buttons: Locator, route: str = "press") -> Locator:
    """Press until the form is open: Slack opens none for a press that is more than three seconds old."""
    form = page.get_by_test_id("modal")
    for _ in range(MOST_PRESSES):
        await _until_answered(page, route, *buttons)
        try:
            await form.wait_for(timeout=6_000)
        except NotSeen:
            continue
        return form
    raise AssertionError("The form didn't open.")


async def send_form(page: Page) -> None:
    """Send the form on top; a refusal by the bot counts as an answer."""
    await _until_answered(page, "submit", page.get_by_test_id("modal-submit"))


async def open_thread(page: Page, number: str) -> Locator:
    await card_of(page, number).locator("[data-testid^=thread-open-]").click()
    return page.get_by_test_id("thread")


async def _until_answered(page: Page, route: str, *buttons: Locator) -> None:
    answer: dict[str, Any] = {}
    for _ in range(MOST_PRESSES):
        async with page.expect_response(f"**/sandbox/{route}") as answered:
            for button in buttons:
                await button.click()
        answer = await (await answered.value).json()
        if answer["ok"] or "errors" in answer:
            return
    raise AssertionError(answer)
