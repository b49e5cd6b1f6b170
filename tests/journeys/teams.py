"""Acting in the demo's Teams page: press, write, fill in, look.

The `data-testid`s of the page, for further journeys:

    teams-person-<U0ANA or Entra id> · teams-me · teams-place · teams-progress (while the story is played)
    teams-rail-{activity,chat,teams} · teams-badge-{activity,chat} · teams-activity-<message>
    teams-chat · teams-channel-<id> · teams-unread-<chat or id> · go-slack · go-teams · body[data-state=ready]
    teams-post-<root> (a post with its replies) · teams-message-<id> · teams-card · teams-edited
    teams-replies-<root> (unfolds) · teams-reply-<root>, then teams-reply-{composer,send,commands,search-open}
    teams-composer · teams-send · teams-commands · teams-suggestions · teams-suggestion-<title with dashes>
    teams-search-open · teams-finder · teams-search · teams-result-<n>
    teams-action-<action>:<value> · teams-more, then teams-option-<action>:<value>
    teams-show-<action>:<value> (unfolds the question before that button) · teams-action-link: (an address)
    teams-message-menu-<id>, then teams-message-action-<id>
    teams-channel-menu, then teams-install or teams-uninstall · teams-add (where the app isn't)
    teams-dialog · teams-dialog-title · teams-dialog-close · teams-dialog-submit (what sends a form)
    teams-dialog-action-<action>:<value> · teams-dialog-show-<action>:<value>
    teams-field-<input> · teams-choice-<input>:<value> (round, square or found by typing)
    teams-error-<input> · teams-unknown (what the page can't draw)
    teams-toast (with data-kind notice or problem) · teams-busy (visible while the bot is thinking)

A card's frame says in `data-values` what its buttons are about; a message that a person sees in their
own version has `data-view=own`. On a busy machine the bot may take longer than Teams waits. Then the page
says so and a person presses again, which must be harmless; so do these helpers.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from playwright.async_api import Locator, Page, expect
from playwright.async_api import TimeoutError as NotSeen

from sandbox.teams.errors import GENERIC_ERROR
from tests.fixtures.browser import PATIENCE_MS
from tests.journeys.demo import MOST_PRESSES, SEEDING_MS

Answer = dict[str, Any]


async def enter(page: Page, demo: str, person: str = "U0ANA", place: str = "chat") -> None:
    """Open Teams as `person`, once the demo's story has been played. `place`: a channel's id, or `chat`."""
    page.set_default_timeout(PATIENCE_MS)
    await _close_dialogs(page, demo)
    await page.goto(f"{demo}/teams?{urlencode({'as': person, 'at': place})}")
    await page.wait_for_selector("body[data-state=ready]")
    await expect(page.get_by_test_id("teams-progress")).to_have_count(0, timeout=SEEDING_MS)


async def act_as(page: Page, person: str) -> None:
    """Act as `person`: a Slack id, or the Entra id of a person who is not in Slack."""
    await page.get_by_test_id(f"teams-person-{person}").click()
    await expect(page.get_by_test_id(f"teams-person-{person}")).to_have_attribute("aria-checked", "true")


async def channel(page: Page, channel_id: str) -> None:
    await page.get_by_test_id("teams-rail-teams").click()
    await page.get_by_test_id(f"teams-channel-{channel_id}").click()


async def chat(page: Page) -> None:
    """Open the acting person's chat with the bot."""
    await page.get_by_test_id("teams-rail-chat").click()


def card_of(page: Page, number: str) -> Locator:
    """The post, or the message of the chat, whose card has buttons about this case."""
    about = page.locator(f'[data-testid=teams-card][data-values~="{number}"]')
    return page.locator("[data-testid^=teams-message-]:not([data-reply-to])", has=about).first


