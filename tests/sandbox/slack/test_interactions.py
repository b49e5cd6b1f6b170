"""Clicks, commands and messages reach the bot as from Slack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from sandbox.clock import Clock
from tests.sandbox.harness import Harness, ReceivedRequest, a_button, run_sandbox


class At:
    """A clock for slack_sdk's verifier that shows the sandbox's time."""

    def __init__(self, clock: Clock) -> None:
        self.now = clock.now


def is_signed(harness: Harness, heard: ReceivedRequest, secret: str = "sandbox-signing-secret") -> bool:
    verifier = SignatureVerifier(secret, clock=At(harness.world.clock))  # type: ignore[arg-type]
    return verifier.is_valid_request(heard.body, heard.headers)


async def pressed(harness: Harness, *elements: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    ts = await harness.post_card(*elements)
    answer = await harness.post_route("press", user="U0ANA", channel="C0BILLING", ts=ts, **wanted)
    assert answer["ok"], answer
    return harness.bot.requests[-1].payload


async def test_slacks_own_verifier_accepts_the_signature(harness: Harness) -> None:
    await pressed(harness, a_button(), action_id="claim")
    assert is_signed(harness, harness.bot.requests[0])
    assert not is_signed(harness, harness.bot.requests[0], "another secret")


async def test_the_signature_is_made_at_the_demos_time(harness: Harness, tmp_path: Path) -> None:
    await harness.post_route("clock", add_hours=4)
    await pressed(harness, a_button(), action_id="claim")
    assert is_signed(harness, harness.bot.requests[0])


async def test_a_click_carries_all_that_a_handler_needs(harness: Harness) -> None:
    payload = await pressed(harness, a_button("claim:D-1042"), action_id="claim")
    action = payload["actions"][0]
    assert (action["action_id"], action["block_id"], action["value"]) == ("claim:D-1042", "row", "D-1042")
    assert payload["type"] == "block_actions"
    assert payload["user"]["id"] == "U0ANA"
    assert payload["channel"] == {"id": "C0BILLING", "name": "billing-disputes"}
    assert payload["container"]["message_ts"] == payload["message"]["ts"]
    assert payload["message"]["blocks"][0]["block_id"] == "row"
    assert payload["api_app_id"] == "A0OMBUD"
    assert payload["trigger_id"]
    assert payload["response_url"].startswith(harness.url)


async def test_a_chosen_person_and_a_chosen_option_arrive(harness: Harness) -> None:
    who = {"type": "users_select", "action_id": "reassign"}
    payload = await pressed(harness, who, action_id="reassign", value="U0BEN")
    assert payload["actions"][0]["selected_user"] == "U0BEN"
    assert payload["state"]["values"]["row"]["reassign"]["selected_user"] == "U0BEN"


async def test_a_card_in_a_channel_one_is_not_in_cannot_be_pressed(harness: Harness) -> None:
    ts = await harness.post_card(a_button())
    answer = await harness.post_route("press", user="U0CLEO", channel="C0BILLING", ts=ts, action_id="claim")
    assert answer["ok"] is False
    assert harness.bot.requests == []


async def test_a_silent_bot_is_told_to_the_person() -> None:
    async with run_sandbox(bot_url="http://127.0.0.1:9") as harness:
        ts = await harness.post_card(a_button())
        answer = await harness.post_route(
            "press", user="U0ANA", channel="C0BILLING", ts=ts, action_id="claim"
        )
        assert answer["problem"] == "Ombud is not running, so nothing happened."


async def test_a_slow_bot_is_given_three_seconds(harness: Harness) -> None:
    harness.bot.seconds = 3.3
    ts = await harness.post_card(a_button())
    answer = await harness.post_route("press", user="U0ANA", channel="C0BILLING", ts=ts, action_id="claim")
    assert "within 3 seconds" in answer["problem"]


async def test_a_command_is_a_form_and_its_answer_a_whisper(harness: Harness) -> None:
    harness.bot.answer = {"response_type": "ephemeral", "text": "nothing is overdue"}
    await harness.post_route(
        "command", user="U0DANA", channel="C0BILLING", command="/disputes", text="overdue"
    )
    form = harness.bot.requests[0].payload
    assert (form["command"], form["text"], form["user_id"]) == ("/disputes", "overdue", "U0DANA")
    whispers = list(harness.world.slack.workspace.channels["C0BILLING"].whispers.values())
    assert [(one["to"], one["text"]) for one in whispers] == [("U0DANA", "nothing is overdue")]


async def test_a_response_url_answers_five_times_and_no_more(harness: Harness) -> None:
    payload = await pressed(harness, a_button(), action_id="claim")
    answers = []
    for number in range(6):
        body = {"text": str(number), "response_type": "ephemeral"}
        async with harness.http.post(payload["response_url"], json=body) as answer:
            answers.append(answer.status)
    assert answers == [200] * 5 + [404]
    assert len(harness.world.slack.workspace.channels["C0BILLING"].whispers) == 5


async def test_a_response_url_can_replace_and_delete_the_card(harness: Harness) -> None:
    payload = await pressed(harness, a_button(), action_id="claim")
    messages = harness.world.slack.workspace.channels["C0BILLING"].messages
    async with harness.http.post(payload["response_url"], json={"replace_original": True, "text": "done"}):
        assert [one["text"] for one in messages.values()] == ["done"]
    async with harness.http.post(payload["response_url"], json={"delete_original": True}):
        assert not messages


async def test_a_failed_event_comes_again_and_says_so(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.slack.interactions.EVENT_RETRIES", (0.01, 0.01, 0.01))
    harness.bot.status = 500
    await harness.post_route("home", user="U0ANA")
    heard = await harness.bot.wait_for(4)
    assert [one.headers.get("X-Slack-Retry-Num") for one in heard] == [None, "1", "2", "3"]
    assert heard[1].headers["X-Slack-Retry-Reason"] == "http_error"
    assert len({one.payload["event_id"] for one in heard}) == 1


async def test_an_address_is_verified_by_the_challenge_that_comes_back(harness: Harness) -> None:
    harness.bot.answer = "something else"
    assert (await harness.post_route("faults", do="verify_url"))["ok"] is False
    heard = harness.bot.requests[0]
    assert heard.payload["type"] == "url_verification"
    assert is_signed(harness, heard)


async def test_a_typed_link_to_a_case_becomes_an_event_and_can_be_unfurled(harness: Harness) -> None:
    url = f"{harness.world.settings.bot_url}/cases/D-1042"
    said = await harness.post_route("say", user="U0ANA", channel="C0BILLING", text=f"see {url}, please")
    event = (await harness.bot.wait_for(1))[0].payload["event"]
    assert event["type"] == "link_shared"
    assert event["message_ts"] == said["ts"]
    unfurls = {event["links"][0]["url"]: {"blocks": [{"type": "divider"}]}}
    await harness.slack.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=unfurls)
    message = harness.world.slack.workspace.channels["C0BILLING"].messages[said["ts"]]
    assert message["attachments"][0]["from_url"].startswith(url)


async def test_typed_text_is_kept_as_slack_keeps_it(harness: Harness) -> None:
    said = await harness.post_route(
        "say", user="U0ANA", channel="C0BILLING", text="a < b & <!channel> @Ombud"
    )
    message = harness.world.slack.workspace.channels["C0BILLING"].messages[said["ts"]]
    assert message["text"] == "a &lt; b &amp; &lt;!channel&gt; <@U0OMBUD>"
    event = (await harness.bot.wait_for(1))[0].payload["event"]
    assert event["type"] == "app_mention"


async def test_a_shortcut_carries_the_message(harness: Harness) -> None:
    said = await harness.post_route("say", user="U0ANA", channel="C0BILLING", text="BW-20430 looks wrong")
    await harness.post_route(
        "shortcut", user="U0BEN", channel="C0BILLING", ts=said["ts"], callback_id="raise_from_message"
    )
    payload = harness.bot.requests[0].payload
    assert (payload["type"], payload["message"]["text"]) == ("message_action", "BW-20430 looks wrong")
    assert (payload["callback_id"], payload["user"]["id"]) == ("raise_from_message", "U0BEN")


async def test_the_clock_file_moves_with_the_demos_clock(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    async with run_sandbox(clock_file=file) as harness:
        before = harness.world.clock.now()
        await harness.post_route("clock", add_hours=4)
        assert float(file.read_text()) == pytest.approx(4 * 3600)
        assert harness.world.clock.now() == pytest.approx(before + 4 * 3600, abs=5)
        answer = await harness.post_route("clock", set="2026-03-09T09:30:00+01:00")
        assert answer["now"] == pytest.approx(1773045000, abs=5)


async def test_open_pages_hear_of_a_new_message(harness: Harness) -> None:
    limit = aiohttp.ClientTimeout(total=5)
    async with harness.http.get(f"{harness.url}/sandbox/stream", timeout=limit) as stream:
        await stream.content.readline()
        await harness.slack.chat_postMessage(channel="C0BILLING", text="news")
        async for line in stream.content:
            if b'"type":"message"' in line:
                break
    assert b'"text":"news"' in line
