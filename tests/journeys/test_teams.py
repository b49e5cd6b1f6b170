"""The main job in the demo's Teams, and one case in Slack and Teams at once."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from sandbox.teams.company import CONTRACTS, DELIVERY, ELIF, GWEN
from tests.journeys import demo as slack
from tests.journeys import teams
from tests.journeys.customer_journey import SECRET, CustomerJourney
from tests.journeys.customers import a_file, answer_mail, open_mailbox, read_mail
from tests.store.evidence.sample_files import a_png

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CANCELLED = "cancelled_subscription"
MUCH_TO_SAY_MS = 180_000


async def test_a_dispute_becomes_a_settled_case_in_teams(journey: CustomerJourney) -> None:
    page = journey.team
    number = await journey.raise_dispute("BW-20391", "We had cancelled in January.", CANCELLED)
    await teams.enter(page, journey.demo, ELIF, "chat")
    await teams.post_message(page, f"show {number}")
    elifs = teams.card_of(page, number)
    await expect(elifs).to_contain_text("We had cancelled in January.")

    card = await _claim(journey, number, "U0CLEO", CONTRACTS)
    await expect(await teams.thread_of(page, number)).to_contain_text("Cleo Lind claimed the case.")

    await teams.act_as(page, ELIF)
    await teams.chat(page)
    await teams.press(page, elifs.get_by_test_id(f"teams-action-claim:{number}"))
    await expect(page.get_by_test_id("teams-toast").last).to_contain_text(
        f"{number} is already claimed by Cleo Lind."
    )

    await teams.act_as(page, "U0CLEO")
    await teams.channel(page, CONTRACTS)
    dialog = await _decide_a_part(journey, card, number, "99,999")
    await expect(dialog).to_contain_text("A part is less than what is disputed")
    await dialog.get_by_test_id("teams-field-amount").fill("500")
    await teams.send_dialog(page)
    await expect(page.get_by_test_id("teams-dialog")).to_have_count(0)
    await expect(card).to_contain_text("Accepted in part: €500.00")


async def test_a_customer_is_asked_and_answers_through_teams(journey: CustomerJourney) -> None:
    page = journey.team
    number = await journey.raise_dispute("BW-20391", "The plan was ended by phone.", CANCELLED)
    await open_mailbox(journey.mail, journey.demo, "accounts@northwind.example")
    await read_mail(journey.mail, "We have your dispute", number)
    await teams.enter(page, journey.demo, "U0CLEO", CONTRACTS)
    card = await _claim(journey, number, "U0CLEO", CONTRACTS)

    dialog = await teams.open_dialog(page, card.get_by_test_id(f"teams-action-ask_question:{number}"))
    await dialog.get_by_test_id("teams-field-what").fill("Who took your call")
    await dialog.get_by_test_id("teams-field-text").fill("Who took your call, and when?")
    await teams.send_dialog(page)
    await expect(dialog).to_contain_text("This is what leaves:")
    await expect(dialog).to_contain_text("accounts@northwind.example")
    await teams.send_dialog(page)
    await expect(dialog).to_have_count(0)
    await expect(card).to_contain_text(re.compile("Waiting for the customer", re.IGNORECASE))

    mail = await read_mail(journey.mail, "We need something from you", number)
    await expect(mail.get_by_text("Who took your call, and when?")).to_be_visible()
    await answer_mail(journey.mail, "Ms Ott, on 9 January.", a_file("call.png", a_png(), "image/png"))
    thread = await teams.thread_of(page, number)
    await expect(thread).to_contain_text("Ms Ott, on 9 January.")
    await expect(thread.get_by_role("link", name="call.png").last).to_be_visible()
    await expect(card).to_contain_text("Under review")

    note = await teams.open_dialog(page, card.get_by_test_id(f"teams-action-ask_note:{number}"))
    await note.get_by_test_id("teams-field-note").fill(SECRET)
    await teams.send_dialog(page)
    await expect(thread).to_contain_text(SECRET)
    await journey.assert_nothing_internal()


async def test_a_message_of_a_teams_thread_reaches_the_customer_once_it_is_sent(
    journey: CustomerJourney,
) -> None:
    page = journey.team
    number = await journey.raise_dispute("BW-20391", "We left before the quarter began.", CANCELLED)
    await teams.enter(page, journey.demo, "U0CLEO", CONTRACTS)
    await _claim(journey, number, "U0CLEO", CONTRACTS)
    thread = await teams.thread_of(page, number)
    root = str(await thread.get_attribute("data-testid")).removeprefix("teams-post-")
    await teams.post_message(page, "Your notice reached us on 2 July.", root=root)
    said = thread.locator("[data-testid^=teams-message-]", has_text="Your notice reached us").last
    await said.hover()
    menu = said.locator("[data-testid^=teams-message-menu-]")
    form = await teams.open_dialog(
        page, menu, page.get_by_test_id("teams-message-action-send_to_customer"), route="message_action"
    )
    await expect(form.get_by_test_id("teams-field-text")).to_have_value("Your notice reached us on 2 July.")
    await teams.send_dialog(page)
    await expect(form).to_contain_text("This is what leaves:")
    await teams.send_dialog(page)
    await expect(form).to_have_count(0)
    await open_mailbox(journey.mail, journey.demo, "accounts@northwind.example")
    mail = await read_mail(journey.mail, "A message about your dispute", number)
    await expect(mail.get_by_text("Your notice reached us on 2 July.")).to_be_visible()


async def test_one_case_in_slack_and_teams_is_claimed_once(journey: CustomerJourney) -> None:
    number = await journey.raise_dispute("BW-20430", "Two of the trolleys came dented.", "damaged")
    await _hand_in_a_photo(journey, number)
    in_slack = slack.card_of(journey.team, number)
    await slack.act_as(journey.team, "U0BEN", "delivery-disputes")
    await expect(in_slack.get_by_test_id(f"action-claim:{number}")).to_be_visible()
    await journey.team.get_by_test_id("composer").fill(f"/disputes show {number}")
    await journey.team.get_by_test_id("composer").press("Enter")
    whisper = journey.team.locator(
        "[data-testid^=whisper-]", has=journey.team.get_by_test_id(f"action-claim:{number}")
    )
    await expect(whisper).to_be_visible()

    page = await journey.mail.context.new_page()
    await teams.enter(page, journey.demo, "U0CLEO", DELIVERY)
    in_teams = teams.card_of(page, number)
    await teams.press(page, in_teams.get_by_test_id(f"teams-action-claim:{number}"))
    await expect(in_teams).to_contain_text("Under review")
    await expect(in_slack).to_contain_text("Under review")
    await expect(in_slack).to_contain_text("Cleo Lind")

    await journey.team.bring_to_front()
    await slack.press(journey.team, whisper.get_by_test_id(f"action-claim:{number}"))
    await expect(journey.team.locator(".messages")).to_contain_text(
        f"{number} is already claimed by Cleo Lind."
    )
    await expect(in_slack).to_contain_text("Cleo Lind")
    await expect(in_teams).to_contain_text("Cleo Lind")
    await expect(await slack.open_thread(journey.team, number)).to_contain_text("Cleo Lind claimed the case.")
    await expect(await teams.thread_of(page, number)).to_contain_text("Cleo Lind claimed the case.")
    await page.close()


async def test_a_list_asked_for_in_a_channel_shows_nobody_more_than_is_theirs(
    journey: CustomerJourney,
) -> None:
    page = journey.team
    number = await journey.raise_dispute("BW-20391", "Nobody renewed this plan.", CANCELLED)
    await teams.enter(page, journey.demo, "U0CLEO", CONTRACTS)
    await expect(teams.card_of(page, number)).to_be_visible()
    await teams.post_message(page, "@Ombud queue contracts")
    show = page.get_by_test_id("teams-action-command:queue contracts").last
    dialog = await teams.open_dialog(page, show)
    await expect(dialog).to_contain_text(number)
    await teams.close_dialog(page)

    await teams.act_as(page, GWEN)
    await teams.channel(page, CONTRACTS)
    await teams.press(page, show)
    assert number not in await _in_dialog(page.get_by_test_id("teams-dialog"))


async def test_a_manager_is_called_by_name_in_the_channel(journey: CustomerJourney) -> None:
    page = journey.team
    number = await journey.raise_dispute("BW-20391", "The third quarter was cancelled.", CANCELLED)
    await teams.enter(page, journey.demo, "U0DANA", CONTRACTS)
    await expect(teams.card_of(page, number)).to_be_visible()
    for _ in range(2):
        await page.get_by_test_id("add-1d").click()
    thread = await teams.thread_of(page, number)
    called = thread.locator("[data-testid^=teams-message-]", has_text=re.compile(f"Needs you: {number}"))
    await expect(called.first).to_contain_text("Dana Whitfield", timeout=MUCH_TO_SAY_MS)
    await page.get_by_test_id("teams-rail-activity").click()
    await expect(page.locator("[data-testid^=teams-activity-]", has_text=number).first).to_be_visible()


async def test_a_killed_bot_loses_nothing_of_teams(journey: CustomerJourney) -> None:
    page = journey.team
    number = await journey.raise_dispute("BW-20391", "This was cancelled by letter.", CANCELLED)
    await teams.enter(page, journey.demo, "U0CLEO", CONTRACTS)
    await expect(teams.card_of(page, number)).to_be_visible()
    await page.get_by_test_id("bot-kill").click()
    await expect(page.get_by_test_id("bot-state")).to_have_attribute("data-state", "down")
    await page.get_by_test_id("bot-start").click()
    await expect(page.get_by_test_id("bot-state")).to_have_attribute("data-state", "ready")
    await _claim(journey, number, "U0CLEO", CONTRACTS)
    await expect(await teams.thread_of(page, number)).to_contain_text("Cleo Lind claimed the case.")


async def _claim(journey: CustomerJourney, number: str, person: str, channel: str) -> Locator:
    """Claim the case; returns its card once the claim shows."""
    page = journey.team
    await teams.act_as(page, person)
    await teams.channel(page, channel)
    card = teams.card_of(page, number)
    await teams.press(page, card.get_by_test_id(f"teams-action-claim:{number}"))
    await expect(card).to_contain_text("Under review")
    return card


async def _decide_a_part(journey: CustomerJourney, card: Locator, number: str, amount: str) -> Locator:
    """Choose a part: the form comes back with a field for the amount. Returns the dialog once it was sent."""
    page = journey.team
    dialog = await teams.open_dialog(page, card.get_by_test_id(f"teams-action-ask_decide:{number}"))
    await dialog.get_by_test_id("teams-choice-verdict:part_accepted").click()
    await dialog.get_by_test_id("teams-field-root_cause").select_option("contract_misread")
    await dialog.get_by_test_id("teams-field-customer_text").fill("You are right about half of it.")
    await teams.send_dialog(page)
    await expect(dialog).to_contain_text("Your choice needs one more thing.")
    await expect(dialog.get_by_test_id("teams-field-customer_text")).to_have_value(
        "You are right about half of it."
    )
    await dialog.get_by_test_id("teams-field-amount").fill(amount)
    await teams.send_dialog(page)
    return dialog


async def _hand_in_a_photo(journey: CustomerJourney, number: str) -> None:
    """Answer by mail as the customer: the evidence is then complete, and both channels are told."""
    await open_mailbox(journey.mail, journey.demo, "payables@kestrel.example")
    await read_mail(journey.mail, "We have your dispute", number)
    await answer_mail(journey.mail, "Here is a photo.", a_file("dent.png", a_png(), "image/png"))


async def _in_dialog(dialog: Locator) -> str:
    return await dialog.inner_text() if await dialog.count() else ""
