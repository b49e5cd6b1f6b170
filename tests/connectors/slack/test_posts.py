"""Tests of posts to Slack, and of finding one whose response was lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import GiveUp, MessageGone, TryAgain
from connectors.posts import MessageRef
from connectors.slack.api import SlackApi
from connectors.slack.posts import SlackPosts
from tests.connectors.sandbox_slack import Slack

CHANNEL = "C0BILLING"


def a_message(text: str = "D-1001 arrived") -> dict[str, object]:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    return {"text": text, "blocks": [block]}


def since() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


@pytest.fixture
def posts(api: SlackApi) -> SlackPosts:
    return SlackPosts(api)


async def test_a_thread_is_told_in_order_under_its_card(slack: Slack, posts: SlackPosts) -> None:
    card = await posts.post(CHANNEL, a_message(), key="card")
    for number in range(3):
        await posts.post(CHANNEL, a_message(f"{number}"), key=f"story {number}", thread_ref=card.message_ref)
    assert [one["text"] for one in slack.thread(CHANNEL, card.message_ref)] == ["0", "1", "2"]


async def test_a_loud_reply_is_shown_in_the_channel_too(slack: Slack, posts: SlackPosts) -> None:
    card = await posts.post(CHANNEL, a_message(), key="card")
    await posts.post(CHANNEL, a_message("late"), key="alert", thread_ref=card.message_ref, is_loud=True)
    assert slack.thread(CHANNEL, card.message_ref)[0]["subtype"] == "thread_broadcast"


async def test_an_update_changes_the_message_in_place(slack: Slack, posts: SlackPosts) -> None:
    card = await posts.post(CHANNEL, a_message(), key="card")
    await posts.update(card, a_message("D-1001 claimed"))
    assert [one["text"] for one in slack.messages(CHANNEL)] == ["D-1001 claimed"]


async def test_a_lost_answer_is_unknown_and_the_message_is_found_by_its_key(
    slack: Slack, posts: SlackPosts
) -> None:
    await slack.fail_next("lose_answer", method="chat.postMessage")
    with pytest.raises(TryAgain) as lost:
        await posts.post(CHANNEL, a_message(), key="card")
    assert lost.value.is_unknown
    (message,) = slack.messages(CHANNEL)
    assert await posts.find_sent(CHANNEL, key="card", oldest=since(), now=since()) == MessageRef(
        CHANNEL, message["ts"]
    )
    assert await posts.find_sent(CHANNEL, key="another", oldest=since(), now=since()) is None


async def test_a_reply_is_found_in_its_thread_on_a_later_page(slack: Slack, posts: SlackPosts) -> None:
    card = await posts.post(CHANNEL, a_message(), key="card")
    for number in range(250):
        await posts.post(CHANNEL, a_message(f"{number}"), key=f"story {number}", thread_ref=card.message_ref)
    found = await posts.find_sent(
        CHANNEL, key="story 249", oldest=since(), now=since(), thread_ref=card.message_ref
    )
    assert found == MessageRef(CHANNEL, slack.messages(CHANNEL)[-1]["ts"])


async def test_what_was_posted_long_before_is_not_taken_for_the_lost_one(
    slack: Slack, posts: SlackPosts
) -> None:
    await posts.post(CHANNEL, a_message(), key="card")
    later = since() + timedelta(hours=30)
    assert await posts.find_sent(CHANNEL, key="card", oldest=later, now=since()) is None


@pytest.mark.parametrize("ahead", [timedelta(minutes=15), timedelta(days=40)])
async def test_a_message_is_found_however_far_our_clock_is_ahead_of_slacks(
    slack: Slack, posts: SlackPosts, ahead: timedelta
) -> None:
    """By the date of Slack's own answers."""
    sent = await posts.post(CHANNEL, a_message(), key="card")
    now = datetime.now(UTC) + ahead
    assert await posts.find_sent(CHANNEL, key="card", oldest=now, now=now) == sent


