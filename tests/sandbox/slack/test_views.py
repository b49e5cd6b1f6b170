"""Views open, change, refuse and close as in Slack."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.harness import Harness, a_button, a_field, a_modal


async def a_trigger(harness: Harness) -> str:
    ts = await harness.post_card(a_button())
    await harness.post_route("press", user="U0ANA", channel="C0BILLING", ts=ts, action_id="claim")
    return str(harness.bot.requests[-1].payload["trigger_id"])


async def opened(harness: Harness, **more: Any) -> dict[str, Any]:
    answer = await harness.slack.views_open(trigger_id=await a_trigger(harness), view=a_modal(**more))
    return dict(answer["view"])


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def stack(harness: Harness) -> list[dict[str, Any]]:
    return harness.world.slack.views.stacks.get("U0ANA", [])


async def test_a_trigger_works_once(harness: Harness) -> None:
    trigger = await a_trigger(harness)
    await harness.slack.views_open(trigger_id=trigger, view=a_modal())
    assert (
        await error_of(harness.slack.views_open(trigger_id=trigger, view=a_modal())) == "exchanged_trigger_id"
    )
    assert (
        await error_of(harness.slack.views_open(trigger_id="1.2.3", view=a_modal())) == "invalid_trigger_id"
    )


async def test_a_trigger_is_too_old_after_three_seconds(harness: Harness) -> None:
    trigger = await a_trigger(harness)
    harness.world.slack.views.triggers[trigger].made_at -= 3.1
    assert (
        await error_of(harness.slack.views_open(trigger_id=trigger, view=a_modal())) == "expired_trigger_id"
    )


async def test_an_update_with_an_old_hash_is_refused(harness: Harness) -> None:
    view = await opened(harness)
    await harness.slack.views_update(view_id=view["id"], hash=view["hash"], view=a_modal())
    late = harness.slack.views_update(view_id=view["id"], hash=view["hash"], view=a_modal())
    assert await error_of(late) == "hash_conflict"


async def test_a_sent_form_carries_its_state_and_closes(harness: Harness) -> None:
    await opened(harness, private_metadata="D-1042")
    answer = await harness.post_route("submit", user="U0ANA", values={"amount": "12.50"})
    payload = harness.bot.requests[-1].payload
    assert answer == {"ok": True}
    assert payload["type"] == "view_submission"
    assert payload["view"]["callback_id"] == "decide"
    assert payload["view"]["private_metadata"] == "D-1042"
    assert payload["view"]["state"]["values"]["amount"]["amount"]["value"] == "12.50"
    assert stack(harness) == []


async def test_a_refused_form_stays_with_its_errors(harness: Harness) -> None:
    await opened(harness)
    harness.bot.answer = {"response_action": "errors", "errors": {"amount": "That is too much."}}
    answer = await harness.post_route("submit", user="U0ANA", values={"amount": "99"})
    assert answer == {"ok": False, "errors": {"amount": "That is too much."}}
    assert len(stack(harness)) == 1


async def test_an_empty_required_field_never_reaches_the_bot(harness: Harness) -> None:
    await opened(harness)
    heard = len(harness.bot.requests)
    answer = await harness.post_route("submit", user="U0ANA", values={})
    assert "amount" in answer["errors"]
    assert len(harness.bot.requests) == heard


async def test_an_answer_may_change_push_or_clear_forms(harness: Harness) -> None:
    await opened(harness)
    harness.bot.answer = {"response_action": "update", "view": a_modal(callback_id="second")}
    await harness.post_route("submit", user="U0ANA", values={"amount": "1"})
    assert [one["callback_id"] for one in stack(harness)] == ["second"]
    harness.bot.answer = {"response_action": "push", "view": a_modal(callback_id="third")}
    await harness.post_route("submit", user="U0ANA", values={"amount": "1"})
    assert [one["callback_id"] for one in stack(harness)] == ["second", "third"]
    harness.bot.answer = {"response_action": "clear"}
    await harness.post_route("submit", user="U0ANA", values={"amount": "1"})
    assert stack(harness) == []


async def test_an_answer_with_a_bad_form_is_said_to_the_person(harness: Harness) -> None:
    await opened(harness)
    harness.bot.answer = {"response_action": "update", "view": a_modal(submit=None)}
    answer = await harness.post_route("submit", user="U0ANA", values={"amount": "1"})
    assert "must have a submit button" in answer["problem"]


async def test_a_control_in_a_form_speaks_with_what_else_is_filled_in(harness: Harness) -> None:
    choice = {**a_field("verdict"), "dispatch_action": True}
    view = await opened(harness, blocks=[choice, a_field("note")])
    wanted = {"view_id": view["id"], "action_id": "verdict", "value": "part", "values": {"note": "hm"}}
    await harness.post_route("press", user="U0ANA", **wanted)
    payload = harness.bot.requests[-1].payload
    values = payload["view"]["state"]["values"]
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert (values["verdict"]["verdict"]["value"], values["note"]["note"]["value"]) == ("part", "hm")


async def test_a_pushed_form_goes_on_top_and_three_is_the_limit(harness: Harness) -> None:
    await opened(harness)
    for level in (2, 3):
        view = stack(harness)[-1]
        await harness.post_route("press", user="U0ANA", view_id=view["id"], action_id="amount", value="1")
        trigger = harness.bot.requests[-1].payload["trigger_id"]
        await harness.slack.views_push(trigger_id=trigger, view=a_modal())
        assert len(stack(harness)) == level
    await harness.post_route(
        "press", user="U0ANA", view_id=stack(harness)[-1]["id"], action_id="amount", value="1"
    )
    trigger = harness.bot.requests[-1].payload["trigger_id"]
    pushed = harness.slack.views_push(trigger_id=trigger, view=a_modal())
    assert await error_of(pushed) == "push_limit_reached"


async def test_a_closed_form_is_told_when_it_asked_for_that(harness: Harness) -> None:
    await opened(harness, notify_on_close=True)
    await harness.post_route("close", user="U0ANA")
    assert harness.bot.requests[-1].payload["type"] == "view_closed"
    assert stack(harness) == []


async def test_opening_the_home_is_an_event_and_the_home_is_kept(harness: Harness) -> None:
    await harness.post_route("home", user="U0ANA")
    event = (await harness.bot.wait_for(1))[0].payload["event"]
    assert (event["type"], event["user"], event["tab"]) == ("app_home_opened", "U0ANA", "home")
    await harness.slack.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [{"type": "divider"}]})
    assert harness.world.slack.views.homes["U0ANA"]["blocks"][0]["type"] == "divider"
