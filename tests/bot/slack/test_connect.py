"""People of another company in a shared channel (Slack Connect) may do nothing."""

from __future__ import annotations

import asyncio

from bot.slack.payloads import workspace_of
from core.slack_guests import Workspace
from sandbox.slack.interactions import send_event
from sandbox.slack.web_api.people import describe
from tests.bot.full_bot import ANA, BEN, TIMEOUT_SECONDS, FullBot

NEW = "new.u0ben@brightwater.example"


async def test_a_change_to_somebody_of_another_company_gives_them_no_address(full_bot: FullBot) -> None:
    await full_bot.until(lambda: "sync_people" in full_bot.application.jobs.last_run_at)
    for ref, team in ((ANA, "T0THEIRS"), (BEN, "T0BRIGHT")):
        told = {**describe(full_bot.world, ref), "team_id": team}
        told["profile"] = {**told["profile"], "email": f"new.{ref.lower()}@brightwater.example"}
        send_event(full_bot.world, {"type": "user_change", "user": told})
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while await person(full_bot, ANA) != (False, None) or await person(full_bot, BEN) != (True, NEW):
            await asyncio.sleep(0.02)


async def person(full_bot: FullBot, ref: str) -> tuple[bool, str | None] | None:
    """Whether they are active, and their address."""
    found = await full_bot.application.context.store.read(lambda tx: tx.people.find_by_ref("slack", ref))
    return None if found is None else (found.is_active, found.email)


def test_ours_is_where_the_app_is_installed_and_not_where_it_happened() -> None:
    event = {"team_id": "T0THEIRS", "authorizations": [{"team_id": "T0OURS", "enterprise_id": "E0OURS"}]}
    assert workspace_of(event) == Workspace("T0OURS", "E0OURS")
    assert workspace_of({"team_id": "T0OURS"}) == Workspace("T0OURS", None)
