"""What does every test of the sandbox stand on?"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.harness import Stage, a_stage
from tests.sandbox.teams.harness import TeamsStage, a_teams_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as stage:
        yield stage


@pytest.fixture
async def teams() -> AsyncIterator[TeamsStage]:
    async with a_teams_stage() as stage:
        yield stage
