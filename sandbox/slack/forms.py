"""Values of filled-in forms as Slack sends them. Pure.

People and tests give plain values by `action_id`, `block_id` or `block_id/action_id`: a text, an option's
value, a person's id, a date, a list for several. Here they become what Slack sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.slack.schema.blocks import controls_of

Block = dict[str, Any]
Element = dict[str, Any]
Raw = Mapping[str, Any]

ONE_OF_MANY = ("static_select", "external_select", "radio_buttons")
SEVERAL = ("multi_static_select", "multi_external_select", "checkboxes")
PLAIN = {
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
TEXTS = ("plain_text_input", "number_input", "email_text_input", "url_text_input")


def controls(blocks: list[Block]) -> Iterator[tuple[Block, Element]]:
    """Every control with its block."""
    for block in blocks:
        for element in controls_of(block):
            yield block, element


def find_control(
    blocks: list[Block], action_id: str, block_id: str | None = None
) -> tuple[Block, Element] | None:
    """The control with this `action_id`, else the first whose id starts with it and a colon: `claim` finds
    `claim:D-1042`."""
    here = [one for one in controls(blocks) if block_id in (None, "", one[0]["block_id"])]
    named = [(str(one[1].get("action_id")), one) for one in here]
    exact = [one for name, one in named if name == action_id]
    begun = [one for name, one in named if name.startswith(f"{action_id}:")]
    return next(iter(exact + begun), None)


def values_of(blocks: list[Block], raw: Raw) -> dict[str, dict[str, Any]]:
    """`state.values`: what every field holds, filled in or preset. Buttons and overflow menus hold none."""
    values: dict[str, dict[str, Any]] = {}
    for block, element in controls(blocks):
        if element["type"] in ("button", "overflow"):
            continue
        action_id = str(element.get("action_id", ""))
        given = _given_value(raw, block["block_id"], action_id)
        values.setdefault(block["block_id"], {})[action_id] = control_state(element, given)
    return values


def control_state(element: Element, given: Any = None) -> dict[str, Any]:
    """One control's state; `given` None means untouched, so its preset counts."""
    kind = element["type"]
    if kind in TEXTS:
        value = element.get("initial_value") if given is None else str(given)
        return {"type": kind, "value": value or None}
    if kind in ONE_OF_MANY:
        chosen = element.get("initial_option") if given is None else _option(element, given)
        return {"type": kind, "selected_option": chosen}
    if kind in SEVERAL:
        chosen_ones = element.get("initial_options") or []
        if given is not None:
            chosen_ones = [_option(element, one) for one in given]
        return {"type": kind, "selected_options": chosen_ones}
    if kind in PLAIN:
        key, preset = PLAIN[kind]
        value = element.get(preset) if given is None else given or None
        return {"type": kind, key: int(value) if kind == "datetimepicker" and value else value}
    return {"type": kind, "value": given}


def action_of(block: Block, element: Element, given: Any, *, action_ts: str) -> dict[str, Any]:
    """The entry of `actions` in a block_actions payload."""
    kind = element["type"]
    action: dict[str, Any] = {
        "type": kind,
        "action_id": element.get("action_id", ""),
        "block_id": block["block_id"],
        "action_ts": action_ts,
    }
    if kind == "button":
        own = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
        return action | own
    if kind == "overflow":
        return action | {"selected_option": _option(element, given)}
    return action | control_state(element, given)


def validation_errors(blocks: list[Block], values: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Errors that the client reports before it sends a form, by block: missing, too short, out of bounds."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = values[block["block_id"]][str(element.get("action_id", ""))]
        filled = next((one for key, one in state.items() if key != "type"), None)
        if filled in (None, "", []):
            if not block.get("optional"):
                found[block["block_id"]] = "Please complete this required field."
            continue
        complaint = _validation_error(element, filled)
        if complaint:
            found[block["block_id"]] = complaint
    return found


def _validation_error(element: Element, filled: Any) -> str:
    kind = element["type"]
    if kind == "number_input":
        return _number_error(element, str(filled))
    if kind == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not least <= len(filled) <= most:
            return f"Please write between {least} and {most} characters."
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", filled):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.match(r"https?://\S+", filled):
        return "Please enter a valid link."
    return ""


def _number_error(element: Element, filled: str) -> str:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, filled):
        return (
            "Please enter a number." if element.get("is_decimal_allowed") else "Please enter a whole number."
        )
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(filled) < float(least):
        return f"Please enter a number of at least {least}."
    if most is not None and float(filled) > float(most):
        return f"Please enter a number of at most {most}."
    return ""


def _given_value(raw: Raw, block_id: str, action_id: str) -> Any:
    for key in (f"{block_id}/{action_id}", action_id, block_id):
        if key in raw:
            return raw[key]
    return None


def _option(element: Element, value: Any) -> dict[str, Any] | None:
    """The option with this value; for an external menu `value` is the whole option that the bot offered."""
    if isinstance(value, dict):
        return value
    options = [*element.get("options", [])]
    for group in element.get("option_groups", []):
        options += group.get("options", [])
    return next((one for one in options if one.get("value") == value), None)
