"""Tests of Slack's payloads as clicks."""

from __future__ import annotations

from typing import Any

from bot.slack.payloads import click_of_action
from tests.builders import MONDAY_9AM

PRESS: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U0ANA"},
    "trigger_id": "123.456.abc",
    "actions": [{"action_id": "claim", "value": "D-1001", "action_ts": "1700000000.000200"}],
}


def key_of(**changes: Any) -> str | None:
    return click_of_action({**PRESS, **changes}, MONDAY_9AM).key


def test_a_press_that_slack_sends_again_has_the_same_key() -> None:
    assert key_of() is not None
    assert key_of() == key_of()


def test_another_press_of_the_same_button_has_another_key() -> None:
    assert key_of() != key_of(trigger_id="123.457.abd")


def test_without_a_trigger_the_instant_of_the_press_tells_it_from_others() -> None:
    without = key_of(trigger_id=None)
    later = {**PRESS["actions"][0], "action_ts": "1700000009.000200"}
    assert without is not None
    assert without == key_of(trigger_id=None)
    assert without != key_of(trigger_id=None, user={"id": "U0BEN"})
    assert without != key_of(trigger_id=None, actions=[later])
