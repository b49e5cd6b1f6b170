"""Forms, messages, searches and menus of the Teams page, by keyboard and phone too."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from sandbox.teams.company import ANA, BEN, DELIVERY
from tests.sandbox.teams.harness import CARD_TYPE, TeamsHarness
from tests.sandbox.teams.page_builders import (
    Json,
    a_card,
    a_dialog_button,
    a_dialog_response,
    a_text,
    an_execute,
    conversation_of,
    post_as_bot,
    received_activities,
)
from tests.sandbox.teams.test_page import harness, page

__all__ = ["harness", "page"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
PHONE: Any = {"width": 360, "height": 740}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DONE = {"task": {"type": "message", "value": "Done. The customer will hear of it."}}


def an_amount(**more: Any) -> Json:
    asked = {"type": "Input.Text", "id": "amount", "label": "Amount", "isRequired": True}
    return {**asked, "errorMessage": "Say how much.", **more}


def some_found(*titles: str) -> Json:
    """The bot's answer to a search with these cases as results."""
    previews = [{"title": title, "text": "Nordwind · INV-2026-0001 · €1,250.00"} for title in titles]
    kind = "application/vnd.microsoft.card.thumbnail"
    card = {"contentType": CARD_TYPE, "content": a_card(a_text("The found case"))}
    found = [{**card, "preview": {"contentType": kind, "content": one}} for one in previews]
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": found}}


async def bottom_of(node: Locator) -> float:
    box = await node.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


async def open_form(harness: TeamsHarness, page: Page, *body: Json) -> None:
    harness.bot.answer = a_dialog_response(*body)
    post_as_bot(harness, a_card(a_text("A case"), actions=(a_dialog_button(),)))
    await page.get_by_test_id("teams-action-ask_decide:D-1042").click()
    await expect(page.get_by_test_id("teams-dialog")).to_be_visible()


async def test_a_form_opens_is_sent_and_says_what_came_of_it(harness: TeamsHarness, page: Page) -> None:
    pick = {"type": "Input.ChoiceSet", "id": "what", "label": "What", "style": "expanded", "value": "all"}
    choices = [{"title": "All", "value": "all"}, {"title": "A part", "value": "part"}]
    await open_form(harness, page, {**pick, "choices": choices}, an_amount())
    await expect(page.get_by_test_id("teams-dialog-title")).to_have_text("Decide")
    await page.get_by_test_id("teams-choice-what:part").check()
    await page.get_by_test_id("teams-field-amount").fill("99.50")
    harness.bot.answer = DONE
    await page.get_by_test_id("teams-dialog-submit").click()
    await expect(page.get_by_test_id("teams-toast")).to_contain_text("Done.")
    await expect(page.get_by_test_id("teams-dialog")).to_have_count(0)
    sent = received_activities(harness, "task/submit")[0]["value"]["data"]
    assert (sent["what"], sent["amount"], sent["action"], sent["keep"]) == (
        "part",
        "99.50",
        "decide",
        {"form": "1"},
    )


async def test_what_is_missing_is_said_at_its_field_before_the_bot_is_asked(
    harness: TeamsHarness, page: Page
) -> None:
    await open_form(harness, page, an_amount())
    await page.get_by_test_id("teams-dialog-submit").click()
    await expect(page.get_by_test_id("teams-error-amount")).to_have_text("Say how much.")
    await expect(page.get_by_test_id("teams-field-amount")).to_be_focused()
    assert received_activities(harness, "task/submit") == []


async def test_a_form_that_comes_back_shows_what_the_bot_keeps(harness: TeamsHarness, page: Page) -> None:
    await open_form(harness, page, an_amount())
    await page.get_by_test_id("teams-field-amount").fill("9999")
    refused = a_text("More than is disputed.", color="Attention")
    harness.bot.answer = a_dialog_response(an_amount(value="9999"), refused, note="2")
    await page.get_by_test_id("teams-field-amount").press("Enter")
    await expect(page.get_by_text("More than is disputed.")).to_be_visible()
    await expect(page.get_by_test_id("teams-field-amount")).to_have_value("9999")


