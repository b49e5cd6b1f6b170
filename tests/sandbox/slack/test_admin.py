"""Injected faults and admin changes: they apply when ordered, and only then."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.harness import Harness, run_sandbox


async def said(harness: Harness, channel: str = "C0BILLING") -> list[str]:
    return [one["text"] for one in harness.world.slack.workspace.channels[channel].messages.values()]


async def error_of(harness: Harness, channel: str = "C0BILLING") -> str | None:
    try:
        await harness.slack.chat_postMessage(channel=channel, text="x")
    except SlackApiError as error:
        return str(error.response["error"])
    return None


async def test_a_rate_limit_is_answered_429_as_often_as_ordered(harness: Harness) -> None:
    await harness.post_route("faults", method="chat.postMessage", error="ratelimited", retry_after=7, times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await harness.slack.chat_postMessage(channel="C0BILLING", text="x")
        assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    assert await error_of(harness) is None


async def test_a_fault_strikes_only_its_method_and_channel(harness: Harness) -> None:
    await harness.post_route("faults", method="chat.postMessage", channel="C0DELIVERY", error="fatal_error")
    assert await error_of(harness) is None
    assert await error_of(harness, "C0DELIVERY") == "fatal_error"


async def test_a_lost_answer_comes_after_the_work(harness: Harness) -> None:
    await harness.post_route("faults", method="chat.postMessage", error="lose_answer")
    with pytest.raises(aiohttp.ClientError):
        await harness.slack.chat_postMessage(channel="C0BILLING", text="said once")
    assert await said(harness) == ["said once"]


async def test_a_broken_slack_answers_500_and_does_nothing(harness: Harness) -> None:
    await harness.post_route("faults", method="chat.postMessage", error="http_500")
    with pytest.raises(SlackApiError) as caught:
        await harness.slack.chat_postMessage(channel="C0BILLING", text="x")
    assert caught.value.response.status_code == 500
    assert await said(harness) == []


async def test_a_hanging_slack_never_answers(harness: Harness) -> None:
    await harness.post_route("faults", method="chat.postMessage", error="hang", seconds=0.2)
    with pytest.raises(aiohttp.ClientError):
        await harness.slack.chat_postMessage(channel="C0BILLING", text="x")
    assert await said(harness) == []


@pytest.mark.parametrize(
    ("wanted", "undo", "error"),
    [
        ({"do": "archive_channel", "channel": "C0BILLING"}, "unarchive_channel", "is_archived"),
        ({"do": "remove_member", "channel": "C0BILLING"}, "add_member", "not_in_channel"),
        ({"do": "revoke_token"}, "restore_token", "token_revoked"),
        ({"do": "remove_scope", "scope": "chat:write"}, "add_scope", "missing_scope"),
    ],
)
async def test_what_was_taken_away_is_missed_until_it_is_back(
    harness: Harness, wanted: dict[str, str], undo: str, error: str
) -> None:
    await harness.post_route("faults", **wanted)
    assert await error_of(harness) == error
    await harness.post_route("faults", **{**wanted, "do": undo})
    assert await error_of(harness) is None


async def test_a_deactivated_person_is_shown_as_such_and_the_bot_hears_of_it(harness: Harness) -> None:
    await harness.post_route("faults", do="deactivate_user", user="U0BEN")
    assert (await harness.slack.users_info(user="U0BEN"))["user"]["deleted"] is True
    assert await error_of(harness, "U0BEN") == "user_disabled"
    heard = await harness.bot.wait_for(1)
    assert heard[0].payload["event"]["type"] == "user_change"
    assert heard[0].payload["event"]["user"]["deleted"] is True


async def test_strict_rates_let_a_short_burst_pass_and_no_flood() -> None:
    async with run_sandbox(has_strict_rates=True) as harness:
        errors = [await error_of(harness) for _ in range(6)]
        assert errors[:3] == [None, None, None]
        assert errors[-1] == "ratelimited"
        assert await error_of(harness, "C0DELIVERY") is None


async def test_the_log_keeps_every_call_with_what_became_of_it(harness: Harness) -> None:
    await error_of(harness)
    await error_of(harness, "C0NOWHERE")
    async with harness.http.get(f"{harness.url}/sandbox/calls?method=chat.postMessage") as answer:
        calls = (await answer.json())["calls"]
    assert [(one["ok"], one["error"]) for one in calls] == [(True, None), (False, "channel_not_found")]
    assert calls[0]["ts"]
    assert "token" not in calls[0]["args"]
