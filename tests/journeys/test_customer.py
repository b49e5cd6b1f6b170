"""A customer's whole story in `ombud demo`: filed on a phone, asked, answered by mail, decided."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.journeys.customer_journey import SECRET, CustomerJourney
from tests.journeys.customers import (
    a_file,
    answer_mail,
    follow_the_link,
    open_mailbox,
    read_mail,
    report_damage,
)
from tests.journeys.demo import open_form, send_form
from tests.store.evidence.sample_files import GPS_IFD, a_jpeg, a_pdf, a_png

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
NORTHWIND = "accounts@northwind.example"


async def test_a_customer_is_heard_from_the_invoice_to_the_second_look(journey: CustomerJourney) -> None:
    """Filed with photos on a phone, asked, answered by mail, decided in part, disagreed with once."""
    page = await follow_the_link(await journey.phone.new_page(), journey.demo, "BW-20418")
    photos = a_file("crate.jpg", a_jpeg()), a_file("linen.jpg", a_jpeg(orientation=6))
    note = a_file("delivery-note.pdf", a_pdf(), "application/pdf")
    number = await report_damage(page, "Sixty sets are torn.", photos, [note])
    await expect(page.get_by_role("heading", name="We have received your dispute")).to_be_visible()

    await open_mailbox(journey.mail, journey.demo, NORTHWIND)
    await read_mail(journey.mail, "We have your dispute", number)
    card = await journey.claim(number, "U0CLEO", "delivery-disputes")
    await read_mail(journey.mail, "Somebody is looking into it", number)
    await expect(card).to_contain_text("Complete:")
    await _expect_harmless_files(card, "crate.jpg", "linen.jpg", "delivery-note.pdf")

    await _ask(journey, card, number)
    mail = await read_mail(journey.mail, "We need something from you", number)
    await expect(mail.get_by_text("Which sets are torn?")).to_be_visible()
    await answer_mail(journey.mail, "Those of rooms 100 to 160.", a_file("rooms.png", a_png(), "image/png"))
    thread = await journey.thread(number)
    await expect(thread).to_contain_text("Those of rooms 100 to 160.")
    await expect(thread).to_contain_text(re.compile(r"The customer answered, after .* The clock runs again"))
    await expect(thread.get_by_role("link", name="rooms.png").last).to_be_visible()
    await expect(card).to_contain_text("Under review")
    await _expect_told(journey, number)

    await _note(journey, card, number)
    await _decide(journey, card, number)
    mail = await read_mail(journey.mail, "We agree with you in part", number)
    await expect(mail.get_by_role("cell", name="€4,500.00")).to_be_visible()
    await expect(mail.get_by_text("Sixty sets, yes; the delivery was on time.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="We agree with you in part")).to_be_visible()
    await expect(page.locator(".decision-granted")).to_have_text("€4,500.00")
    await _disagree(journey, page, card, number)
    await _write_after_the_end(journey, number)
    await journey.assert_nothing_internal([page])


async def _disagree(journey: CustomerJourney, page: Page, card: Locator, number: str) -> None:
    """The customer disagrees on the status page; the second decision is final."""
    await page.get_by_text("I don't agree").click()
    await page.get_by_label("What is wrong with the decision?").fill("Eighty sets are torn, not sixty.")
    await page.get_by_role("button", name="Look at it again, please").click()
    await expect(page.get_by_role("heading", name="We are looking into it")).to_be_visible()
    thread = await journey.thread(number)
    await expect(thread).to_contain_text("Eighty sets are torn, not sixty.")
    await read_mail(journey.mail, "We look at it once more", number)
    await _decide(journey, card, number)
    await page.reload()
    await expect(page.locator(".decision-granted")).to_have_text("€4,500.00")
    await expect(page.get_by_text("I don't agree")).to_have_count(0)


async def _write_after_the_end(journey: CustomerJourney, number: str) -> None:
    """A mail about a closed case offers the team to reopen it."""
    await read_mail(journey.mail, "We agree with you in part", number)
    await answer_mail(journey.mail, "We found ten more torn sets.")
    thread = journey.team.get_by_test_id("thread")
    await expect(thread).to_contain_text("We found ten more torn sets.")
    await expect(thread).to_contain_text(f"{number} is closed. Take it up again?")
    await expect(thread.get_by_test_id(f"action-ask_reopen:{number}").last).to_be_visible()


async def _expect_harmless_files(card: Locator, *names: str) -> None:
    """The files open from the card, and no picture contains the place where it was taken."""
    for name in names:
        address = await card.get_by_role("link", name=name).get_attribute("href")
        assert address is not None
        answer = await card.page.request.get(address)
        assert answer.ok, address
        if name.endswith(".jpg"):
            exif = Image.open(io.BytesIO(await answer.body())).getexif()
            assert not exif.get_ifd(GPS_IFD)


async def _ask(journey: CustomerJourney, card: Locator, number: str) -> None:
    form = await open_form(journey.team, card.get_by_test_id(f"action-ask_question:{number}"))
    await form.get_by_test_id("field-what").fill("The numbers of the rooms")
    await form.get_by_test_id("field-text").fill("Which sets are torn? Please name the rooms.")
    await send_form(journey.team)
    await expect(form).to_contain_text(NORTHWIND)
    await expect(form).to_contain_text("This is what leaves:")
    await send_form(journey.team)
    await expect(form).to_have_count(0)
    await expect(card).to_contain_text(re.compile("Waiting for the customer", re.IGNORECASE))


async def _expect_told(journey: CustomerJourney, number: str) -> None:
    """The resolver gets the answer in their own conversation with the bot."""
    await journey.team.get_by_test_id("dm-ombud").click()
    told = journey.team.locator(".message", has_text="Those of rooms 100 to 160.").last
    await expect(told).to_contain_text(f"{number} · Arrived damaged")
    await expect(told).to_contain_text("The customer wrote by mail:")
    await expect(told).to_contain_text(re.compile(r"The customer answered, after .* The clock runs again"))
    await journey.team.get_by_test_id("channel-delivery-disputes").click()


async def _note(journey: CustomerJourney, card: Locator, number: str) -> None:
    form = await open_form(journey.team, card.get_by_test_id(f"action-ask_note:{number}"))
    await form.get_by_test_id("field-note").fill(SECRET)
    await send_form(journey.team)
    await expect(form).to_have_count(0)


async def _decide(journey: CustomerJourney, card: Locator, number: str) -> None:
    form = await open_form(journey.team, card.get_by_test_id(f"action-ask_decide:{number}"))
    await form.get_by_test_id("option-part_accepted").click()
    await form.get_by_test_id("field-amount").fill("4500.00")
    await form.get_by_test_id("field-root_cause").select_option("delivery_failure")
    await form.get_by_test_id("field-customer_text").fill("Sixty sets, yes; the delivery was on time.")
    await form.get_by_test_id("field-internal_text").fill(SECRET)
    await send_form(journey.team)
    await expect(form).to_have_count(0)
    await expect(card).to_contain_text("Accepted in part: €4,500.00")
