"""Fixtures: the customers' pages on a server, and a browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.browser import Browser, a_browser
from tests.web.customer_site import CustomerSite, a_customer_site, sqlite_copy


@pytest.fixture
async def site(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[CustomerSite]:
    async with a_customer_site(sqlite_copy(sqlite_template, tmp_path)) as opened:
        yield opened


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as somebody:
        yield somebody
