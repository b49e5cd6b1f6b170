"""Fixtures: the Teams edge on a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.teams.harness import TeamsHarness, a_teams_harness, copy_database


@pytest.fixture
async def harness(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[TeamsHarness]:
    """On SQLite."""
    async with a_teams_harness(copy_database(sqlite_template, tmp_path)) as one:
        yield one