async def test_a_message_is_found_though_our_clock_was_set_right_meanwhile(
    slack: Slack, posts: SlackPosts
) -> None:
    sent = await posts.post(CHANNEL, a_message(), key="card")
    made_at, now = datetime.now(UTC) + timedelta(hours=3), datetime.now(UTC)
    assert await posts.find_sent(CHANNEL, key="card", oldest=made_at, now=now) == sent


async def test_a_thread_that_is_gone_holds_nothing(slack: Slack, posts: SlackPosts) -> None:
    assert await posts.find_sent(CHANNEL, key="story", oldest=since(), now=since(), thread_ref="1.0") is None
    with pytest.raises(MessageGone):
        await posts.post(CHANNEL, a_message(), key="story", thread_ref="1.0")


async def test_a_deleted_card_is_told_apart_from_a_refusal(slack: Slack, posts: SlackPosts) -> None:
    card = await posts.post(CHANNEL, a_message(), key="card")
    slack.world.slack.workspace.remove(slack.world.slack.workspace.channels[CHANNEL], card.message_ref)
    with pytest.raises(MessageGone):
        await posts.update(card, a_message())


async def test_a_429_says_how_long_to_wait(slack: Slack, posts: SlackPosts) -> None:
    await slack.fail_next("ratelimited", method="chat.postMessage", retry_after=7)
    with pytest.raises(TryAgain) as limited:
        await posts.post(CHANNEL, a_message(), key="card")
    assert limited.value.after == timedelta(seconds=7)
    assert not limited.value.is_unknown


async def test_a_server_error_leaves_the_end_unknown(slack: Slack, posts: SlackPosts) -> None:
    await slack.fail_next("http_500", method="chat.postMessage")
    with pytest.raises(TryAgain) as trouble:
        await posts.post(CHANNEL, a_message(), key="card")
    assert trouble.value.is_unknown


async def test_a_hanging_call_is_given_up_in_time(slack: Slack) -> None:
    api = slack.api(seconds=0.2)
    await slack.fail_next("hang", method="chat.postMessage", seconds=1)
    with pytest.raises(TryAgain) as trouble:
        await SlackPosts(api).post(CHANNEL, a_message(), key="card")
    assert trouble.value.is_unknown
    await api.close()


async def test_a_slack_that_is_not_there_cannot_have_got_it() -> None:
    api = SlackApi("xoxb-sandbox", "http://127.0.0.1:9/api/")
    with pytest.raises(TryAgain) as trouble:
        await SlackPosts(api).post(CHANNEL, a_message(), key="card")
    assert not trouble.value.is_unknown
    await api.close()


async def test_an_archived_channel_is_refused_with_a_remedy_for_the_whole_lane(
    slack: Slack, posts: SlackPosts
) -> None:
    await slack.do("archive_channel", channel=CHANNEL)
    with pytest.raises(GiveUp) as refused:
        await posts.post(CHANNEL, a_message(), key="card")
    assert refused.value.is_whole_lane
    assert "Unarchive" in refused.value.remedy


async def test_blocks_that_slack_refuses_concern_that_message_alone(slack: Slack, posts: SlackPosts) -> None:
    with pytest.raises(GiveUp) as refused:
        await posts.post(CHANNEL, {"text": "x", "blocks": [{"type": "sectoin"}]}, key="card")
    assert not refused.value.is_whole_lane


async def test_a_revoked_token_keeps_everything_waiting_for_a_new_one(
    slack: Slack, posts: SlackPosts
) -> None:
    await slack.do("revoke_token")
    with pytest.raises(TryAgain) as refused:
        await posts.post(CHANNEL, a_message(), key="card")
    assert refused.value.after is not None
    assert refused.value.remedy is not None


async def test_a_missing_scope_is_named(slack: Slack, posts: SlackPosts) -> None:
    await slack.do("remove_scope", scope="chat:write")
    with pytest.raises(TryAgain, match="chat:write"):
        await posts.post(CHANNEL, a_message(), key="card")
