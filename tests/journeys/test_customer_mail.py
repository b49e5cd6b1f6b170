"""Mail to and from customers in the demo."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.fixtures.browser import PATIENCE_MS
from tests.journeys.customer_journey import PHONE, CustomerJourney
from tests.journeys.customers import (
    all_mails,
    answer_mail,
    follow_the_link,
    open_mailbox,
    read_mail,
)
from tests.journeys.demo import act_as, open_form, press, send_form

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
KESTREL, HALDEN = "payables@kestrel.example", "finance@halden.example"
PINECREST, OKONJO = "bursar@pinecrest.example", "hello@okonjo.example"
RECEIVED = "We have your dispute"


async def test_a_colleague_counts_once_a_resolver_accepts_them(journey: CustomerJourney) -> None:
    number = await journey.raise_dispute("BW-20430", "Fourteen repairs were billed, nine were made.")
    await open_mailbox(journey.mail, journey.demo, KESTREL)
    await read_mail(journey.mail, RECEIVED, number)
    await answer_mail(journey.mail, "Our hangar signed for nine.", as_colleague=True)
    await journey.claim(number, "U0BEN", "billing-disputes")
    thread = await journey.thread(number)
    await expect(thread).to_contain_text("Our hangar signed for nine.")
    await expect(thread).to_contain_text("It doesn't count yet")
    accept = thread.get_by_role("button", name="Accept as the customer's")
    await press(journey.team, accept, journey.team.get_by_test_id("confirm-yes"))
    await expect(thread).to_contain_text("accepted colleague@kestrel.example as speaking for the customer")


async def test_a_message_of_the_thread_reaches_the_customer_only_once_it_is_sent(
    journey: CustomerJourney,
) -> None:
    number = await journey.raise_dispute("BW-20391", "You billed six extra pickups.")
    await journey.claim(number, "U0ANA", "billing-disputes")
    thread = await journey.thread(number)
    await journey.team.get_by_test_id("thread-composer").fill(
        "Two pickups took place, on 3 and 17 September."
    )
    await journey.team.get_by_test_id("thread-send").click()
    said = thread.locator("[data-user=U0ANA]", has_text="Two pickups took place")
    form = await _send_to_customer(journey, said)
    await expect(form.get_by_test_id("field-text")).to_have_value(re.compile("^Two pickups took place"))
    await send_form(journey.team)
    await expect(form).to_contain_text("This is what leaves:")
    await expect(form).to_contain_text("accounts@northwind.example")
    mails = [mail for mail in await all_mails(journey.team, journey.demo) if number in mail["subject"]]
    assert "Two pickups" not in "".join(mail["text"] for mail in mails)
    await send_form(journey.team)
    await expect(form).to_have_count(0)
    await open_mailbox(journey.mail, journey.demo, "accounts@northwind.example")
    mail = await read_mail(journey.mail, "A message about your dispute", number)
    await expect(mail.get_by_text("Two pickups took place, on 3 and 17 September.")).to_be_visible()


async def test_a_full_mailbox_is_told_in_the_thread(journey: CustomerJourney) -> None:
    await open_mailbox(journey.mail, journey.demo, PINECREST)
    await _fill(journey)
    try:
        number = await journey.raise_dispute("BW-20402", "That is more than we ordered.")
        await act_as(journey.team, "U0ANA")
        thread = await journey.thread(number)
        await expect(thread).to_contain_text(f"Mail to {PINECREST} failed: mailbox full.")
    finally:
        await _fill(journey, is_full=False)


async def test_a_german_customer_reads_german(journey: CustomerJourney, browser: Browser) -> None:
    phone = await browser.new_context(viewport=PHONE, locale="de-DE")
    page = await follow_the_link(await phone.new_page(), journey.demo, "BW-20377")
    await expect(page.get_by_role("heading", name="Stimmt etwas mit dieser Rechnung nicht?")).to_be_visible()
    await page.get_by_label("Falscher Betrag").check()
    await page.get_by_label("In Ihren eigenen Worten").fill("Es kamen nur hundert Behälter.")
    await page.get_by_label("Ihr Name").fill("Jule Brandt")
    await page.get_by_role("button", name="An Brightwater Supplies senden").click()
    await expect(page.get_by_role("heading", name="Ihre Reklamation ist bei uns eingegangen")).to_be_visible()
    await open_mailbox(journey.mail, journey.demo, HALDEN)
    mail = await read_mail(journey.mail, "Ihre Reklamation ist bei uns", "BW-20377")
    await expect(mail.get_by_role("cell", name="1.668,00 €").first).to_be_visible()
    await phone.close()


async def test_a_bot_that_dies_while_mails_go_out_loses_and_doubles_none(journey: CustomerJourney) -> None:
    """A bot killed between the mail server's answer and its own commit sends the mail again with the same id,
    and mailboxes show it once. So a mail in transit is there twice at most, and none under another id."""
    await open_mailbox(journey.mail, journey.demo, OKONJO)
    reason = "cancelled_subscription"
    raised = (journey.raise_dispute("BW-20420", f"Cancelled in week {week}.", reason) for week in range(6))
    numbers = await asyncio.gather(*raised)
    await _until_one_is_mailed(journey, numbers)
    await journey.team.get_by_test_id("bot-kill").click()
    state = journey.team.get_by_test_id("bot-state")
    await expect(state).to_have_attribute("data-state", "down")
    await journey.team.get_by_test_id("bot-start").click()
    await expect(state).to_have_attribute("data-state", "ready")
    for number in numbers:
        await read_mail(journey.mail, RECEIVED, number)
    mails = await _received(journey, numbers)
    assert {number: len(set(ids)) for number, ids in mails.items()} == dict.fromkeys(numbers, 1)
    assert max(map(len, mails.values())) <= 2
    await journey.assert_nothing_internal()


async def _send_to_customer(journey: CustomerJourney, said: Locator) -> Locator:
    """Choose "send to customer" from a message's menu; returns the form that opens."""
    await said.hover()
    more = said.get_by_role("button", name="More actions on this message")
    choice = journey.team.get_by_test_id("shortcut-send_to_customer")
    return await open_form(journey.team, more, choice, route="shortcut")


async def _fill(journey: CustomerJourney, *, is_full: bool = True) -> None:
    """Make the open mailbox full from now on, or no longer."""
    async with journey.mail.expect_response("**/sandbox/mail-full"):
        await journey.mail.get_by_test_id("mailbox-full").set_checked(is_full)


async def _received(journey: CustomerJourney, numbers: list[str]) -> dict[str, list[str]]:
    """The ids of the mails that confirm a dispute, by its number."""
    found: dict[str, list[str]] = {number: [] for number in numbers}
    for mail in await all_mails(journey.team, journey.demo):
        number = re.search(r"\[(D-\d+)\]", mail["subject"])
        if number and number[1] in found and mail["text"].startswith(RECEIVED):
            found[number[1]].append(mail["message_id"])
    return found


async def _until_one_is_mailed(journey: CustomerJourney, numbers: list[str]) -> None:
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not any((await _received(journey, numbers)).values()):
            await asyncio.sleep(0.02)
