"""What does every test of the sandbox stand on?"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.stage import Stage, a_stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as stage:
        yield stage
