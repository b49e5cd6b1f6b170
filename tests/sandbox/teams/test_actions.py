"""Presses, forms and refreshes in Teams reach the bot, and its response is applied."""

from __future__ import annotations

import time
from typing import Any

import pytest

from sandbox.teams import company as teams_company
from sandbox.teams import send_activity as teams_wire
from sandbox.teams.errors import GENERIC_ERROR
from tests.sandbox.teams.harness import (
    ANA,
    APP,
    BEN,
    CARD_TYPE,
    CLEO,
    CONTRACTS,
    TENANT,
    TeamsHarness,
    a_card,
    a_dialog,
    a_submit,
    an_execute,
    run_teams_sandbox,
)

Json = dict[str, Any]
MRI = {one.id: one.mri for one in teams_company.PEOPLE}
FETCH = {"msteams": {"type": "task/fetch"}}


def with_refresh(*people: str) -> Json:
    action = {"type": "Action.Execute", "verb": "show_card", "data": {"action": "show_card"}}
    return a_card(an_execute(), refresh={"action": action, "userIds": [MRI[one] for one in people]})


def another_card(words: str) -> Json:
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": words}]}
    return {"statusCode": 200, "type": CARD_TYPE, "value": card}


async def press(teams: TeamsHarness, message: str, action: Json, **more: Any) -> Json:
    wanted = {"person": CLEO, "conversation": CONTRACTS, "message": message, "data": action["data"]}
    verb = {"verb": action["verb"]} if "verb" in action else {}
    return await teams.post_route("press", **(wanted | verb | more))


async def test_every_activity_is_signed_for_this_app_and_tells_where_to_answer(teams: TeamsHarness) -> None:
    await teams.post_route("say", person=ANA, conversation=CONTRACTS, text="@Ombud overdue")
    claims, said = teams.bot.claims[-1], teams.bot.activities[-1]
    assert (claims["aud"], claims["iss"]) == (APP, "https://api.botframework.com")
    assert claims["serviceurl"] == said["serviceUrl"] == f"{teams.url}/teams-connector/"
    assert claims["exp"] > time.time()


async def test_a_token_s_times_are_real_whatever_the_demo_s_clock_says(teams: TeamsHarness) -> None:
    teams.world.clock.add(-200 * 86_400)
    await teams.post_route("say", person=ANA, conversation=CONTRACTS, text="@Ombud overdue")
    assert teams.bot.claims[-1]["exp"] > time.time()
    assert teams.bot.activities[-1]["timestamp"] < f"{time.gmtime().tm_year}-12-31"
    assert abs(teams.world.clock.now() - time.time()) > 86_400


async def test_keys_that_were_changed_sign_from_then_on(teams: TeamsHarness) -> None:
    before = await teams.http.get(f"{teams.url}/botframework/v1/.well-known/keys")
    old = [one["kid"] for one in (await before.json())["keys"]]
    await teams.post_route("mischief", do="rotate_keys")
    after = await teams.http.get(f"{teams.url}/botframework/v1/.well-known/keys")
    new = [one["kid"] for one in (await after.json())["keys"]]
    assert (len(old), len(new)) == (1, 2)
    await teams.post_route("say", person=ANA, conversation=CONTRACTS, text="@Ombud help")
    assert teams.bot.activities[-1]["text"] == "<at>Ombud</at> help"


async def test_a_press_says_who_where_on_what_and_with_which_words(teams: TeamsHarness) -> None:
    teams.bot.answer = another_card("Claimed")
    field = {"type": "Input.Text", "id": "why", "value": "as it was"}
    root = await teams.post_cards(a_card(an_execute(), body=[field]))
    assert (await press(teams, root, an_execute(), inputs={"why": "typed"}))["ok"]
    heard = teams.bot.activities[-1]
    assert (heard["type"], heard["name"]) == ("invoke", "adaptiveCard/action")
    assert heard["value"]["trigger"] == "manual"
    data = {"action": "claim", "value": "D-1042", "why": "typed"}
    assert heard["value"]["action"] | {"title": ""} == {
        "type": "Action.Execute",
        "title": "",
        "verb": "claim",
        "data": data,
    }
    assert heard["from"] == {"id": MRI[CLEO], "name": "Cleo Lind", "aadObjectId": CLEO}
    assert heard["conversation"]["id"] == f"{CONTRACTS};messageid={root}"
    assert (heard["conversation"]["conversationType"], heard["conversation"]["tenantId"]) == (
        "channel",
        TENANT,
    )
    assert heard["replyToId"] == root
    assert heard["recipient"]["id"] == f"28:{APP}"
    assert heard["channelData"]["tenant"] == {"id": TENANT}
    assert heard["channelData"]["channel"] == {"id": CONTRACTS}
    (client,) = [one for one in heard["entities"] if one["type"] == "clientInfo"]
    assert (client["timezone"], client["country"]) == ("Europe/Berlin", "DE")


