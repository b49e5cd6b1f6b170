"""Fixtures of the journeys: one demo for all, since its story takes half a minute to play."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.fixtures.browser import PATIENCE_MS
from tests.journeys.customer_journey import DESK, PHONE, CustomerJourney
from tests.journeys.demo import enter, run_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo, as `make demo` starts it."""
    with run_demo(tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session")
async def journey(demo: str, browser: Browser) -> AsyncIterator[CustomerJourney]:
    """Each in its own window: a page behind another one redraws only once a second."""
    office = await browser.new_context(viewport=DESK, locale="en-GB")
    mail = await browser.new_context(viewport=DESK, locale="en-GB")
    phone = await browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, locale="en-GB")
    for context in (office, mail, phone):
        context.set_default_timeout(PATIENCE_MS)
    team = await office.new_page()
    await enter(team, demo)
    yield CustomerJourney(demo, team, await mail.new_page(), phone)
    for context in (office, mail, phone):
        await context.close()
