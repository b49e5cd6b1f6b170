"""The Teams page in a browser: it shows what the bot posts, and sends what the person does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, Route, expect

from sandbox.teams.company import ANA, BEN, CONTRACTS, DELIVERY, GWEN
from tests.sandbox.teams.harness import TeamsHarness, run_teams_sandbox
from tests.sandbox.teams.page_builders import (
    Json,
    a_card,
    a_card_response,
    a_text,
    an_execute,
    chat_of,
    conversation_of,
    mention_of,
    post_as_bot,
    received_activities,
    refreshed_for,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
HOSTILE = """<img src=x onerror="document.title=1"> <script>document.title=1</script>"""


@pytest_asyncio.fixture(loop_scope="session")
async def harness() -> AsyncIterator[TeamsHarness]:
    async with run_teams_sandbox() as harness:
        yield harness


@pytest_asyncio.fixture(loop_scope="session")
async def page(harness: TeamsHarness, shared_context: BrowserContext) -> AsyncIterator[Page]:
    """The channel as Ana sees it; a script that fails on it fails the test."""
    page = await shared_context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(f"{harness.url}/teams?{urlencode({'as': 'U0ANA', 'at': DELIVERY})}")
    await page.wait_for_selector("body[data-state=ready]")
    yield page
    await page.close()
    assert problems == []


async def test_what_the_bot_says_appears_at_once(harness: TeamsHarness, page: Page) -> None:
    said = post_as_bot(harness, a_card(a_text("**D-1042** is late")))
    card = page.get_by_test_id(f"teams-message-{said['id']}")
    await expect(card.locator("strong", has_text="D-1042")).to_be_visible()


async def test_what_is_said_while_the_page_loads_is_not_lost(harness: TeamsHarness, page: Page) -> None:
    loads, is_loaded = 0, asyncio.Event()

    async def hold(route: Route) -> None:
        nonlocal loads
        loads += 1
        answer = await route.fetch()
        if loads == 2:  # the first is the page's start, the second comes with the stream
            post_as_bot(harness, a_card(a_text("said in between")))
            await page.wait_for_timeout(300)
        await route.fulfill(response=answer)
        if loads == 2:
            is_loaded.set()

    await page.route("**/sandbox/teams/workspace", hold)
    await page.reload()
    await is_loaded.wait()
    post_as_bot(harness, a_card(a_text("said after")))
    await expect(page.get_by_text("said after")).to_be_visible()
    await expect(page.get_by_text("said in between")).to_be_visible()


async def test_hostile_text_stays_text(harness: TeamsHarness, page: Page) -> None:
    choice = {"type": "Input.ChoiceSet", "id": "pick", "label": HOSTILE, "style": "expanded"}
    body: list[Json] = [
        a_text(HOSTILE),
        a_text("[press me](javascript:alert(1)) &lt;script&gt; <at>Nobody</at>"),
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": f"**as it is** {HOSTILE}"}]},
        {"type": "FactSet", "facts": [{"title": HOSTILE, "value": HOSTILE}]},
        {"type": "Image", "url": "javascript:alert(1)", "altText": HOSTILE},
        {**choice, "choices": [{"title": HOSTILE, "value": "x"}]},
    ]
    link = {"type": "Action.OpenUrl", "title": "Open", "url": "javascript:alert(1)"}
    said = post_as_bot(
        harness, a_card(*body, actions=(link, an_execute(title=HOSTILE)), speak=HOSTILE), summary=HOSTILE
    )
    await harness.post_route("say", person=BEN, conversation=DELIVERY, text=f"{HOSTILE} **mine**")
    card = page.get_by_test_id(f"teams-message-{said['id']}")
    await expect(card).to_contain_text("**as it is** <img src=x")
    await expect(card).to_contain_text("<at>Nobody</at>")
    await expect(page.get_by_test_id("teams-posts")).to_contain_text("**mine**")
    await page.get_by_test_id("teams-rail-activity").click()
    assert await page.title() != "1"
    assert (
        await page.locator("body :is(img[src=x], script, [href^=javascript], [src^=javascript])").count() == 0
    )


async def test_an_instant_is_shown_in_the_readers_own_zone(harness: TeamsHarness, page: Page) -> None:
    post_as_bot(
        harness, a_card(a_text("due {{DATE(2026-03-09T09:30:00Z, SHORT)}} {{TIME(2026-03-09T09:30:00Z)}}"))
    )
    due = page.get_by_test_id("teams-card")
    await expect(due).to_contain_text("10:30")
    await page.get_by_test_id("teams-person-U0FINN").click()
    await expect(due).to_contain_text("11:30")


async def test_a_card_says_what_cannot_be_drawn(harness: TeamsHarness, page: Page) -> None:
    spare = {"type": "Carousel", "fallback": a_text("in its place")}
    post_as_bot(harness, a_card({"type": "Carousel"}, spare, {"type": "Carousel", "fallback": "drop"}))
    await expect(page.get_by_test_id("teams-unknown")).to_have_count(1)
    await expect(page.get_by_test_id("teams-unknown")).to_contain_text("Carousel")
    await expect(page.get_by_text("in its place")).to_be_visible()


async def test_a_mention_calls_for_the_person_until_it_is_read(harness: TeamsHarness, page: Page) -> None:
    said = post_as_bot(
        harness, a_card(a_text("<at>Ben Okafor</at> look"), **mention_of(BEN)), where=CONTRACTS
    )
    await expect(page.get_by_test_id("teams-badge-activity")).to_have_count(0)
    await page.get_by_test_id("teams-person-U0BEN").click()
    await expect(page.get_by_test_id("teams-badge-activity")).to_have_text("1")
    await page.get_by_test_id("teams-rail-activity").click()
    await page.get_by_test_id(f"teams-activity-{said['id']}").click()
    await expect(page.get_by_test_id("teams-place")).to_have_text("Contract disputes")
    await expect(page.locator(".mention.me")).to_have_text("Ben Okafor")
    await expect(page.get_by_test_id("teams-badge-activity")).to_have_count(0)


async def test_what_the_bot_writes_to_one_person_calls_for_that_person_alone(
    harness: TeamsHarness, page: Page
) -> None:
    post_as_bot(harness, where=chat_of(ANA), text="D-1042 is **yours**")
    await expect(page.get_by_test_id("teams-badge-chat")).to_have_text("1")
    await page.get_by_test_id("teams-chat").click()
    await expect(page.get_by_test_id("teams-posts")).to_contain_text("D-1042 is yours")
    await page.get_by_test_id("teams-person-U0BEN").click()
    await expect(page.get_by_test_id("teams-badge-chat")).to_have_count(0)
    await expect(page.get_by_test_id("teams-posts")).not_to_contain_text("D-1042")


async def test_a_press_reaches_the_bot_as_the_person_one_is(harness: TeamsHarness, page: Page) -> None:
    harness.bot.answer = a_card_response(a_text("Claimed"))
    said = post_as_bot(harness, a_card(a_text("A case"), actions=(an_execute(),)))
    await page.get_by_test_id("teams-person-U0BEN").click()
    await page.get_by_test_id("teams-action-claim:D-1042").click()
    await expect(page.get_by_test_id("teams-card")).to_have_text("Claimed")
    (pressed,) = received_activities(harness, "adaptiveCard/action")
    assert pressed["from"]["aadObjectId"] == BEN
    assert pressed["value"]["action"]["data"] == {"action": "claim", "value": "D-1042"}
    assert pressed["replyToId"] == said["id"]


async def test_only_whoever_pressed_sees_the_answer_in_the_cards_place(
    harness: TeamsHarness, page: Page
) -> None:
    harness.bot.answer = a_card_response(a_text("For you alone"))
    post_as_bot(harness, a_card(a_text("A case"), actions=(an_execute(),)))
    await page.get_by_test_id("teams-action-claim:D-1042").click()
    await expect(page.get_by_test_id("teams-card")).to_have_text("For you alone")
    await page.get_by_test_id("teams-person-U0BEN").click()
    await expect(page.get_by_test_id("teams-card")).to_contain_text("A case")


async def test_a_reader_named_by_the_card_sees_their_own_and_sees_it_anew_after_a_change(
    harness: TeamsHarness, page: Page
) -> None:
    harness.bot.answer = a_card_response(a_text("Ana's own"))
    said = post_as_bot(harness, a_card(a_text("Everybody's"), **refreshed_for(ANA)))
    await expect(page.get_by_test_id("teams-card")).to_have_text("Ana's own")
    await page.get_by_test_id("teams-person-U0BEN").click()
    await expect(page.get_by_test_id("teams-card")).to_have_text("Everybody's")
    harness.bot.answer = a_card_response(a_text("Ana's second"))
    changed = a_card(a_text("Everybody's second"), **refreshed_for(ANA))
    harness.world.teams.workspace.change(conversation_of(harness), said["id"], cards=[changed])
    await expect(page.get_by_test_id("teams-card")).to_have_text("Everybody's second")
    await page.get_by_test_id("teams-person-U0ANA").click()
    await expect(page.get_by_test_id("teams-card")).to_have_text("Ana's second")
    assert len(received_activities(harness, "adaptiveCard/action")) == 2


async def test_a_button_that_asks_first_waits_for_the_yes(harness: TeamsHarness, page: Page) -> None:
    sure = {
        "type": "Action.ShowCard",
        "title": "Accept",
        "card": a_card(a_text("Sure?"), actions=(an_execute("accept"),)),
    }
    harness.bot.answer = a_card_response(a_text("Accepted"))
    post_as_bot(harness, a_card(a_text("A case"), actions=(sure,)))
    await page.get_by_test_id("teams-show-accept:D-1042").click()
    await expect(page.get_by_text("Sure?")).to_be_visible()
    assert received_activities(harness, "adaptiveCard/action") == []
    await page.get_by_test_id("teams-action-accept:D-1042").click()
    await expect(page.get_by_test_id("teams-card")).to_have_text("Accepted")


async def test_what_is_needed_less_often_stands_behind_three_dots(harness: TeamsHarness, page: Page) -> None:
    harness.bot.answer = a_card_response(a_text("Released"))
    post_as_bot(
        harness, a_card(a_text("A case"), actions=(an_execute(), an_execute("release", mode="secondary")))
    )
    await expect(page.get_by_test_id("teams-action-release:D-1042")).to_have_count(0)
    await page.get_by_test_id("teams-more").click()
    await page.get_by_test_id("teams-option-release:D-1042").click()
    await expect(page.get_by_test_id("teams-card")).to_have_text("Released")


async def test_a_button_can_unfold_a_part_of_the_card(harness: TeamsHarness, page: Page) -> None:
    turn = {"type": "Action.ToggleVisibility", "title": "More", "targetElements": ["rest"]}
    post_as_bot(
        harness, a_card(a_text("First"), a_text("The rest", id="rest", isVisible=False), actions=(turn,))
    )
    await expect(page.get_by_text("The rest")).to_be_hidden()
    await page.get_by_role("button", name="More", exact=True).click()
    await expect(page.get_by_text("The rest")).to_be_visible()


async def test_what_went_wrong_is_said_once_and_the_button_works_again(
    harness: TeamsHarness, page: Page
) -> None:
    harness.bot.status = 500
    post_as_bot(harness, a_card(a_text("A case"), actions=(an_execute(),)))
    button = page.get_by_test_id("teams-action-claim:D-1042")
    await button.click()
    await expect(page.get_by_test_id("teams-toast")).to_have_text("Something went wrong. Please try again.")
    await expect(page.get_by_test_id("teams-toast")).to_have_count(1)
    await expect(button).not_to_have_attribute("aria-busy", "true")
    harness.bot.status, harness.bot.answer = 200, a_card_response(a_text("Claimed"))
    await button.click()
    await expect(page.get_by_test_id("teams-card")).to_have_text("Claimed")
    await expect(page.get_by_test_id("teams-toast")).to_have_count(0)


async def test_where_the_bot_is_down_the_demo_adds_why_it_went_wrong(shared_context: BrowserContext) -> None:
    page = await shared_context.new_page()
    async with run_teams_sandbox(bot_url="http://127.0.0.1:9", run="true") as alone:
        await page.goto(f"{alone.url}/teams?{urlencode({'as': 'U0ANA', 'at': DELIVERY})}")
        post_as_bot(alone, a_card(a_text("A case"), actions=(an_execute(),)))
        await page.get_by_test_id("teams-action-claim:D-1042").click()
        why = "Something went wrong. Please try again. Ombud isn't running: start it above."
        await expect(page.get_by_test_id("teams-toast")).to_have_text(why)
        await expect(page.get_by_test_id("teams-toast")).to_have_count(1)
        await page.close()


async def test_a_guest_is_marked_and_can_add_the_app(harness: TeamsHarness, page: Page) -> None:
    await page.get_by_test_id(f"teams-person-{GWEN}").click()
    await expect(page.get_by_test_id("teams-me")).to_contain_text("Guest")
    await page.get_by_test_id("teams-chat").click()
    await page.get_by_test_id("teams-add").click()
    await expect(page.get_by_test_id("teams-composer")).to_be_visible()


async def test_the_two_platforms_lead_to_each_other(harness: TeamsHarness, page: Page) -> None:
    await page.get_by_test_id("teams-person-U0BEN").click()
    await page.get_by_test_id("go-slack").click()
    await expect(page.get_by_test_id("me")).to_contain_text("Ben Okafor")
    await page.get_by_test_id("go-teams").click()
    await expect(page.get_by_test_id("teams-me")).to_contain_text("Ben Okafor")
