"""Steps of a customer in the demo: open an invoice, fill in the form, read and answer mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from playwright.async_api import FrameLocator, Page, expect

Json = dict[str, Any]


def a_file(name: str, content: bytes, media_type: str = "image/jpeg") -> Any:
    return {"name": name, "mimeType": media_type, "buffer": content}


async def follow_the_link(page: Page, demo: str, invoice: str) -> Page:
    """Open an invoice and follow the link on it; returns the page that opens."""
    await page.goto(f"{demo}/invoices?number={invoice}")
    async with page.context.expect_page() as opened:
        await page.get_by_test_id("invoice-link").click()
    return await opened.value


async def report_damage(page: Page, words: str, photos: Sequence[Any], papers: Sequence[Any]) -> str:
    """Fill in and send the form; returns the number of the dispute."""
    await page.get_by_label("Arrived damaged").check()
    await page.get_by_label("In your own words").fill(words)
    await page.get_by_label("Your name").fill("Nora Winther")
    for slot, files in (("A photo of the damage", photos), ("Anything else that helps", papers)):
        chooser = page.get_by_role("group", name=slot).locator("input").first
        await chooser.set_input_files(list(files))
    await expect(page.locator(".file-ready")).to_have_count(len(photos) + len(papers))
    await page.get_by_role("button", name="Send to Brightwater Supplies").click()
    await page.wait_for_url("**sent=1**")
    found = re.search(r"D-\d+", await page.locator(".standing").inner_text())
    assert found is not None
    return found[0]


async def open_mailbox(page: Page, demo: str, owner: str) -> None:
    await page.goto(f"{demo}/mailbox?of={owner}")
    await page.wait_for_selector("[data-state=ready]")


async def read_mail(page: Page, heading: str, number: str) -> FrameLocator:
    """Wait for the newest mail about the dispute with this heading; returns its HTML part."""
    row = page.locator("button.mail-row", has_text=heading).filter(has_text=number).first
    await row.click()
    mail = page.frame_locator("[data-testid=mail-html]")
    await expect(mail.get_by_role("heading", name=heading)).to_be_visible()
    return mail


async def answer_mail(page: Page, words: str, *files: Any, as_colleague: bool = False) -> None:
    """Reply by mail, as the customer whose mail is open or as their colleague."""
    await page.get_by_test_id("reply-text").fill(words)
    await page.get_by_test_id("reply-files").set_input_files(files)
    await page.get_by_test_id("reply-colleague").set_checked(as_colleague)
    async with page.expect_response("**/sandbox/mail-reply") as answered:
        await page.get_by_test_id("reply-send").click()
    answer = await (await answered.value).json()
    assert answer["ok"], answer


async def all_mails(page: Page, demo: str) -> list[Json]:
    """Everything in all customers' mailboxes."""
    answer = await page.request.post(f"{demo}/sandbox/mails", data={})
    return list((await answer.json())["mails"])
