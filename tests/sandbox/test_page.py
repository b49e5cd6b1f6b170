"""The Slack page in a browser: it shows what the bot posts, and sends what the person does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from tests.sandbox.harness import Harness, a_button, a_field, a_modal, run_sandbox

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
HOSTILE = """<img src=x onerror="document.title=1"> <script>document.title=1</script>"""


@pytest_asyncio.fixture(loop_scope="session")
async def harness() -> AsyncIterator[Harness]:
    async with run_sandbox() as harness:
        yield harness


@pytest_asyncio.fixture(loop_scope="session")
async def page(harness: Harness, shared_context: BrowserContext) -> AsyncIterator[Page]:
    """The page as Ana sees it; a script that fails on it fails the test."""
    page = await shared_context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(f"{harness.url}/?as=U0ANA&at=C0BILLING")
    await page.wait_for_selector("[data-state=ready]")
    yield page
    await page.close()
    assert problems == []


async def test_what_the_bot_says_appears_at_once(harness: Harness, page: Page) -> None:
    ts = (await harness.slack.chat_postMessage(channel="C0BILLING", text="*D-1042* is late"))["ts"]
    await expect(page.get_by_test_id(f"message-{ts}").locator("strong", has_text="D-1042")).to_be_visible()


async def test_hostile_text_stays_text(harness: Harness, page: Page) -> None:
    plain, marked = ({"type": kind, "text": HOSTILE} for kind in ("plain_text", "mrkdwn"))
    link = {"type": "link", "url": "javascript:alert(1)", "text": "press me"}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain},
        {"type": "section", "text": marked, "fields": [plain, marked], "accessory": a_button(text=plain)},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link]}]},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "<javascript:alert(1)|press> <!date^1^{time}^javascript:1|x>"},
        },
    ]
    ts = (await harness.slack.chat_postMessage(channel="C0BILLING", text=HOSTILE, blocks=blocks))["ts"]
    await harness.slack.chat_postMessage(channel="C0BILLING", text="x", thread_ts=ts, reply_broadcast=True)
    await page.get_by_test_id("log-open").click()
    message = page.get_by_test_id(f"message-{ts}")
    await expect(message).to_contain_text("<script>document.title")
    await expect(message).to_contain_text("press me")
    await expect(page.get_by_text("replied to a thread:")).to_contain_text("<script>")
    await page.get_by_test_id("call").first.click()
    assert await page.title() != "1"
    assert await page.locator("body :is(img[src=x], script, [href^=javascript])").count() == 0


async def test_an_emoji_stays_a_code_where_the_bot_wants_it(harness: Harness, page: Page) -> None:
    title = {"type": "header", "text": {"type": "plain_text", "text": ":tada: as typed", "emoji": False}}
    await harness.slack.chat_postMessage(channel="C0BILLING", text="x", blocks=[title])
    await expect(page.get_by_text(":tada: as typed")).to_be_visible()


async def test_a_date_is_shown_in_the_viewers_own_zone(harness: Harness, page: Page) -> None:
    await harness.slack.chat_postMessage(
        channel="C0BILLING", text="due <!date^1773045000^{date_short} {time}|x>"
    )
    await expect(page.get_by_text("9 Mar 2026 09:30")).to_be_visible()
    await page.get_by_test_id("person-U0FINN").click()
    await expect(page.get_by_text("9 Mar 2026 10:30")).to_be_visible()


async def test_a_press_reaches_the_bot_as_the_person_one_is(harness: Harness, page: Page) -> None:
    await harness.post_card(a_button("claim:D-1042"))
    await page.get_by_test_id("person-U0BEN").click()
    await page.get_by_test_id("action-claim:D-1042").click()
    payload = (await harness.bot.wait_for(1))[0].payload
    assert (payload["user"]["id"], payload["actions"][0]["value"]) == ("U0BEN", "D-1042")


async def test_a_confirmed_button_waits_for_the_yes(harness: Harness, page: Page) -> None:
    said = {name: {"type": "plain_text", "text": name} for name in ("title", "text", "confirm", "deny")}
    await harness.post_card(a_button("release", confirm=said))
    await page.get_by_test_id("action-release").click()
    await page.get_by_test_id("confirm-no").click()
    assert harness.bot.requests == []
    await page.get_by_test_id("action-release").click()
    await page.get_by_test_id("confirm-yes").click()
    await harness.bot.wait_for(1)


async def test_an_error_stands_at_its_field_and_what_was_typed_stays(harness: Harness, page: Page) -> None:
    trigger = harness.world.slack.views.new_trigger("U0ANA")
    view = a_modal(blocks=[a_field("amount"), a_field("note")])
    await harness.slack.views_open(trigger_id=trigger, view=view)
    harness.bot.answer = {"response_action": "errors", "errors": {"amount": "That is too much."}}
    await page.get_by_test_id("field-amount").fill("99")
    await page.get_by_test_id("field-note").fill("hm")
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("error-amount")).to_have_text("That is too much.")
    await expect(page.get_by_test_id("field-note")).to_have_value("hm")
    harness.bot.answer = None
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("modal")).to_have_count(0)


async def test_a_form_that_changes_keeps_what_was_typed(harness: Harness, page: Page) -> None:
    trigger = harness.world.slack.views.new_trigger("U0ANA")
    opened = await harness.slack.views_open(trigger_id=trigger, view=a_modal(blocks=[a_field("note")]))
    await page.get_by_test_id("field-note").fill("typed before")
    changed = a_modal(blocks=[a_field("amount"), a_field("note")])
    await harness.slack.views_update(view_id=opened["view"]["id"], view=changed)
    await expect(page.get_by_test_id("field-amount")).to_be_visible()
    await expect(page.get_by_test_id("field-note")).to_have_value("typed before")
    await expect(page.get_by_test_id("field-note")).to_be_focused()


async def test_news_elsewhere_are_marked_until_read(harness: Harness, page: Page) -> None:
    await page.get_by_test_id("person-U0DANA").click()
    await harness.slack.chat_postMessage(channel="C0DELIVERY", text="<@U0DANA> look")
    await expect(page.get_by_test_id("badge-delivery-disputes")).to_have_text("1")
    await page.get_by_test_id("channel-delivery-disputes").click()
    await expect(page.get_by_text("look")).to_be_visible()
    await page.get_by_test_id("channel-billing-disputes").click()
    await expect(page.get_by_test_id("badge-delivery-disputes")).to_have_count(0)


async def test_a_command_is_suggested_and_sent(harness: Harness, page: Page) -> None:
    harness.bot.answer = {"text": "nothing is overdue"}
    await page.get_by_test_id("composer").fill("/disp")
    await page.get_by_test_id("suggestion-/disputes-overdue").click()
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.locator("[data-testid^=whisper-]")).to_contain_text("nothing is overdue")
    assert harness.bot.requests[0].payload["text"] == "overdue"


async def test_a_thread_opens_beside_and_takes_replies(harness: Harness, page: Page) -> None:
    root = (await harness.slack.chat_postMessage(channel="C0BILLING", text="root"))["ts"]
    await harness.slack.chat_postMessage(channel="C0BILLING", text="a reply", thread_ts=root)
    await page.get_by_test_id(f"thread-open-{root}").click()
    await page.get_by_test_id("thread-composer").fill("mine")
    await page.get_by_test_id("thread-composer").press("Enter")
    await expect(page.get_by_test_id("thread")).to_contain_text("mine")
    await expect(page.get_by_test_id(f"thread-open-{root}")).to_contain_text("2 replies")


async def test_a_customers_form_says_what_the_bot_refuses(harness: Harness, page: Page) -> None:
    await page.get_by_test_id("raise").click()
    await page.get_by_test_id("raise-what-amount").check()
    await page.get_by_test_id("raise-amount").fill("12.345")
    await page.get_by_test_id("raise-send").click()
    await expect(page.get_by_test_id("raise-problem")).to_contain_text("is not an amount in EUR")


async def test_a_phone_shows_all_without_scrolling_sideways(harness: Harness, page: Page) -> None:
    await harness.post_card(*[a_button(f"b{number}") for number in range(8)])
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.get_by_test_id("action-b7")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.get_by_test_id("burger").click()
    await page.get_by_test_id("channel-general").click()
    await expect(page.get_by_test_id("place")).to_contain_text("general")
