"""Fixtures: the whole bot beside the sandbox's Slack."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.full_bot import FullBot, run_full_bot


@pytest.fixture
async def full_bot(tmp_path: Path) -> AsyncIterator[FullBot]:
    async with run_full_bot(tmp_path) as one:
        yield one
