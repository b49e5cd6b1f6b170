"""The Web API, called with slack_sdk's own client."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.workspace import Channel
from tests.sandbox.harness import Harness, a_button, run_sandbox

CARD = [{"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "*D-1042*"}}]


async def refusal(call: Any) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def test_a_token_says_who_it_is_and_what_it_may(harness: Harness) -> None:
    who = await harness.slack.auth_test()
    assert (who["user_id"], who["team_id"], who["bot_id"]) == ("U0OMBUD", "T0BRIGHT", "B0OMBUD")
    assert "chat:write" in who.headers["x-oauth-scopes"].split(",")


async def test_a_message_can_be_found_again_by_its_metadata(harness: Harness) -> None:
    metadata = {"event_type": "ombud", "event_payload": {"key": "k1"}}
    sent = await harness.slack.chat_postMessage(
        channel="#billing-disputes", text="hi", blocks=CARD, metadata=metadata
    )
    told = await harness.slack.conversations_history(
        channel=sent["channel"], oldest=sent["ts"], inclusive=True, include_all_metadata=True, limit=5
    )
    assert [one["metadata"] for one in told["messages"]] == [metadata]
    without = await harness.slack.conversations_history(channel=sent["channel"])
    assert "metadata" not in without["messages"][0]


async def test_a_thread_is_counted_and_read_oldest_first(harness: Harness) -> None:
    root = (await harness.slack.chat_postMessage(channel="C0BILLING", text="root"))["ts"]
    for text in ("one", "two"):
        await harness.slack.chat_postMessage(channel="C0BILLING", text=text, thread_ts=root)
    told = await harness.slack.conversations_replies(channel="C0BILLING", ts=root)
    assert [one["text"] for one in told["messages"]] == ["root", "one", "two"]
    history = await harness.slack.conversations_history(channel="C0BILLING")
    assert [(one["text"], one["reply_count"]) for one in history["messages"]] == [("root", 2)]


async def test_pages_of_a_long_history_meet_without_a_gap(harness: Harness) -> None:
    for number in range(5):
        await harness.slack.chat_postMessage(channel="C0BILLING", text=str(number))
    seen: list[str] = []
    async for page in await harness.slack.conversations_history(channel="C0BILLING", limit=2):
        seen += [one["text"] for one in page["messages"]]
    assert seen == ["4", "3", "2", "1", "0"]


async def test_an_update_keeps_what_it_does_not_name(harness: Harness) -> None:
    ts = (await harness.slack.chat_postMessage(channel="C0BILLING", text="old", blocks=CARD))["ts"]
    await harness.slack.chat_update(channel="C0BILLING", ts=ts, text="new")
    message = (await harness.slack.conversations_history(channel="C0BILLING"))["messages"][0]
    assert (message["text"], message["blocks"]) == ("new", CARD)
    assert message["edited"]["user"] == "U0OMBUD"


async def test_only_own_messages_can_be_changed(harness: Harness) -> None:
    said = await harness.post_route("say", user="U0ANA", channel="C0BILLING", text="mine")
    answer = await refusal(harness.slack.chat_update(channel="C0BILLING", ts=said["ts"], text="yours"))
    assert answer["error"] == "cant_update_message"


async def test_people_are_found_by_mail_and_by_id(harness: Harness) -> None:
    found = await harness.slack.users_lookupByEmail(email="ana.ruiz@brightwater.example")
    user = (await harness.slack.users_info(user=found["user"]["id"]))["user"]
    assert (user["id"], user["tz"], user["is_bot"]) == ("U0ANA", "Europe/Madrid", False)
    assert len((await harness.slack.users_list())["members"]) == 6


async def test_channels_say_who_is_in_them(harness: Harness) -> None:
    listed = (await harness.slack.conversations_list(types="public_channel"))["channels"]
    assert {one["name"]: one["is_member"] for one in listed}["general"] is False
    members = await harness.slack.conversations_members(channel="C0BILLING")
    assert "U0ANA" in members["members"]


async def test_a_person_can_be_written_to_directly(harness: Harness) -> None:
    opened = await harness.slack.conversations_open(users="U0ANA")
    sent = await harness.slack.chat_postMessage(channel="U0ANA", text="psst")
    assert sent["channel"] == opened["channel"]["id"] == "D0ANA"


async def test_a_whisper_is_seen_by_one_person_only(harness: Harness) -> None:
    await harness.slack.chat_postEphemeral(channel="C0BILLING", user="U0BEN", text="psst")
    url = f"{harness.url}/sandbox/channels/C0BILLING/messages"
    for user, count in (("U0BEN", 1), ("U0ANA", 0)):
        async with harness.http.get(url, params={"user": user}) as answer:
            assert len((await answer.json())["whispers"]) == count


@pytest.mark.parametrize(
    ("error", "method", "args"),
    [
        ("channel_not_found", "chat.postMessage", {"channel": "C0NOWHERE", "text": "x"}),
        ("not_in_channel", "chat.postMessage", {"channel": "C0GENERAL", "text": "x"}),
        ("no_text", "chat.postMessage", {"channel": "C0BILLING", "text": ""}),
        ("msg_too_long", "chat.postMessage", {"channel": "C0BILLING", "text": "x" * 40_001}),
        ("thread_not_found", "chat.postMessage", {"channel": "C0BILLING", "text": "x", "thread_ts": "1.0"}),
        ("invalid_blocks", "chat.postMessage", {"channel": "C0BILLING", "blocks": [{"type": "x"}]}),
        ("message_not_found", "chat.update", {"channel": "C0BILLING", "ts": "1.0", "text": "x"}),
        ("user_not_found", "users.info", {"user": "U0NOBODY"}),
        ("users_not_found", "users.lookupByEmail", {"email": "no@one.example"}),
        (
            "user_not_in_channel",
            "chat.postEphemeral",
            {"channel": "C0BILLING", "user": "U0CLEO", "text": "x"},
        ),
        ("unknown_method", "chat.shout", {}),
        ("missing_scope", "conversations.join", {"channel": "C0GENERAL"}),
    ],
)
async def test_refusals_carry_slacks_names(harness: Harness, error: str, method: str, args: Any) -> None:
    assert (await refusal(harness.slack.api_call(method, json=args)))["error"] == error


async def test_a_form_body_is_read_like_a_json_body(harness: Harness) -> None:
    args = {"channel": "C0BILLING", "text": "x", "blocks": '[{"type":"divider"}]'}
    sent = await harness.slack.api_call("chat.postMessage", data=args)
    assert sent["message"]["blocks"][0]["type"] == "divider"


async def test_refused_blocks_say_where_they_are_wrong(harness: Harness) -> None:
    bad = [{"type": "actions", "elements": [a_button(style="blue")]}]
    answer = await refusal(harness.slack.chat_postMessage(channel="C0BILLING", text="x", blocks=bad))
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]"
    ]


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-wrong", "invalid_auth")])
async def test_a_wrong_token_opens_nothing(harness: Harness, token: str, error: str) -> None:
    stranger = AsyncWebClient(token, base_url=f"{harness.url}/api/", session=harness.http)
    assert (await refusal(stranger.auth_test()))["error"] == error


async def test_a_link_to_a_message_leads_back_to_it(harness: Harness) -> None:
    ts = (await harness.slack.chat_postMessage(channel="C0BILLING", text="here"))["ts"]
    link = (await harness.slack.chat_getPermalink(channel="C0BILLING", message_ts=ts))["permalink"]
    assert link == f"{harness.url}/archives/C0BILLING/p{ts.replace('.', '')}"
    async with harness.http.get(link) as page:
        assert page.status == 200


def test_every_timestamp_is_new_and_later_even_when_the_clock_stands_or_goes_back() -> None:
    channel = Channel("C0BILLING", "billing-disputes")
    stamps = [channel.next_ts(now) for now in (1773045000.0, 1773045000.0, 1773044000.0, 1773045001.0)]
    assert stamps == sorted(set(stamps))
    assert all(len(stamp) == 17 for stamp in stamps)


async def test_what_was_said_survives_a_restart(tmp_path: Any) -> None:
    file = tmp_path / "state.json"
    async with run_sandbox(state_file=file) as harness:
        await harness.slack.chat_postMessage(channel="C0BILLING", text="kept")
    async with run_sandbox(state_file=file) as harness:
        told = await harness.slack.conversations_history(channel="C0BILLING")
        assert [one["text"] for one in told["messages"]] == ["kept"]
