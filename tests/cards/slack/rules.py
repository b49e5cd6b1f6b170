"""Slack's rules for a payload, by slack_sdk's models, by the sandbox, and by checks that neither makes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from cards.actions import Action
from cards.slack import home, message, modal
from cards.views import Card, FormView, HomeView
from sandbox.slack.schema.blocks import controls_of, problems_of_message, problems_of_view

Json = dict[str, Any]


def good_message(card: Card) -> Json:
    """The card's message, once it is sure that Slack takes it and that it can be sent."""
    payload = message(card)
    assert problems_of_message(payload) == []
    assert len(payload["blocks"]) <= 50
    assert payload["text"].strip()
    _check_with_the_sdk(payload["blocks"])
    _check_across(payload["blocks"])
    _check_actions(payload["blocks"])
    orjson.dumps(payload)
    return payload


def good_modal(form: FormView) -> Json:
    view = modal(form)
    assert problems_of_view(view) == []
    assert view["submit"]["text"].strip()
    View(**view).to_dict()
    _check_across(view["blocks"])
    json.loads(view["private_metadata"])
    orjson.dumps(view)
    return view


def good_home(shown: HomeView) -> Json:
    view = home(shown)
    assert problems_of_view(view) == []
    View(**view).to_dict()
    _check_with_the_sdk(view["blocks"])
    _check_across(view["blocks"])
    _check_actions(view["blocks"])
    orjson.dumps(view)
    return view


def controls(blocks: list[Json]) -> list[Json]:
    return [control for block in blocks for control in controls_of(block)]


def texts_of(value: Any) -> Iterator[Json]:
    """Every text object anywhere in a payload."""
    if isinstance(value, dict):
        if value.get("type") in ("plain_text", "mrkdwn", "text") and isinstance(value.get("text"), str):
            yield value
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)


def _check_with_the_sdk(blocks: list[Json]) -> None:
    parsed = Block.parse_all(blocks)
    assert len(parsed) == len(blocks)
    for block in parsed:
        block.to_dict()


def _check_across(blocks: list[Json]) -> None:
    """What the models don't see: ids that repeat, text that is empty, markup that isn't held verbatim."""
    action_ids = Counter(control.get("action_id") for control in controls(blocks))
    assert not [one for one, times in action_ids.items() if times > 1]
    block_ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    assert not [one for one, times in block_ids.items() if times > 1]
    for text in texts_of(blocks):
        assert text["text"].strip(), text
        if text["type"] == "mrkdwn":
            assert text["verbatim"] is True
        if text["type"] == "plain_text":
            assert text["emoji"] is False


def _check_actions(blocks: list[Json]) -> None:
    """What the bot reads of a control: before the colon stands an action, in the value what it is about."""
    for control in controls(blocks):
        Action(control["action_id"].partition(":")[0])
        for option in control.get("options", []):
            action, _, case_id = option["value"].partition(":")
            Action(action)
            assert case_id
