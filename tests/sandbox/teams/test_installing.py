"""Installations and changes of members reach the bot, and survive a restart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandbox.teams import company as teams_company
from tests.sandbox.teams.harness import (
    APP,
    BEN,
    CONTRACTS,
    DELIVERY,
    ELIF,
    GENERAL,
    GWEN,
    TeamsHarness,
    a_card,
    run_teams_sandbox,
)

Json = dict[str, Any]
CHAT = teams_company.chat_id(BEN)


async def test_at_the_start_the_bot_hears_of_the_team_and_of_everybody_but_the_guest(
    teams: TeamsHarness,
) -> None:
    added = [one for one in teams.bot.activities if one["type"] == "installationUpdate"]
    assert {one["action"] for one in added} == {"add"}
    places = [one["conversation"]["id"] for one in added]
    assert places[0] == GENERAL
    chats = {teams_company.chat_id(one.id) for one in teams_company.PEOPLE if not one.is_guest}
    assert set(places[1:]) == chats
    arrived = [one for one in teams.bot.activities if one["type"] == "conversationUpdate"]
    assert all(one["membersAdded"] == [{"id": f"28:{APP}"}] for one in arrived)
    assert arrived[0]["channelData"]["team"] == {
        "id": GENERAL,
        "name": "Finance",
        "aadGroupId": teams_company.TEAM_GROUP,
    }


async def test_an_app_taken_out_of_a_team_is_out_of_all_its_channels(teams: TeamsHarness) -> None:
    await teams.post_route("uninstall", conversation=CONTRACTS)
    left = (await teams.bot.wait_for("installationUpdate", 8))[-1]
    assert (left["action"], left["conversation"]["id"]) == ("remove", GENERAL)
    body = {"type": "message", "text": "Hello"}
    assert (await teams.call_connector("POST", f"conversations/{DELIVERY}/activities", body))[0] == 403
    await teams.post_route("install", conversation=CONTRACTS)
    back = (await teams.bot.wait_for("installationUpdate", 9))[-1]
    assert back["action"] == "add"
    assert (await teams.call_connector("POST", f"conversations/{DELIVERY}/activities", body))[0] == 201


async def test_whoever_removes_the_app_from_their_chat_hears_no_more(teams: TeamsHarness) -> None:
    await teams.post_route("uninstall", conversation=CHAT)
    left = (await teams.bot.wait_for("installationUpdate", 8))[-1]
    assert (left["action"], left["from"]["aadObjectId"]) == ("remove", BEN)
    body = {"type": "message", "text": "Hello"}
    assert (await teams.call_connector("POST", f"conversations/{CHAT}/activities", body))[0] == 403
    before = len(teams.bot.activities)
    assert (await teams.post_route("say", person=BEN, conversation=CHAT, text="Anybody?"))["ok"]
    assert len(teams.bot.activities) == before


async def test_the_guest_can_be_given_the_app(teams: TeamsHarness) -> None:
    await teams.post_route("install", conversation=teams_company.chat_id(GWEN))
    added = (await teams.bot.wait_for("installationUpdate", 8))[-1]
    assert added["from"]["aadObjectId"] == GWEN


async def test_people_and_channels_that_change_are_told_by_their_kind(teams: TeamsHarness) -> None:
    await teams.post_route("mischief", do="remove_member", person=ELIF)
    await teams.post_route("mischief", do="add_member", person=ELIF)
    await teams.post_route("mischief", do="rename_channel", conversation=CONTRACTS, name="Agreements")
    await teams.post_route("mischief", do="delete_channel", conversation=CONTRACTS)
    told = (await teams.bot.wait_for("conversationUpdate", 11))[7:]
    by_kind: dict[str, Json] = {one["channelData"]["eventType"]: one for one in told}
    assert set(by_kind) == {"teamMemberRemoved", "teamMemberAdded", "channelRenamed", "channelDeleted"}
    assert by_kind["teamMemberRemoved"]["membersRemoved"][0]["aadObjectId"] == ELIF
    renamed = by_kind["channelRenamed"]["channelData"]["channel"]
    assert renamed == {"id": CONTRACTS, "name": "Agreements"}
    assert by_kind["channelDeleted"]["channelData"]["channel"]["id"] == CONTRACTS


async def test_a_new_name_shows_in_rosters_and_in_what_is_written_next(teams: TeamsHarness) -> None:
    await teams.post_route("mischief", do="rename_person", person=ELIF, name="Elif Demir-Lind")
    _, member = await teams.call_connector("GET", f"conversations/{CONTRACTS}/members/{ELIF}")
    await teams.post_route("say", person=ELIF, conversation=CONTRACTS, text="@Ombud mine")
    assert member["name"] == teams.bot.activities[-1]["from"]["name"] == "Elif Demir-Lind"


async def test_a_restart_of_the_sandbox_loses_no_message_and_repeats_no_introduction(
    tmp_path: Path,
) -> None:
    file = tmp_path / "state.json"
    async with run_teams_sandbox(state_file=file) as teams:
        posted = await teams.post_cards(a_card())
        await teams.post_route("uninstall", conversation=CHAT)
        before = await teams.get_message(posted)
    async with run_teams_sandbox(state_file=file) as teams:
        assert await teams.get_message(posted) == before
        assert teams.bot.activities == []
        assert (await teams.get_workspace())["chats"][BEN]["is_installed"] is False
        assert await teams.post_cards(a_card()) > posted


async def test_without_teams_nobody_is_told_of_anything() -> None:
    async with run_teams_sandbox(teams_app_id="", bot_url="http://127.0.0.1:9") as teams:
        assert (await teams.get_workspace())["has_teams"] is False
        await teams.post_route("uninstall", conversation=CHAT)
        assert teams.world.tasks == set()
        assert (await teams.request_token(client_id=""))[0] == 400
