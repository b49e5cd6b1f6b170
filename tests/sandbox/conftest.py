"""Fixtures of the sandbox's tests: a running sandbox with a recording bot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.harness import Harness, run_sandbox
from tests.sandbox.teams.harness import TeamsHarness, run_teams_sandbox


@pytest.fixture
async def harness() -> AsyncIterator[Harness]:
    async with run_sandbox() as harness:
        yield harness


@pytest.fixture
async def teams() -> AsyncIterator[TeamsHarness]:
    async with run_teams_sandbox() as harness:
        yield harness
