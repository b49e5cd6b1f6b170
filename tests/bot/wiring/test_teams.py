"""Tests of the whole process with Teams: what Teams reports of people takes effect."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.wiring.application import build_application
from scheduler.services import Services
from tests.bot.full_bot import TIMEOUT_SECONDS
from tests.bot.teams.activities import ANA, BOT, TeamsClient
from tests.bot.test_starting import settings_for
from tests.builders import a_policy


async def test_rosters_are_read_as_soon_as_teams_tells_that_somebody_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_read = asyncio.Event()

    async def read_rosters(_: Services) -> None:
        is_read.set()

    monkeypatch.setattr("scheduler.jobs.sync_teams_people", read_rosters)
    nowhere = "http://127.0.0.1:9"
    application = await build_application(
        settings_for(
            tmp_path,
            teams_app_id="00000000-0000-4000-8000-0000000000aa",
            teams_app_password="secret",
            teams_tenant_id="00000000-0000-4000-8000-0000000000bb",
            teams_openid_url=f"{nowhere}/openid",
            teams_login_url=nowhere,
            teams_service_url=nowhere,
        ),
        a_policy(),
    )
    assert application.teams is not None
    await application.teams.handle(TeamsClient(ANA).message("help"))
    assert not is_read.is_set()
    await application.teams.handle(TeamsClient(ANA).added(BOT))
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await is_read.wait()
    await application.stop()
    await application.close()
