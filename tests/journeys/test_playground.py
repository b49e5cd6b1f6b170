"""Microsoft's own client against our bot: it shows our posts, and accepts our answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from core.case import Resolution
from tests.bot.teams.harness import card_shown, data_of, fields_of, filled_in, visible_text
from tests.builders import a_customer
from tests.journeys.customer_journey import DESK
from tests.journeys.playground import PACKAGE, Playground, a_playground
from tests.journeys.playground_page import (
    cards_of,
    choose_from_menu,
    enter,
    go_to,
    mention,
    post_in_chat,
    press,
    search,
)
from tests.npm_packages import npm_package

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CHAT, GENERAL, CHANNEL = "Personal Chat", "Finance - General", "Finance - Contract disputes"
CARD = "application/vnd.microsoft.card.adaptive"
HOSTILE_NAME = "[Nordwind](https://evil.example) GmbH"
HOSTILE = "Call <at>Ana Ruiz</at>, *now*: [pay here](https://evil.example)"


@pytest.fixture(scope="module")
def package() -> Path:
    return npm_package(PACKAGE)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def playground(package: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    async with a_playground(package, tmp_path_factory.mktemp("playground")) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(playground: Playground, browser: Browser) -> AsyncIterator[Page]:
    """Ana's page, one for all tests: the client stores messages in its page alone."""
    page = await browser.new_page(viewport=DESK)
    await enter(page, playground.url)
    yield page
    await page.close()


async def test_whoever_adds_the_bot_is_greeted_once_with_their_own_page(page: Page) -> None:
    await go_to(page, CHAT)
    greeting = page.locator(".ac-adaptiveCard", has_text="Good to see you, Ana Ruiz")
    await expect(greeting.get_by_role("button", name="Raise a dispute")).to_be_visible()
    await post_in_chat(page, "mine")
    await expect(page.locator(".ac-adaptiveCard").last).to_contain_text("You have no open cases.")
    await expect(greeting).to_have_count(1)


async def test_a_team_that_the_bot_comes_to_is_told_what_it_is_for(page: Page) -> None:
    await go_to(page, GENERAL)
    await expect(page.locator(".ac-adaptiveCard")).to_contain_text("I settle invoice disputes with you")


