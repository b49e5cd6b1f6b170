"""Another workspace that installed the app, and people of another company in a shared channel, do nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from core.case import Status
from core.person import Person
from sandbox import company
from sandbox.slack import interactions
from sandbox.slack.interactions import send_event
from sandbox.slack.payloads import command_form, event_envelope, interaction
from sandbox.slack.web_api import dispatch as web_api
from sandbox.slack.web_api.people import describe
from tests.bot.full_bot import ANA, BEN, BILLING, DANA, TIMEOUT_SECONDS, FullBot, run_full_bot

THEIRS = "T0THEIRS"

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


def _second_installation(payload: dict[str, Any]) -> dict[str, Any]:
    """The same, as the app sends it from another workspace that installed it."""
    changed = {**payload, "team_id": THEIRS} if "team_id" in payload else dict(payload)
    if "team" in payload:
        changed["team"] = {"id": THEIRS, "domain": "theirs"}
        changed["user"] = {**payload["user"], "team_id": THEIRS}
    if "authorizations" in payload:
        changed["authorizations"] = [{**payload["authorizations"][0], "team_id": THEIRS}]
    return changed


async def test_a_second_installation_of_the_app_makes_nobody_the_manager(full_bot: FullBot) -> None:
    await full_bot.until(lambda: "sync_people" in full_bot.application.jobs.last_run_at)
    known = Person(id="slack:U0GUEST", name="A guest", slack_ref="U0GUEST")
    await full_bot.application.context.store.run(lambda tx: tx.people.save(known))
    dana = await full_bot.application.context.store.read(lambda tx: tx.people.find_by_ref("slack", DANA))
    assert dana is not None
    guest = {"id": "U0GUEST", "team_id": THEIRS, "name": "dana", "profile": {"email": dana.email}}
    told = _second_installation(event_envelope({"type": "user_change", "user": guest}, at=_now(full_bot)))
    with capture_logs() as logs:
        reply = await interactions._send_http(full_bot.world, orjson.dumps(told), as_json=True)
    assert not reply.problem
    assert [one["foreign"] for one in logs if one["event"] == "foreign_slack_payload"] == ["workspace"]
    assert await full_bot.application.context.store.read(
        lambda tx: tx.people.find_by_ref("slack", DANA) == dana
    )
    assert await person(full_bot, "U0GUEST") == (True, None)


@pytest.mark.parametrize("is_socket", [False, True])
async def test_a_press_in_another_workspace_changes_nothing(tmp_path: Path, is_socket: bool) -> None:
    over = {"slack_app_token": "xapp-sandbox", "slack_signing_secret": None} if is_socket else {}
    async with run_full_bot(tmp_path, **over) as full_bot:
        case_id = await full_bot.raise_one()
        press = {"actions": [{"action_id": f"claim:{case_id}", "value": case_id}], "trigger_id": "1.2"}
        for foreign in (
            _second_installation(interaction("block_actions", ANA, **press)),
            {**interaction("block_actions", ANA, **press), "api_app_id": "A0THEIRS"},
            {**interaction("block_actions", ANA, **press), "user": {"id": ANA, "team_id": THEIRS}},
        ):
            reply = await interactions.send_interaction(full_bot.world, foreign)
            assert (reply.problem, reply.body) == ("", None)
        assert (await full_bot.case(case_id)).status is Status.OPEN
        own = await interactions.send_interaction(full_bot.world, interaction("block_actions", ANA, **press))
        assert not own.problem
        await full_bot.until_case(case_id, lambda case: case.resolver_id == f"slack:{ANA}")


async def test_a_command_typed_in_another_workspace_shows_nothing(full_bot: FullBot) -> None:
    place = {"id": BILLING, "name": "billing-disputes"}
    form = command_form(
        ANA, place, command="/disputes", text="queue", trigger_id="1.2", response_url="https://x.example"
    )
    assert (await interactions.send_command(full_bot.world, form)).body
    for change in ({"team_id": THEIRS}, {"api_app_id": "A0THEIRS"}):
        assert not (await interactions.send_command(full_bot.world, {**form, **change})).body


async def test_while_slack_says_not_whose_app_we_are_nothing_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = web_api.Method(lambda _world, _args: {"bot": {"id": company.BOT_ID}})
    monkeypatch.setitem(web_api.METHODS, "bots.info", nameless)
    async with run_full_bot(tmp_path) as doubting:
        case_id = await doubting.raise_one()
        press = {"actions": [{"action_id": f"claim:{case_id}", "value": case_id}], "trigger_id": "1.2"}
        own = interaction("block_actions", ANA, **press)
        told = await interactions.send_interaction(doubting.world, own)
        assert "503" in told.problem
        assert (await doubting.case(case_id)).status is Status.OPEN
        monkeypatch.undo()
        assert not (await interactions.send_interaction(doubting.world, own)).problem
        await doubting.until_case(case_id, lambda case: case.resolver_id == f"slack:{ANA}")


def _now(full_bot: FullBot) -> float:
    return full_bot.world.clock.now()