async def thread_of(page: Page, number: str) -> Locator:
    """The post of a case with all replies under it."""
    about = page.locator(f'[data-testid=teams-card][data-values~="{number}"]')
    thread = page.locator("[data-testid^=teams-post-]", has=about).first
    await thread.wait_for()
    folded = thread.locator("[data-testid^=teams-replies-][aria-expanded=false]")
    if await folded.count():
        await folded.click()
    return thread


async def press(page: Page, *buttons: Locator) -> Answer:
    """Press one button after the other until the bot has answered; returns the last answer."""
    return await _until_answered(page, "press", *buttons)


async def choose_from_menu(page: Page, number: str, action: str) -> Answer:
    """Choose an entry of the overflow menu of a case's card."""
    more = card_of(page, number).get_by_test_id("teams-more")
    return await press(page, more, page.get_by_test_id(f"teams-option-{action}:{number}"))


async def open_dialog(page: Page, *buttons: Locator, route: str = "press") -> Locator:
    """Press until the dialog is open. `route` is `message_action` for the entries of a message's menu."""
    dialog = page.get_by_test_id("teams-dialog")
    for _ in range(MOST_PRESSES):
        await _until_answered(page, route, *buttons)
        try:
            await dialog.wait_for(timeout=6_000)
        except NotSeen:
            continue
        return dialog
    raise AssertionError("The dialog didn't open.")


async def send_dialog(page: Page) -> Answer:
    """Send the form on top; a refusal by the bot counts as an answer."""
    return await _until_answered(page, "submit", page.get_by_test_id("teams-dialog-submit"))


async def press_in_dialog(page: Page, *buttons: Locator) -> Answer:
    return await _until_answered(page, "submit", *buttons)


async def close_dialog(page: Page) -> None:
    await page.get_by_test_id("teams-dialog-close").click()
    await expect(page.get_by_test_id("teams-dialog")).to_have_count(0)


async def post_message(page: Page, text: str, *, root: str | None = None) -> Answer:
    """Write in the open place, or under the post `root`. In a channel the bot gets only what mentions it:
    `@Ombud mine`.

    When the bot doesn't answer, the text stays in the composer and a person sends it again. The bot may then
    get it twice, as in Teams.
    """
    kind = "teams-"
    if root is not None:
        kind = "teams-reply-"
        await page.get_by_test_id(f"teams-reply-{root}").click()
    await page.get_by_test_id(f"{kind}composer").fill(text)
    await page.keyboard.press("Escape")
    return await _until_answered(page, "say", page.get_by_test_id(f"{kind}send"))


async def search(page: Page, words: str) -> Locator:
    """Search for cases beside the composer; returns the first result."""
    await page.get_by_test_id("teams-search-open").click()
    for _ in range(MOST_PRESSES):
        async with page.expect_response(_found(words)) as answered:
            await page.get_by_test_id("teams-search").fill(words)
            await page.get_by_test_id("teams-search").press("Enter")
        if (await (await answered.value).json())["ok"]:
            break
    return page.get_by_test_id("teams-result-0")


def _found(words: str) -> Any:
    def fits(response: Any) -> bool:
        if not response.url.endswith("/teams/search"):
            return False
        return bool((response.request.post_data_json or {}).get("text") == words)

    return fits


async def _close_dialogs(page: Page, demo: str) -> None:
    """Close dialogs that a failed test may have left open."""
    seen = await (await page.request.get(f"{demo}/sandbox/teams/workspace")).json()
    for person in seen["dialogs"]:
        await page.request.post(f"{demo}/sandbox/teams/close", data={"person": person})


async def _until_answered(page: Page, route: str, *buttons: Locator) -> Answer:
    answer: Answer = {}
    for _ in range(MOST_PRESSES):
        async with page.expect_response(f"**/sandbox/teams/{route}") as answered:
            for button in buttons:
                await button.click()
        answer = await (await answered.value).json()
        if answer["ok"] or answer.get("problem") != GENERIC_ERROR:
            return answer
    raise AssertionError(answer)