async def test_a_new_case_is_posted_into_its_channel(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one()
    card = await _card(page, case_id)
    await expect(card).to_contain_text("€120.00")
    await expect(card).to_contain_text("We agreed on 90 euros.")
    await expect(card).to_contain_text("Waiting to be claimed")
    await expect(card.get_by_role("button", name="Claim", exact=True)).to_be_visible()


async def test_nothing_that_a_customer_wrote_takes_effect(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one(statement=HOSTILE, customer=a_customer(name=HOSTILE_NAME))
    card = await _card(page, case_id)
    for words in (HOSTILE, HOSTILE_NAME):
        assert words in (await card.inner_text()).replace("\u200b", "")
    await expect(card.get_by_role("link")).to_have_count(0)
    await expect(card.locator("em")).to_have_count(0)


async def test_claim_is_answered_with_the_card_as_it_is_now(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one()
    card = await _card(page, case_id)
    answer = await press(page, card.get_by_role("button", name="Claim", exact=True))
    assert answer["type"] == CARD
    assert "**Under review** · Ana Ruiz" in visible_text(answer["value"]).replace("<at>", "").replace(
        "</at>", ""
    )
    await expect(card).to_contain_text("Under review · Ana Ruiz")
    await expect(card.get_by_role("button", name="Decide", exact=True)).to_be_visible()
    await expect(_post(page, case_id)).to_contain_text("Ana Ruiz claimed the case.")


async def test_the_answer_replaces_a_card_that_no_update_reaches(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one()
    await go_to(page, CHAT)
    await post_in_chat(page, f"show {case_id}")
    card = cards_of(page, case_id).first
    await press(page, card.get_by_role("button", name="Claim", exact=True))
    await expect(card).to_contain_text("Under review · Ana Ruiz")
    await expect(card.get_by_role("button", name="Decide", exact=True)).to_be_visible()


async def test_what_somebody_else_does_is_seen(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one()
    card = await _card(page, case_id)
    assert (await playground.press_as("Ben Okafor", "claim", case_id))["type"] == CARD
    await expect(card).to_contain_text("Under review · Ben Okafor")
    await expect(card.get_by_role("button", name="Claim", exact=True)).to_have_count(0)
    await expect(_post(page, case_id)).to_contain_text("Ben Okafor claimed the case.")


async def test_a_second_person_is_refused_by_name(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one()
    await go_to(page, CHAT)
    await post_in_chat(page, f"show {case_id}")
    stale = cards_of(page, case_id).last
    await expect(stale).to_be_visible()
    await playground.press_as("Ben Okafor", "claim", case_id)
    answer = await press(page, stale.get_by_role("button", name="Claim", exact=True))
    assert answer["value"] == f"{case_id} is already claimed by Ben Okafor."
    await expect(stale).to_contain_text("Waiting to be claimed")


async def test_whoever_has_no_part_in_the_queue_is_refused(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one()
    await _card(page, case_id)
    answer = await playground.press_as("Finn Moss", "claim", case_id)
    assert answer["type"] != CARD
    assert (await playground.case(case_id)).resolver_id is None


async def test_what_stands_behind_the_three_dots_does_what_it_says(
    playground: Playground, page: Page
) -> None:
    case_id = await playground.raise_one()
    card = await _card(page, case_id)
    await press(page, card.get_by_role("button", name="Claim", exact=True))
    await expect(card).to_contain_text("Under review")
    await choose_from_menu(page, card, "Give back to the queue")
    await expect(card).to_contain_text("Waiting to be claimed")
    await expect(_post(page, case_id)).to_contain_text("Ana Ruiz gave the case back to the queue.")


async def test_a_case_that_was_searched_for_is_shared_in_a_channel(
    playground: Playground, page: Page
) -> None:
    case_id = await playground.raise_one()
    await _card(page, case_id)
    found = await search(page, case_id)
    await found.get_by_text(f"{case_id} · Wrong amount").click()
    await page.get_by_role("button", name="Post", exact=True).click()
    shared = cards_of(page, case_id).first
    await expect(cards_of(page, case_id)).to_have_count(2)
    await expect(shared).to_contain_text("We agreed on 90 euros.")
    await expect(shared.get_by_role("button")).to_have_text(["Open case"])


async def test_commands_are_answered_in_ones_own_chat(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one()
    await go_to(page, CHAT)
    await post_in_chat(page, "queue")
    await expect(page.locator(".ac-adaptiveCard").last).to_contain_text(f"{case_id} · Wrong amount")
    await post_in_chat(page, f"show {case_id}")
    shown_here = cards_of(page, case_id).last
    await expect(shown_here).to_contain_text("Hosting, February")
    await press(page, shown_here.get_by_role("button", name="Claim", exact=True))
    await post_in_chat(page, "mine")
    mine = page.locator(".ac-adaptiveCard").last
    await expect(mine).to_contain_text("Your cases")
    await expect(mine).to_contain_text(case_id)


async def test_a_mention_in_a_channel_is_answered_in_its_thread_by_a_button(
    playground: Playground, page: Page
) -> None:
    case_id = await playground.raise_one()
    await _card(page, case_id)
    await mention(page, f"show {case_id}")
    answer = page.locator(".ac-adaptiveCard", has_text=f"“show {case_id}”: press to see the answer.")
    post = page.get_by_role("group").filter(has=answer)
    await expect(post).to_contain_text("Ombud show")
    await expect(answer.get_by_role("button", name="Show", exact=True)).to_be_visible()
    assert "Hosting" not in await answer.inner_text()


async def test_a_decision_made_in_a_dialog_is_seen_on_the_card(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one()
    card = await _card(page, case_id)
    claimed = await press(page, card.get_by_role("button", name="Claim", exact=True))
    button = data_of(claimed["value"], "ask_decide")
    assert button["msteams"] == {"type": "task/fetch"}
    form = card_shown(await playground.invoke_as_ana("task/fetch", button))

    typed = {
        "verdict": "part_accepted",
        "root_cause": "pricing_error",
        "customer_text": "Half of it is ours.",
    }
    part = card_shown(await playground.invoke_as_ana("task/submit", filled_in(form, **typed)))
    assert "amount" in fields_of(part)
    refused = card_shown(await playground.invoke_as_ana("task/submit", filled_in(part, amount="500")))
    assert "A part is less than what is disputed" in visible_text(refused)
    assert (await playground.case(case_id)).resolution is None

    assert await playground.invoke_as_ana("task/submit", {**filled_in(refused), "amount": "60"}) is None
    assert (await playground.case(case_id)).resolution is Resolution.PART_ACCEPTED
    await expect(card).to_contain_text("Accepted in part: €60.00")


async def test_what_nobody_signed_is_not_taken(playground: Playground, page: Page) -> None:
    case_id = await playground.raise_one()
    await _card(page, case_id)
    await playground.press_as("Ben Okafor", "claim", case_id)
    proxy = playground.signing_proxy
    async with playground.http.post(proxy.bot_url, json=proxy.delivered[-1]) as answer:
        assert answer.status == 401


async def _card(page: Page, case_id: str) -> Locator:
    """The case's card in its channel."""
    await go_to(page, CHANNEL)
    card = cards_of(page, case_id)
    await expect(card).to_be_visible()
    return card


def _post(page: Page, case_id: str) -> Locator:
    """The card with the replies under it."""
    return page.get_by_role("group").filter(has=cards_of(page, case_id))
