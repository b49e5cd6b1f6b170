"""Messages, searches, links and message actions of people in Teams reach the bot."""

from __future__ import annotations

from typing import Any

from sandbox.teams import company as teams_company
from tests.sandbox.teams.harness import (
    ANA,
    CARD_TYPE,
    CONTRACTS,
    GWEN,
    TeamsHarness,
    a_card,
    a_dialog,
    a_submit,
)

Json = dict[str, Any]
CHAT = teams_company.chat_id(ANA)


def found(*cards: Json) -> Json:
    preview = {
        "contentType": "application/vnd.microsoft.card.thumbnail",
        "content": {"title": "D-1042", "text": "Halden"},
    }
    attachments = [{"contentType": CARD_TYPE, "content": card, "preview": preview} for card in cards]
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": attachments}}


async def heard_after(teams: TeamsHarness, **wanted: Any) -> list[Json]:
    before = len(teams.bot.activities)
    answer = await teams.post_route("say", **wanted)
    assert answer["ok"], answer
    return teams.bot.activities[before:]


async def test_in_a_channel_the_bot_hears_what_mentions_it_and_nothing_else(teams: TeamsHarness) -> None:
    assert await heard_after(teams, person=ANA, conversation=CONTRACTS, text="Lunch?") == []
    (heard,) = await heard_after(teams, person=ANA, conversation=CONTRACTS, text="overdue", mentions_bot=True)
    assert heard["text"] == "<at>Ombud</at> overdue"
    (mention,) = [one for one in heard["entities"] if one["type"] == "mention"]
    assert (mention["mentioned"]["id"], mention["text"]) == (heard["recipient"]["id"], "<at>Ombud</at>")
    assert heard["conversation"]["id"] == f"{CONTRACTS};messageid={heard['id']}"


async def test_a_reply_belongs_to_its_thread(teams: TeamsHarness) -> None:
    root = await teams.post_cards(a_card())
    (heard,) = await heard_after(teams, person=ANA, conversation=CONTRACTS, text="@Ombud help", root=root)
    assert heard["conversation"]["id"] == f"{CONTRACTS};messageid={root}"
    assert (await teams.get_message(heard["id"]))["root"] == root


async def test_in_its_own_chat_the_bot_hears_everything_as_it_was_typed(teams: TeamsHarness) -> None:
    (heard,) = await heard_after(teams, person=ANA, conversation=CHAT, text="<at>x</at> mine & <b>yours</b>")
    assert heard["text"] == "x mine & <b>yours</b>"
    assert heard["conversation"]["conversationType"] == "personal"
    assert "&lt;b&gt;" in heard["attachments"][0]["content"]


async def test_nobody_writes_where_they_are_not_nor_nothing(teams: TeamsHarness) -> None:
    other = await teams.post_route("say", person=GWEN, conversation=CHAT, text="Hello")
    nothing = await teams.post_route("say", person=ANA, conversation=CONTRACTS, text="  ")
    assert (other["ok"], nothing["ok"]) == (False, False)


async def test_a_link_to_the_bot_s_pages_shows_what_the_bot_says_of_it(teams: TeamsHarness) -> None:
    teams.bot.answer = found(a_card())
    link = f"{teams.world.settings.bot_url}/cases/D-1042"
    (heard,) = await heard_after(teams, person=ANA, conversation=CONTRACTS, text=f"Look: {link}")
    assert (heard["name"], heard["value"]) == ("composeExtension/queryLink", {"url": link})
    (channel,) = [one for one in (await teams.get_workspace())["channels"] if one["id"] == CONTRACTS]
    assert channel["messages"][-1]["cards"] == [a_card()]


async def test_a_search_lists_cards_and_one_can_be_sent(teams: TeamsHarness) -> None:
    teams.bot.answer = found(a_card())
    answer = await teams.post_route("search", person=ANA, text="halden")
    assert answer["results"] == [{"preview": {"title": "D-1042", "text": "Halden"}, "card": a_card()}]
    heard = teams.bot.activities[-1]
    assert heard["name"] == "composeExtension/query"
    assert heard["value"]["parameters"] == [{"name": "words", "value": "halden"}]
    sent = await teams.post_route("insert", person=ANA, conversation=CONTRACTS, card=a_card())
    message = await teams.get_message(sent["id"])
    assert (message["from"]["id"], message["cards"]) == (ANA, [a_card()])


async def test_an_empty_search_says_that_it_is_the_first(teams: TeamsHarness) -> None:
    teams.bot.answer = found()
    assert (await teams.post_route("search", person=ANA, text=""))["results"] == []
    assert teams.bot.activities[-1]["value"]["parameters"] == [{"name": "initialRun", "value": "true"}]


async def test_a_message_s_menu_opens_a_dialog_about_that_message(teams: TeamsHarness) -> None:
    said = (await teams.post_route("say", person=ANA, conversation=CONTRACTS, text="They object"))["id"]
    teams.bot.answer = a_dialog(a_submit("new"))
    use = {"person": ANA, "conversation": CONTRACTS, "message": said}
    assert (await teams.post_route("message_action", id="raise_from_message", **use))["ok"]
    heard = teams.bot.activities[-1]
    assert (heard["name"], heard["value"]["commandId"]) == (
        "composeExtension/fetchTask",
        "raise_from_message",
    )
    payload = heard["value"]["messagePayload"]
    assert (payload["id"], "They object" in payload["body"]["content"]) == (said, True)
    assert payload["from"]["user"]["id"] == ANA
    teams.bot.answer = None
    assert (await teams.post_route("submit", person=ANA, data=a_submit("new")["data"]))["ok"]
    heard = teams.bot.activities[-1]
    assert (heard["name"], heard["value"]["commandId"]) == (
        "composeExtension/submitAction",
        "raise_from_message",
    )
    assert (await teams.get_workspace())["dialogs"] == {}
    assert (await teams.post_route("message_action", id="no_such", **use))["ok"] is False
