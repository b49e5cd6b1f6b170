"""Do forms open, change, refuse and close as at Slack?"""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.harness import Harness, a_button, a_field, a_modal


async def a_trigger(stage: Harness) -> str:
    ts = await stage.post_card(a_button())
    await stage.post_route("press", user="U0ANA", channel="C0BILLING", ts=ts, action_id="claim")
    return str(stage.bot.requests[-1].payload["trigger_id"])


async def opened(stage: Harness, **more: Any) -> dict[str, Any]:
    answer = await stage.slack.views_open(trigger_id=await a_trigger(stage), view=a_modal(**more))
    return dict(answer["view"])


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def stack(stage: Harness) -> list[dict[str, Any]]:
    return stage.world.slack.views.stacks.get("U0ANA", [])


async def test_a_trigger_works_once(stage: Harness) -> None:
    trigger = await a_trigger(stage)
    await stage.slack.views_open(trigger_id=trigger, view=a_modal())
    assert (
        await error_of(stage.slack.views_open(trigger_id=trigger, view=a_modal())) == "exchanged_trigger_id"
    )
    assert await error_of(stage.slack.views_open(trigger_id="1.2.3", view=a_modal())) == "invalid_trigger_id"


async def test_a_trigger_is_too_old_after_three_seconds(stage: Harness) -> None:
    trigger = await a_trigger(stage)
    stage.world.slack.views.triggers[trigger].made_at -= 3.1
    assert await error_of(stage.slack.views_open(trigger_id=trigger, view=a_modal())) == "expired_trigger_id"


async def test_an_update_with_an_old_hash_is_refused(stage: Harness) -> None:
    view = await opened(stage)
    await stage.slack.views_update(view_id=view["id"], hash=view["hash"], view=a_modal())
    late = stage.slack.views_update(view_id=view["id"], hash=view["hash"], view=a_modal())
    assert await error_of(late) == "hash_conflict"


async def test_a_sent_form_carries_its_state_and_closes(stage: Harness) -> None:
    await opened(stage, private_metadata="D-1042")
    answer = await stage.post_route("submit", user="U0ANA", values={"amount": "12.50"})
    payload = stage.bot.requests[-1].payload
    assert answer == {"ok": True}
    assert payload["type"] == "view_submission"
    assert payload["view"]["callback_id"] == "decide"
    assert payload["view"]["private_metadata"] == "D-1042"
    assert payload["view"]["state"]["values"]["amount"]["amount"]["value"] == "12.50"
    assert stack(stage) == []


async def test_a_refused_form_stays_with_its_errors(stage: Harness) -> None:
    await opened(stage)
    stage.bot.answer = {"response_action": "errors", "errors": {"amount": "That is too much."}}
    answer = await stage.post_route("submit", user="U0ANA", values={"amount": "99"})
    assert answer == {"ok": False, "errors": {"amount": "That is too much."}}
    assert len(stack(stage)) == 1


async def test_an_empty_required_field_never_reaches_the_bot(stage: Harness) -> None:
    await opened(stage)
    heard = len(stage.bot.requests)
    answer = await stage.post_route("submit", user="U0ANA", values={})
    assert "amount" in answer["errors"]
    assert len(stage.bot.requests) == heard


async def test_an_answer_may_change_push_or_clear_forms(stage: Harness) -> None:
    await opened(stage)
    stage.bot.answer = {"response_action": "update", "view": a_modal(callback_id="second")}
    await stage.post_route("submit", user="U0ANA", values={"amount": "1"})
    assert [one["callback_id"] for one in stack(stage)] == ["second"]
    stage.bot.answer = {"response_action": "push", "view": a_modal(callback_id="third")}
    await stage.post_route("submit", user="U0ANA", values={"amount": "1"})
    assert [one["callback_id"] for one in stack(stage)] == ["second", "third"]
    stage.bot.answer = {"response_action": "clear"}
    await stage.post_route("submit", user="U0ANA", values={"amount": "1"})
    assert stack(stage) == []


async def test_an_answer_with_a_bad_form_is_said_to_the_person(stage: Harness) -> None:
    await opened(stage)
    stage.bot.answer = {"response_action": "update", "view": a_modal(submit=None)}
    answer = await stage.post_route("submit", user="U0ANA", values={"amount": "1"})
    assert "must have a submit button" in answer["problem"]


async def test_a_control_in_a_form_speaks_with_what_else_is_filled_in(stage: Harness) -> None:
    choice = {**a_field("verdict"), "dispatch_action": True}
    view = await opened(stage, blocks=[choice, a_field("note")])
    wanted = {"view_id": view["id"], "action_id": "verdict", "value": "part", "values": {"note": "hm"}}
    await stage.post_route("press", user="U0ANA", **wanted)
    payload = stage.bot.requests[-1].payload
    values = payload["view"]["state"]["values"]
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert (values["verdict"]["verdict"]["value"], values["note"]["note"]["value"]) == ("part", "hm")


async def test_a_pushed_form_goes_on_top_and_three_is_the_limit(stage: Harness) -> None:
    await opened(stage)
    for level in (2, 3):
        view = stack(stage)[-1]
        await stage.post_route("press", user="U0ANA", view_id=view["id"], action_id="amount", value="1")
        trigger = stage.bot.requests[-1].payload["trigger_id"]
        await stage.slack.views_push(trigger_id=trigger, view=a_modal())
        assert len(stack(stage)) == level
    await stage.post_route(
        "press", user="U0ANA", view_id=stack(stage)[-1]["id"], action_id="amount", value="1"
    )
    trigger = stage.bot.requests[-1].payload["trigger_id"]
    pushed = stage.slack.views_push(trigger_id=trigger, view=a_modal())
    assert await error_of(pushed) == "push_limit_reached"


async def test_a_closed_form_is_told_when_it_asked_for_that(stage: Harness) -> None:
    await opened(stage, notify_on_close=True)
    await stage.post_route("close", user="U0ANA")
    assert stage.bot.requests[-1].payload["type"] == "view_closed"
    assert stack(stage) == []


async def test_opening_the_home_is_an_event_and_the_home_is_kept(stage: Harness) -> None:
    await stage.post_route("home", user="U0ANA")
    event = (await stage.bot.wait_for(1))[0].payload["event"]
    assert (event["type"], event["user"], event["tab"]) == ("app_home_opened", "U0ANA", "home")
    await stage.slack.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [{"type": "divider"}]})
    assert stage.world.slack.views.homes["U0ANA"]["blocks"][0]["type"] == "divider"
