"""The pretend connector accepts, stores and refuses what the real one does."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from sandbox.teams import company as teams_company
from tests.sandbox.teams.harness import (
    ANA,
    APP,
    CARD_TYPE,
    CONTRACTS,
    DELIVERY,
    ELIF,
    GENERAL,
    GWEN,
    TENANT,
    TeamsHarness,
    a_card,
    run_teams_sandbox,
)

HELLO = {"type": "message", "text": "Hello"}


def code(answer: dict[str, Any]) -> str:
    return str(answer["error"]["code"])


async def test_a_post_stands_in_its_channel_and_a_reply_in_its_thread(teams: TeamsHarness) -> None:
    root = await teams.post_cards(a_card(), summary="D-1042")
    status, answer = await teams.call_connector(
        "POST", f"conversations/{CONTRACTS};messageid={root}/activities", HELLO
    )
    assert status == 201
    assert (await teams.get_message(root))["root"] is None
    assert (await teams.get_message(answer["id"]))["root"] == root
    status, answer = await teams.call_connector("POST", f"conversations/{CONTRACTS}/activities/{root}", HELLO)
    assert (await teams.get_message(answer["id"]))["root"] == root


async def test_an_update_changes_the_message_where_it_stands(teams: TeamsHarness) -> None:
    posted = await teams.post_cards(a_card())
    body = {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": a_card(speak="New")}]}
    status, answer = await teams.call_connector("PUT", f"conversations/{CONTRACTS}/activities/{posted}", body)
    message = await teams.get_message(posted)
    assert (status, answer) == (200, {"id": posted})
    assert message["cards"] == [a_card(speak="New")]
    assert message["edited_at"]


async def test_a_message_that_is_gone_or_anothers_is_not_changed(teams: TeamsHarness) -> None:
    posted = await teams.post_cards(a_card())
    assert (await teams.call_connector("DELETE", f"conversations/{CONTRACTS}/activities/{posted}"))[0] == 200
    gone = await teams.call_connector("PUT", f"conversations/{CONTRACTS}/activities/{posted}", HELLO)
    assert (gone[0], code(gone[1])) == (404, "ActivityNotFoundInConversation")
    said = (await teams.post_route("say", person=ANA, conversation=CONTRACTS, text="Mine"))["id"]
    others = await teams.call_connector("PUT", f"conversations/{CONTRACTS}/activities/{said}", HELLO)
    assert others[0] == 403


async def test_a_chat_is_opened_once_for_a_person(teams: TeamsHarness) -> None:
    body = {
        "isGroup": False,
        "bot": {"id": f"28:{APP}"},
        "members": [{"id": ANA}],
        "tenantId": TENANT,
        "channelData": {"tenant": {"id": TENANT}},
    }
    first = await teams.call_connector("POST", "conversations", body)
    assert first == await teams.call_connector("POST", "conversations", body)
    assert first[0] == 201
    posted = await teams.post_cards(
        a_card(), to=first[1]["id"], channelData={"notification": {"alert": True}}
    )
    assert (await teams.get_message(posted, first[1]["id"]))["is_alert"] is True
    wrongs: list[dict[str, Any]] = [{"members": []}, {"bot": {"id": "28:other"}}]
    for wrong in (*wrongs, {"channelData": {}, "tenantId": None}):
        assert (await teams.call_connector("POST", "conversations", body | wrong))[0] == 400
    assert (await teams.call_connector("POST", "conversations", body | {"members": [{"id": APP}]}))[0] == 404
    refused = await teams.call_connector("POST", "conversations", body | {"members": [{"id": GWEN}]})
    assert code(refused[1]) == "BotNotInConversationRoster"  # the guest hasn't got the app


async def test_a_roster_comes_in_pages_and_says_who_is_a_guest(teams: TeamsHarness) -> None:
    found: list[dict[str, Any]] = []
    token, pages = "", 0
    while pages == 0 or token:
        path = f"conversations/{CONTRACTS}/pagedmembers?pageSize=500&continuationToken={token}"
        _, page = await teams.call_connector("GET", path)
        found += page["members"]
        token, pages = page.get("continuationToken", ""), pages + 1
    assert pages > 1
    assert [one["aadObjectId"] for one in found] == [one.id for one in teams_company.PEOPLE]
    assert {one["name"] for one in found if one["userRole"] == "guest"} == {"Gwen Marsh"}
    assert all(one["id"].startswith("29:") and one["email"] for one in found)


@pytest.mark.parametrize("by", ["id", "mri", "login"])
async def test_a_member_is_found_by_each_of_their_names(teams: TeamsHarness, by: str) -> None:
    elif_ = teams_company.find_person(ELIF)
    status, answer = await teams.call_connector(
        "GET", f"conversations/{CONTRACTS}/members/{getattr(elif_, by)}"
    )
    assert (status, answer["email"]) == (200, "elif.demir@brightwater.example")
    status, answer = await teams.call_connector("GET", f"conversations/{CONTRACTS}/members/{TENANT}")
    assert (status, code(answer)) == (404, "MemberNotFoundInConversation")


async def test_a_team_tells_its_channels_the_first_without_a_name(teams: TeamsHarness) -> None:
    _, answer = await teams.call_connector("GET", f"teams/{GENERAL}/conversations")
    names = {one["id"]: one["name"] for one in answer["conversations"]}
    assert names == {GENERAL: None, DELIVERY: "Delivery disputes", CONTRACTS: "Contract disputes"}


async def test_where_the_bot_is_not_it_cannot_write(teams: TeamsHarness) -> None:
    await teams.post_route("mischief", do="remove_bot", conversation=CONTRACTS)
    status, answer = await teams.call_connector("POST", f"conversations/{CONTRACTS}/activities", HELLO)
    assert (status, code(answer)) == (403, "BotNotInConversationRoster")
    await teams.post_route("mischief", do="remove_bot", conversation=CONTRACTS, on=False)
    assert (await teams.call_connector("POST", f"conversations/{CONTRACTS}/activities", HELLO))[0] == 201
    await teams.post_route("mischief", do="delete_channel", conversation=CONTRACTS)
    status, answer = await teams.call_connector("POST", f"conversations/{CONTRACTS}/activities", HELLO)
    assert (status, code(answer)) == (404, "ConversationNotFound")


@pytest.mark.parametrize("status", [412, 502, 504])
async def test_an_ordered_fault_comes_as_often_as_it_was_ordered(teams: TeamsHarness, status: int) -> None:
    await teams.post_route("mischief", error=str(status), method="teams.post", channel=CONTRACTS, times=2)
    tried = [
        await teams.call_connector("POST", f"conversations/{place}/activities", HELLO)
        for place in (DELIVERY, CONTRACTS, CONTRACTS, CONTRACTS)
    ]
    assert [one[0] for one in tried] == [201, status, status, 201]
    assert code(tried[1][1])


async def test_a_lost_answer_leaves_the_message_behind(teams: TeamsHarness) -> None:
    await teams.post_route("mischief", error="lose_answer", method="teams.post")
    with pytest.raises(aiohttp.ClientError):
        await teams.call_connector("POST", f"conversations/{CONTRACTS}/activities", HELLO)
    (channel,) = [one for one in (await teams.get_workspace())["channels"] if one["id"] == CONTRACTS]
    assert [one["text"] for one in channel["messages"]] == ["Hello"]


async def test_an_unknown_fault_or_mischief_is_refused(teams: TeamsHarness) -> None:
    for wanted in ({"error": "418"}, {"do": "dance"}, {"error": "429", "colour": "red"}):
        assert (await teams.post_route("mischief", **wanted))["ok"] is False


async def test_with_strict_rates_the_eighth_message_of_a_second_has_to_wait() -> None:
    async with run_teams_sandbox(has_strict_rates=True) as teams:
        path = f"conversations/{CONTRACTS}/activities"
        root = await teams.post_cards(a_card())
        thread = f"conversations/{CONTRACTS};messageid={root}/activities"
        statuses = [(await teams.call_connector("POST", place, HELLO))[0] for place in (path, thread) * 4]
        assert statuses[:6] == [201] * 6
        assert statuses[7] == 429
        assert (await teams.call_connector("POST", f"conversations/{DELIVERY}/activities", HELLO))[0] == 201


async def test_too_many_requests_says_when_to_come_back(teams: TeamsHarness) -> None:
    await teams.post_route("mischief", error="429", retry_after=7)
    given = {"Authorization": f"Bearer {(await teams.request_token())[1]['access_token']}"}
    url = f"{teams.url}/teams-connector/v3/conversations/{CONTRACTS}/activities"
    async with teams.http.post(url, json=HELLO, headers=given) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "7")


async def test_an_outage_of_the_connector_ends_when_it_is_told_to(teams: TeamsHarness) -> None:
    path = f"conversations/{CONTRACTS}/activities"
    await teams.post_route("mischief", do="down", part="connector")
    assert (await teams.call_connector("POST", path, HELLO))[0] == 503
    await teams.post_route("mischief", do="down", part="connector", on=False)
    assert (await teams.call_connector("POST", path, HELLO))[0] == 201


async def test_every_call_is_in_the_log_with_what_became_of_it(teams: TeamsHarness) -> None:
    await teams.post_cards(a_card())
    await teams.call_connector("POST", f"conversations/{CONTRACTS}/activities", {"type": "message"})
    async with teams.http.get(f"{teams.url}/sandbox/calls?method=teams.post") as answer:
        good, bad = (await answer.json())["calls"]
    assert (good["status"], good["ok"], good["args"]["place"]) == (201, True, "Contract disputes")
    assert (bad["status"], bad["error"]) == (400, "BadSyntax")
    assert "needs a text or an attachment" in bad["args"]["refused"]
