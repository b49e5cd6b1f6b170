"""Validation of blocks: refused where Slack refuses them, and only there."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from sandbox.slack.schema.blocks import lacks_fallback, problems_of_message, problems_of_view
from tests.sandbox.harness import a_button, a_field, a_modal

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "hello", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def an_option(value: str, text: str = "One") -> Json:
    return {"text": plain(text), "value": value}


def a_select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": [an_option("a"), an_option("b")], **more}


GOOD = [
    section(),
    section(fields=[{"type": "mrkdwn", "text": "x" * 2000}] * 10),
    section("x" * 3000, accessory=a_button()),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}] * 10},
    actions(*[a_button(f"b{number}") for number in range(25)]),
    actions(a_button(style="danger", value="x" * 2000), a_select(initial_option=an_option("b"))),
    actions({"type": "overflow", "action_id": "more", "options": [an_option(str(one)) for one in range(5)]}),
    actions({"type": "users_select", "action_id": "who", "initial_user": "U0ANA"}),
    actions({"type": "datepicker", "action_id": "day", "initial_date": "2026-03-09"}),
    a_field("amount", max_length=20),
    {**a_field("n"), "element": {"type": "number_input", "action_id": "n", "is_decimal_allowed": True}},
    {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": "a"}]}],
    },
]

BAD_FOR_BOTH = [
    ("a header of 151 characters", {"type": "header", "text": plain("x" * 151)}),
    ("a section of 3,001 characters", section("x" * 3001)),
    ("eleven fields", section(fields=[{"type": "mrkdwn", "text": "a"}] * 11)),
    ("a section without text", {"type": "section"}),
    ("26 elements in a row", actions(*[a_button(f"b{number}") for number in range(26)])),
    ("a style that is none", actions(a_button(style="blue"))),
    ("a button's text of 76 characters", actions(a_button(text=plain("x" * 76)))),
    ("a value of 2,001 characters", actions(a_button(value="x" * 2001))),
    ("an action_id of 256 characters", actions(a_button("x" * 256))),
    ("eleven elements of context", {"type": "context", "elements": [{"type": "mrkdwn", "text": "a"}] * 11}),
    ("a select with 101 options", actions(a_select(options=[an_option(str(one)) for one in range(101)]))),
]

BAD_HERE_ONLY = [
    ("an unknown key", section(colour="red")),
    ("an unknown block", {"type": "carousel"}),
    ("mrkdwn on a button", actions(a_button(text={"type": "mrkdwn", "text": "*Claim*"}))),
    ("empty text", section("")),
    ("the same action_id twice in a block", actions(a_button("claim"), a_button("claim"))),
    ("a row without elements", actions()),
    ("an initial option that is none of the options", actions(a_select(initial_option=an_option("z")))),
    ("options with the same value", actions(a_select(options=[an_option("a"), an_option("a")]))),
    ("a date that is none", actions({"type": "datepicker", "action_id": "day", "initial_date": "tomorrow"})),
    ("a link without http", actions(a_button(url="javascript:alert(1)"))),
    ("a number field that says nothing of decimals", {**a_field("n"), "element": {"type": "number_input"}}),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_a_block_within_slacks_limits_is_taken(block: Json) -> None:
    assert problems_of_message({"text": "x", "blocks": [block]}) == []


@pytest.mark.parametrize(("what", "block"), BAD_FOR_BOTH)
def test_what_slacks_own_models_refuse_is_refused(what: str, block: Json) -> None:
    assert problems_of_message({"text": "x", "blocks": [block]}), what
    with pytest.raises(SlackObjectFormationError):
        [one.to_dict() for one in Block.parse_all([block])]


@pytest.mark.parametrize(("what", "block"), BAD_HERE_ONLY)
def test_what_slacks_models_let_pass_is_refused_too(what: str, block: Json) -> None:
    assert problems_of_message({"text": "x", "blocks": [block]}), what


def test_a_message_takes_50_blocks_and_not_51() -> None:
    assert problems_of_message({"text": "x", "blocks": [section()] * 50}) == []
    assert "no more than 50 items" in problems_of_message({"text": "x", "blocks": [section()] * 51})[0]


def test_a_view_takes_100_blocks_and_not_101() -> None:
    assert problems_of_view({"type": "home", "blocks": [section()] * 100}) == []
    assert "no more than 100 items" in problems_of_view({"type": "home", "blocks": [section()] * 101})[0]


def test_a_block_id_stands_once_in_a_message() -> None:
    twice = [section(block_id="same"), section(block_id="same")]
    assert "already exists" in problems_of_message({"text": "x", "blocks": twice})[0]


def test_the_same_action_may_stand_in_two_blocks() -> None:
    assert problems_of_message({"text": "x", "blocks": [actions(a_button()), actions(a_button())]}) == []


def test_a_problem_points_at_its_place() -> None:
    problems = problems_of_message(
        {"text": "x", "blocks": [section(), {"type": "header", "text": plain("x" * 151)}]}
    )
    assert problems == ["must be less than 151 characters [json-pointer:/blocks/1/text/text]"]


def test_a_message_needs_something_to_say() -> None:
    assert problems_of_message({"text": "", "blocks": []})


def test_blocks_without_a_fallback_are_noticed() -> None:
    assert lacks_fallback({"blocks": [section()]})
    assert not lacks_fallback({"text": "x", "blocks": [section()]})


@pytest.mark.parametrize(
    ("what", "view"),
    [
        ("a title of 25 characters", a_modal(title=plain("x" * 25))),
        ("a submit of 25 characters", a_modal(submit=plain("x" * 25))),
        ("no title", {"type": "modal", "blocks": [section()]}),
        ("inputs and no submit", a_modal(submit=None)),
        ("3,001 characters kept", a_modal(private_metadata="x" * 3001)),
        ("an unknown key", a_modal(size="large")),
        ("two fields of one name", a_modal(blocks=[a_field("amount"), a_field("amount")])),
        (
            "two fields that want the cursor",
            a_modal(blocks=[a_field(one, focus_on_load=True) for one in "ab"]),
        ),
        ("a view of no kind", {"type": "popup", "blocks": []}),
    ],
)
def test_a_bad_view_is_refused(what: str, view: Json) -> None:
    assert problems_of_view(view), what


def test_a_good_modal_is_taken() -> None:
    assert problems_of_view(a_modal(private_metadata="x" * 3000, title=plain("x" * 24))) == []