async def test_one_of_many_is_found_by_typing(harness: TeamsHarness, page: Page) -> None:
    people = [{"title": name, "value": f"slack:{name}"} for name in ("Ana", "Ben", "Cleo")]
    pick = {"type": "Input.ChoiceSet", "id": "who", "label": "Who", "style": "filtered", "isRequired": True}
    await open_form(harness, page, {**pick, "choices": people})
    await page.get_by_test_id("teams-field-who").fill("be")
    await page.get_by_test_id("teams-field-who").press("Enter")
    await expect(page.get_by_test_id("teams-field-who")).to_have_value("Ben")
    harness.bot.answer = DONE
    await page.get_by_test_id("teams-dialog-submit").click()
    await expect(page.get_by_test_id("teams-dialog")).to_have_count(0)
    assert received_activities(harness, "task/submit")[0]["value"]["data"]["who"] == "slack:Ben"


async def test_a_closed_dialog_gives_the_focus_back(harness: TeamsHarness, page: Page) -> None:
    await open_form(harness, page, an_amount())
    await expect(page.get_by_test_id("teams-field-amount")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("teams-dialog")).to_have_count(0)
    await expect(page.get_by_test_id("teams-action-ask_decide:D-1042")).to_be_focused()


async def test_a_dialog_is_seen_only_by_whoever_opened_it(harness: TeamsHarness, page: Page) -> None:
    await open_form(harness, page, an_amount())
    await page.evaluate("document.querySelector('[data-testid=teams-person-U0BEN]').click()")
    await expect(page.get_by_test_id("teams-dialog")).to_have_count(0)


async def test_a_reply_stands_under_its_post_and_reaches_the_bot_when_it_is_named(
    harness: TeamsHarness, page: Page
) -> None:
    root = post_as_bot(harness, a_card(a_text("A case")))["id"]
    await page.get_by_test_id(f"teams-reply-{root}").click()
    await page.get_by_test_id("teams-reply-composer").fill("@Ombud show D-1042")
    await page.get_by_test_id("teams-reply-composer").press("Enter")
    await expect(page.get_by_test_id(f"teams-post-{root}")).to_contain_text("Ombud show D-1042")
    (said,) = received_activities(harness, "message")
    assert said["conversation"]["id"] == f"{DELIVERY};messageid={root}"
    assert said["text"] == "<at>Ombud</at> show D-1042"


async def test_what_could_not_be_sent_stays_to_be_sent_again(harness: TeamsHarness, page: Page) -> None:
    await page.route("**/sandbox/teams/say", lambda route: route.abort())
    await page.get_by_test_id("teams-composer").fill("a long thought")
    await page.get_by_test_id("teams-send").click()
    await expect(page.get_by_test_id("teams-toast")).to_be_visible()
    await expect(page.get_by_test_id("teams-composer")).to_have_value("a long thought")


async def test_earlier_replies_are_folded_until_somebody_asks(harness: TeamsHarness, page: Page) -> None:
    root = post_as_bot(harness, a_card(a_text("A case")))["id"]
    for number in range(5):
        post_as_bot(harness, text=f"answer {number}", root=root)
    thread = page.get_by_test_id(f"teams-post-{root}")
    await expect(thread).to_contain_text("answer 4")
    await expect(thread).not_to_contain_text("answer 0")
    await page.get_by_test_id(f"teams-replies-{root}").click()
    await expect(thread).to_contain_text("answer 0")


async def test_a_command_is_suggested_in_the_chat_and_behind_the_bots_name(
    harness: TeamsHarness, page: Page
) -> None:
    await page.get_by_test_id("teams-composer").fill("@omb")
    await page.get_by_test_id("teams-suggestion-bot").click()
    await page.get_by_test_id("teams-suggestion-overdue").click()
    await expect(page.get_by_test_id("teams-composer")).to_have_value("@Ombud overdue")
    await page.get_by_test_id("teams-chat").click()
    await page.get_by_test_id("teams-commands").click()
    await page.get_by_test_id("teams-suggestion-mine").click()
    await page.get_by_test_id("teams-send").click()
    await expect(page.get_by_test_id("teams-posts")).to_contain_text("mine")
    assert received_activities(harness, "message")[0]["text"] == "mine"


