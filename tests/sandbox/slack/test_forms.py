"""Values of filled-in forms, as Slack sends them."""

from __future__ import annotations

from typing import Any

from sandbox.slack.forms import action_of, control_state, find_control, validation_errors, values_of
from tests.sandbox.harness import a_button, a_field

OPTIONS = [
    {"text": {"type": "plain_text", "text": "Accept"}, "value": "accept"},
    {"text": {"type": "plain_text", "text": "Reject"}, "value": "reject"},
]


def a_choice(**more: Any) -> dict[str, Any]:
    return {"type": "radio_buttons", "action_id": "verdict", "options": OPTIONS, **more}


def an_input(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": "block", "label": {}, "element": element, **more}


def test_values_may_be_given_by_block_by_action_or_by_both() -> None:
    field = {**a_field("amount"), "block_id": "money"}
    for key in ("amount", "money", "money/amount"):
        state = {"money": {"amount": {"type": "plain_text_input", "value": "12"}}}
        assert values_of([field], {key: "12"}) == state


def test_an_untouched_choice_holds_its_preset() -> None:
    assert control_state(a_choice(initial_option=OPTIONS[1]))["selected_option"] == OPTIONS[1]


def test_a_choice_becomes_the_whole_option() -> None:
    assert control_state(a_choice(), "accept") == {"type": "radio_buttons", "selected_option": OPTIONS[0]}


def test_pickers_hold_what_their_kind_calls_it() -> None:
    assert control_state({"type": "users_select"}, "U0BEN")["selected_user"] == "U0BEN"
    assert control_state({"type": "datepicker"}, "2026-03-09")["selected_date"] == "2026-03-09"
    assert control_state({"type": "datetimepicker"}, "1773045000")["selected_date_time"] == 1773045000


def test_an_empty_text_is_null_as_slack_sends_it() -> None:
    assert control_state({"type": "plain_text_input"}, "")["value"] is None


def test_a_pressed_button_carries_its_value() -> None:
    action = action_of({"block_id": "row"}, a_button(), None, action_ts="1.0")
    assert (action["action_id"], action["value"], action["block_id"]) == ("claim", "D-1042", "row")


def test_a_control_is_found_by_the_beginning_of_its_id() -> None:
    row = {"type": "actions", "block_id": "row", "elements": [a_button("claimed:D-1"), a_button("claim:D-1")]}
    found = find_control([row], "claim")
    assert found is not None
    assert found[1]["action_id"] == "claim:D-1"


def test_a_required_field_left_empty_is_named() -> None:
    field = a_field("amount")
    assert validation_errors([field], values_of([field], {})) == {
        "amount": "Please complete this required field."
    }
    free = {**field, "optional": True}
    assert validation_errors([free], values_of([free], {})) == {}


def test_numbers_outside_their_bounds_are_named() -> None:
    number = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "max_value": "10"}
    block = an_input(number)
    for given, said in (("11", "at most 10"), ("1.5", "whole number"), ("x", "whole number")):
        assert said in validation_errors([block], values_of([block], {"n": given}))["block"]
    assert validation_errors([block], values_of([block], {"n": "10"})) == {}