async def test_the_card_in_the_answer_is_for_whoever_pressed(teams: TeamsHarness) -> None:
    teams.bot.answer = another_card("Yours now")
    posted = await teams.post_cards(a_card(an_execute()))
    await press(teams, posted, an_execute())
    message = await teams.get_message(posted)
    assert message["cards"] == [a_card(an_execute())]
    assert message["views"] == {CLEO: teams.bot.answer["value"]}


async def test_a_screen_that_is_behind_may_press_what_was_just_replaced(teams: TeamsHarness) -> None:
    teams.bot.answer = another_card("Claimed by Cleo")
    posted = await teams.post_cards(a_card(an_execute()))
    await press(teams, posted, an_execute())
    assert (await press(teams, posted, an_execute()))["ok"]
    await teams.call_connector(
        "PUT", f"conversations/{CONTRACTS}/activities/{posted}", {"type": "message", "text": "x"}
    )
    assert (await press(teams, posted, an_execute(), person=BEN))["ok"]
    presses = [one for one in teams.bot.activities if one["type"] == "invoke"]
    assert [one["from"]["aadObjectId"] for one in presses] == [CLEO, CLEO, BEN]
    never = await press(teams, posted, an_execute(value="D-1"))
    assert "no such button" in never["problem"]


async def test_an_update_ends_what_single_people_saw(teams: TeamsHarness) -> None:
    teams.bot.answer = another_card("Yours now")
    posted = await teams.post_cards(with_refresh(CLEO))
    await press(teams, posted, an_execute())
    body = {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": with_refresh(CLEO)}]}
    await teams.call_connector("PUT", f"conversations/{CONTRACTS}/activities/{posted}", body)
    assert (await teams.get_message(posted))["views"] == {}
    view = {"conversation": CONTRACTS, "message": posted}
    assert await teams.post_route("view", person=CLEO, **view) == {"ok": True, "is_asked": True}


async def test_only_whom_a_card_names_gets_a_view_of_their_own_and_once(teams: TeamsHarness) -> None:
    teams.bot.answer = another_card("With your buttons")
    posted = await teams.post_cards(with_refresh(CLEO))
    view = {"conversation": CONTRACTS, "message": posted}
    asked = [(await teams.post_route("view", person=one, **view))["is_asked"] for one in (BEN, CLEO, CLEO)]
    assert asked == [False, True, False]
    heard = [one for one in teams.bot.activities if one["type"] == "invoke"]
    assert [(one["from"]["aadObjectId"], one["value"]["trigger"]) for one in heard] == [(CLEO, "automatic")]
    assert list((await teams.get_message(posted))["views"]) == [CLEO]


async def test_a_sentence_in_the_answer_is_shown_and_changes_no_card(teams: TeamsHarness) -> None:
    said = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Too late."}
    teams.bot.answer = said
    posted = await teams.post_cards(a_card(an_execute()))
    assert await press(teams, posted, an_execute()) == {"ok": True, "said": "Too late."}
    assert (await teams.get_message(posted))["views"] == {}


@pytest.mark.parametrize("answer", [None, {"hello": "there"}, {"statusCode": 200, "type": "x", "value": 1}])
async def test_an_answer_that_makes_no_sense_is_something_wrong(
    teams: TeamsHarness, answer: Json | None
) -> None:
    teams.bot.answer = answer
    posted = await teams.post_cards(a_card(an_execute()))
    assert await press(teams, posted, an_execute()) == {"ok": False, "problem": GENERIC_ERROR}


async def test_a_bot_that_is_too_slow_fails_or_not_there_is_something_wrong(
    teams: TeamsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = await teams.post_cards(a_card(an_execute()))
    teams.bot.answer, teams.bot.status = another_card("Too late"), 500
    assert (await press(teams, posted, an_execute()))["problem"] == GENERIC_ERROR
    teams.bot.status, teams.bot.seconds = 200, 1.0
    monkeypatch.setattr(teams_wire, "SECONDS_TO_ANSWER", 0.2)
    assert (await press(teams, posted, an_execute()))["problem"] == GENERIC_ERROR
    async with run_teams_sandbox(bot_url="http://127.0.0.1:9") as alone:
        posted = await alone.post_cards(a_card(an_execute()))
        assert (await press(alone, posted, an_execute()))["problem"] == GENERIC_ERROR


async def test_a_plain_submit_arrives_as_a_message_with_its_value(teams: TeamsHarness) -> None:
    posted = await teams.post_cards(a_card(a_submit("wake")))
    assert (await press(teams, posted, a_submit("wake")))["ok"]
    heard = teams.bot.activities[-1]
    assert (heard["type"], heard["value"]["action"], heard["replyToId"]) == ("message", "wake", posted)
    assert "text" not in heard


async def test_an_old_client_sends_the_fallback(teams: TeamsHarness) -> None:
    posted = await teams.post_cards(a_card(an_execute()))
    assert (await press(teams, posted, {"data": an_execute()["data"]}))["ok"]
    assert (teams.bot.activities[-1]["type"], teams.bot.activities[-1]["value"]["action"]) == (
        "message",
        "claim",
    )


async def test_a_dialog_opens_is_sent_shows_errors_and_closes(teams: TeamsHarness) -> None:
    teams.bot.answer = a_dialog(a_submit("note"))
    asks = a_submit("ask_note", **FETCH)
    posted = await teams.post_cards(a_card(asks))
    assert (await press(teams, posted, asks))["ok"]
    assert (teams.bot.activities[-1]["name"], teams.bot.activities[-1]["value"]["data"]) == (
        "task/fetch",
        asks["data"],
    )
    assert (await teams.get_workspace())["dialogs"][CLEO] == teams.bot.answer["task"]["value"]
    teams.bot.answer = a_dialog(a_submit("note"), title="Wrong")
    sent = {"person": CLEO, "data": a_submit("note")["data"]}
    assert (await teams.post_route("submit", **sent, inputs={}))["ok"]
    heard = teams.bot.activities[-1]
    assert (heard["name"], heard["value"]["data"]["note"]) == ("task/submit", "so far")
    assert (await teams.get_workspace())["dialogs"][CLEO]["title"] == "Wrong"
    teams.bot.answer = {"task": {"type": "message", "value": "Noted."}}
    assert await teams.post_route("submit", **sent, inputs={"note": "more"}) == {"ok": True, "said": "Noted."}
    assert teams.bot.activities[-1]["value"]["data"]["note"] == "more"
    assert (await teams.get_workspace())["dialogs"] == {}
    assert (await teams.post_route("submit", **sent))["ok"] is False


async def test_an_empty_answer_closes_a_dialog_and_so_does_its_person(teams: TeamsHarness) -> None:
    for ends in ("submit", "close"):
        teams.bot.answer = a_dialog(a_submit("note"))
        posted = await teams.post_cards(a_card(a_submit("ask_note", **FETCH)))
        await press(teams, posted, a_submit("ask_note", **FETCH))
        teams.bot.answer = None
        assert (await teams.post_route(ends, person=CLEO, data=a_submit("note")["data"]))["ok"]
        assert (await teams.get_workspace())["dialogs"] == {}


async def test_a_dialog_with_an_execute_is_refused(teams: TeamsHarness) -> None:
    teams.bot.answer = a_dialog(an_execute())
    asks = a_submit("ask_note", **FETCH)
    answer = await press(teams, await teams.post_cards(a_card(asks)), asks)
    assert "a dialog takes no Action.Execute" in answer["problem"]


async def test_who_is_not_there_or_presses_what_is_not_there_reaches_nobody(teams: TeamsHarness) -> None:
    posted = await teams.post_cards(a_card(an_execute()))
    await teams.post_route("mischief", do="remove_member", person=CLEO)
    await teams.bot.wait_for("conversationUpdate", 8)
    count = len(teams.bot.activities)
    assert (await press(teams, posted, an_execute()))["ok"] is False
    assert (await press(teams, posted, an_execute("other"), person=BEN))["ok"] is False
    assert len(teams.bot.activities) == count