async def test_a_case_is_found_and_its_card_put_into_the_channel(harness: TeamsHarness, page: Page) -> None:
    harness.bot.answer = some_found("D-1042")
    await page.get_by_test_id("teams-search-open").click()
    await page.get_by_test_id("teams-search").fill("nord")
    await page.get_by_test_id("teams-result-0").click()
    await expect(page.get_by_test_id("teams-card")).to_have_text("The found case")
    await expect(page.get_by_test_id("teams-finder")).to_have_count(0)


async def test_many_cases_scroll_inside_the_search_on_a_phone(harness: TeamsHarness, page: Page) -> None:
    await page.set_viewport_size(PHONE)
    harness.bot.answer = some_found(*(f"D-{1042 + number}" for number in range(8)))
    await page.get_by_test_id("teams-search-open").click()
    last = page.get_by_test_id("teams-result-7")
    await expect(last).to_be_attached()
    results, box = page.get_by_role("list", name="Cases"), page.get_by_test_id("teams-finder")
    await expect(last).not_to_be_in_viewport()
    assert await bottom_of(results) <= await bottom_of(box)
    await last.scroll_into_view_if_needed()
    assert await bottom_of(last) <= await bottom_of(box)
    await last.click()
    await expect(page.get_by_test_id("teams-card")).to_have_text("The found case")


async def test_a_message_has_the_apps_own_actions(harness: TeamsHarness, page: Page) -> None:
    said = await harness.post_route(
        "say", person=BEN, conversation=DELIVERY, text="The customer says it never came."
    )
    harness.bot.answer = a_dialog_response(an_amount(), title="Raise a dispute")
    await page.get_by_test_id(f"teams-message-{said['id']}").hover()
    await page.get_by_test_id(f"teams-message-menu-{said['id']}").click()
    await page.get_by_test_id("teams-message-action-raise_from_message").click()
    await expect(page.get_by_test_id("teams-dialog-title")).to_have_text("Raise a dispute")
    (asked,) = received_activities(harness, "composeExtension/fetchTask")
    assert "never came" in asked["value"]["messagePayload"]["body"]["content"]


async def test_an_app_that_was_removed_can_be_added_again(harness: TeamsHarness, page: Page) -> None:
    await page.get_by_test_id("teams-channel-menu").click()
    await expect(page.get_by_test_id("teams-uninstall")).to_contain_text("from the team")
    await page.get_by_test_id("teams-uninstall").click()
    await expect(page.get_by_test_id("teams-add")).to_have_text("Add Ombud to the team")
    await expect(page.locator("#centre .foot")).to_contain_text("Ombud isn't in this team.")
    assert not conversation_of(harness).is_installed
    await page.get_by_test_id("teams-add").click()
    await expect(page.get_by_test_id("teams-add")).to_have_count(0)
    assert conversation_of(harness).is_installed


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_is_accessible(harness: TeamsHarness, page: Page, scheme: Any) -> None:
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    post_as_bot(
        harness,
        a_card(
            a_text("Urgent", style="heading"), a_text("[INV-1](https://example.com) late", color="Warning")
        ),
    )
    await harness.post_route("say", person=ANA, conversation=DELIVERY, text="Mine")
    await expect(page.get_by_test_id("teams-posts")).to_contain_text("Mine")
    await demand_accessible(page)
    await open_form(harness, page, an_amount(), {"type": "Input.Date", "id": "day", "label": "Day"})
    await page.get_by_test_id("teams-dialog-submit").click()
    await demand_accessible(page)


async def test_a_phone_shows_all_without_scrolling_sideways(harness: TeamsHarness, page: Page) -> None:
    buttons = tuple(an_execute(f"b{number}") for number in range(6))
    post_as_bot(harness, a_card(a_text("A case " * 30), actions=buttons))
    await page.set_viewport_size(PHONE)
    await expect(page.get_by_test_id("teams-action-b5:D-1042")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.get_by_test_id("teams-back").click()
    await demand_accessible(page)
    await page.get_by_test_id("teams-chat").click()
    await expect(page.get_by_test_id("teams-place")).to_have_text("Ombud")


async def demand_accessible(page: Page) -> None:
    """WCAG 2.2 AA as far as axe can tell."""
    await page.wait_for_load_state()
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    assert found.violations_count == 0, found.generate_report()
