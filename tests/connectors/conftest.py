"""What does every test of a connector stand on?"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connectors.slack_api import SlackApi
from tests.connectors.slack import Slack, a_slack


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with a_slack() as slack:
        yield slack


@pytest.fixture
async def api(slack: Slack) -> AsyncIterator[SlackApi]:
    api = slack.api()
    yield api
    await api.close()
