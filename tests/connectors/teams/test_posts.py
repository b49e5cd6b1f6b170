"""Tests of posts to Teams, in channels, threads and chats."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import GiveUp, MessageGone, TryAgain
from connectors.posts import MessageRef
from connectors.teams.api import TeamsApi
from connectors.teams.people import TeamsPeople
from connectors.teams.posts import TeamsPosts
from tests.connectors.fake_teams import BILLING, FakeTeams, a_member


def a_message(text: str = "D-1001 arrived") -> dict[str, Any]:
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": text}]}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "summary": text, "attachments": [attachment]}


@pytest.fixture
def posts(teams_api: TeamsApi) -> TeamsPosts:
    return TeamsPosts(teams_api)


async def test_a_thread_is_told_in_order_under_its_card(fake_teams: FakeTeams, posts: TeamsPosts) -> None:
    card = await posts.post(BILLING, a_message(), key="card")
    assert card == MessageRef(BILLING, fake_teams.messages[BILLING][0].id)
    for number in range(3):
        await posts.post(BILLING, a_message(f"{number}"), key=f"story {number}", thread_ref=card.message_ref)
    told = [one.body["summary"] for one in fake_teams.messages[BILLING] if one.root == card.message_ref]
    assert told == ["0", "1", "2"]


async def test_a_reply_is_remembered_by_its_channel_and_not_by_its_thread(posts: TeamsPosts) -> None:
    card = await posts.post(BILLING, a_message(), key="card")
    reply = await posts.post(
        f"{BILLING};messageid=1", a_message("late"), key="story", thread_ref=card.message_ref
    )
    assert reply.channel_ref == BILLING
    assert reply.message_ref != card.message_ref


async def test_an_update_changes_the_message_in_place(fake_teams: FakeTeams, posts: TeamsPosts) -> None:
    card = await posts.post(BILLING, a_message(), key="card")
    await posts.update(card, a_message("D-1001 claimed"))
    await posts.update(card, a_message("D-1001 claimed"))
    assert [one.body["summary"] for one in fake_teams.messages[BILLING]] == ["D-1001 claimed"]


async def test_a_message_to_a_person_rings_and_knows_no_threads(
    fake_teams: FakeTeams, posts: TeamsPosts, teams_api: TeamsApi
) -> None:
    fake_teams.rosters[BILLING].append(a_member("e-ana"))
    chat = await TeamsPeople(teams_api).open_chat("e-ana")
    message = a_message()
    await posts.post(chat, message, key="alert", thread_ref="17")
    (posted,) = fake_teams.messages[chat]
    assert posted.root is None
    assert posted.body["channelData"] == {"notification": {"alert": True}}
    assert message == a_message()


async def test_what_a_renderer_put_beside_the_message_stays(fake_teams: FakeTeams, posts: TeamsPosts) -> None:
    fake_teams.rosters["a:1"], fake_teams.messages["a:1"] = [], []
    await posts.post("a:1", {**a_message(), "channelData": {"kept": 1}}, key="alert")
    assert fake_teams.messages["a:1"][0].body["channelData"] == {"kept": 1, "notification": {"alert": True}}


async def test_any_words_arrive_as_they_were_said(fake_teams: FakeTeams, posts: TeamsPosts) -> None:
    words = 'Zażółć "gęślą" \u2028 \U0001f9fe </script> \x00'
    await posts.post(BILLING, a_message(words), key="card")
    assert fake_teams.messages[BILLING][0].body["summary"] == words


async def test_half_a_character_costs_itself_and_not_the_message(
    fake_teams: FakeTeams, posts: TeamsPosts
) -> None:
    await posts.post(BILLING, a_message("cut \ud83e"), key="card")
    assert fake_teams.messages[BILLING][0].body["summary"] == "cut ?"


async def test_a_deleted_message_can_be_told_from_a_deleted_channel(
    fake_teams: FakeTeams, posts: TeamsPosts
) -> None:
    card = await posts.post(BILLING, a_message(), key="card")
    fake_teams.delete(BILLING, card.message_ref)
    with pytest.raises(MessageGone):
        await posts.update(card, a_message())
    with pytest.raises(MessageGone):
        await posts.post(BILLING, a_message(), key="story", thread_ref=card.message_ref)
    fake_teams.drop(BILLING)
    for lost in (posts.update(card, a_message()), posts.post(BILLING, a_message(), key="card")):
        with pytest.raises(GiveUp, match="doesn't exist") as closed:
            await lost
        assert closed.value.is_whole_lane


async def test_where_the_app_was_removed_the_lane_is_closed_with_the_remedy(
    fake_teams: FakeTeams, posts: TeamsPosts
) -> None:
    fake_teams.without_bot.add(BILLING)
    with pytest.raises(GiveUp, match="isn't installed") as closed:
        await posts.post(BILLING, a_message(), key="card")
    assert closed.value.is_whole_lane
    assert "Add the app" in closed.value.remedy


async def test_a_blocked_chat_is_known_by_its_narrower_word(fake_teams: FakeTeams, posts: TeamsPosts) -> None:
    body = {"error": {"code": "Forbidden", "subCode": "MessageWritesBlocked", "message": "Thread"}}
    fake_teams.fail_next("post", 403, body=body)
    with pytest.raises(GiveUp, match="has blocked the bot") as closed:
        await posts.post("a:1", a_message(), key="alert")
    assert closed.value.is_whole_lane


async def test_a_card_that_is_too_large_concerns_itself_alone(posts: TeamsPosts) -> None:
    with pytest.raises(GiveUp, match="larger") as refused:
        await posts.post(BILLING, a_message("x" * 110_000), key="card")
    assert not refused.value.is_whole_lane
    await posts.post(BILLING, a_message(), key="card")


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_gateways_page_leaves_the_end_unknown(
    fake_teams: FakeTeams, posts: TeamsPosts, status: int
) -> None:
    fake_teams.fail_next("post", status, is_done=True)
    with pytest.raises(TryAgain) as trouble:
        await posts.post(BILLING, a_message(), key="card")
    assert trouble.value.is_unknown


async def test_an_answer_without_an_id_is_no_reason_to_post_again(
    fake_teams: FakeTeams, posts: TeamsPosts
) -> None:
    fake_teams.fail_next("post", 202, body={}, is_done=True)
    with pytest.raises(GiveUp, match="under which id") as refused:
        await posts.post(BILLING, a_message(), key="card")
    assert not refused.value.is_whole_lane
