"""Schemas of interactive elements: buttons, menus, pickers, fields. Limits: Slack's Block Kit reference."""

from __future__ import annotations

from typing import Any

from sandbox.slack.schema.validators import (
    Check,
    ObjectSchema,
    Problems,
    anything,
    boolean,
    by_type,
    integer,
    list_of,
    matching,
    object_schema,
    one_of,
    string,
    text,
    web_address,
)

ANY_TEXT = ("plain_text", "mrkdwn")
ID = string(255)
DATE = matching(r"\d{4}-\d{2}-\d{2}", "a date like 2026-03-31")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time like 09:30")
NUMBER = matching(r"-?\d+(\.\d+)?", "a number written as a string")

CONFIRM = object_schema(
    "title text confirm deny",
    title=text(100),
    text=text(300, *ANY_TEXT),
    confirm=text(30),
    deny=text(30),
    style=one_of("primary", "danger"),
).check

DISPATCH = object_schema(
    trigger_actions_on=list_of(one_of("on_enter_pressed", "on_character_entered"), 2),
).check

FILTER = object_schema(
    include=list_of(one_of("im", "mpim", "private", "public"), 4),
    exclude_external_shared_channels=boolean,
    exclude_bot_users=boolean,
).check


def option(*kinds: str, linked: bool = False) -> Check:
    fields: dict[str, Check] = {
        "text": text(75, *kinds),
        "value": string(150),
        "description": text(75, *kinds),
    }
    if linked:
        fields["url"] = web_address()
    return ObjectSchema(fields, frozenset({"text", "value"})).check


PLAIN_OPTION = option()
RICH_OPTION = option(*ANY_TEXT)
OPTION_GROUP = object_schema("label options", label=text(75), options=list_of(PLAIN_OPTION, 100)).check


def _control(kind: str, required: str = "", **fields: Check) -> ObjectSchema:
    """The schema of an interactive element, with the fields that all share."""
    common: dict[str, Check] = {"type": one_of(kind), "action_id": ID, "focus_on_load": boolean}
    return ObjectSchema({**common, **fields}, frozenset(f"type {required}".split()))


def _menu(kind: str, /, **fields: Check) -> ObjectSchema:
    return _control(kind, "", placeholder=text(150), confirm=CONFIRM, **fields)


def _choices(kind: str, most: int) -> ObjectSchema:
    first = "initial_options" if kind == "checkboxes" else "initial_option"
    check = list_of(RICH_OPTION, most) if kind == "checkboxes" else RICH_OPTION
    return _control(kind, "options", options=list_of(RICH_OPTION, most), confirm=CONFIRM, **{first: check})


def _field(kind: str, **fields: Check) -> ObjectSchema:
    return _control(kind, "", placeholder=text(150), dispatch_action_config=DISPATCH, **fields)


_MANY: dict[str, Check] = {"max_selected_items": integer(1)}
_STATIC: dict[str, Check] = {
    "options": list_of(PLAIN_OPTION, 100),
    "option_groups": list_of(OPTION_GROUP, 100),
}
_CONVERSATION: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "response_url_enabled": boolean,
    "filter": FILTER,
}

ELEMENTS: dict[str, ObjectSchema] = {
    "button": _control(
        "button",
        "text",
        text=text(75),
        url=web_address(),
        value=string(2000),
        style=one_of("primary", "danger"),
        confirm=CONFIRM,
        accessibility_label=string(75),
    ),
    "overflow": _control("overflow", "options", options=list_of(option(linked=True), 5), confirm=CONFIRM),
    "static_select": _menu("static_select", initial_option=PLAIN_OPTION, **_STATIC),
    "multi_static_select": _menu(
        "multi_static_select", initial_options=list_of(PLAIN_OPTION, 100), **_STATIC, **_MANY
    ),
    "external_select": _menu("external_select", initial_option=PLAIN_OPTION, min_query_length=integer(0)),
    "multi_external_select": _menu(
        "multi_external_select",
        initial_options=list_of(PLAIN_OPTION, 100),
        min_query_length=integer(0),
        **_MANY,
    ),
    "users_select": _menu("users_select", initial_user=string(64)),
    "multi_users_select": _menu("multi_users_select", initial_users=list_of(string(64), 1000), **_MANY),
    "channels_select": _menu("channels_select", initial_channel=string(64), response_url_enabled=boolean),
    "conversations_select": _menu("conversations_select", initial_conversation=string(64), **_CONVERSATION),
    "radio_buttons": _choices("radio_buttons", 10),
    "checkboxes": _choices("checkboxes", 10),
    "datepicker": _menu("datepicker", initial_date=DATE),
    "timepicker": _menu("timepicker", initial_time=TIME, timezone=string(64)),
    "datetimepicker": _control("datetimepicker", initial_date_time=integer(10**9, 10**10), confirm=CONFIRM),
    "plain_text_input": _field(
        "plain_text_input",
        initial_value=string(3000, 0),
        multiline=boolean,
        min_length=integer(0, 3000),
        max_length=integer(1, 3000),
    ),
    "number_input": _field(
        "number_input", is_decimal_allowed=boolean, initial_value=NUMBER, min_value=NUMBER, max_value=NUMBER
    ),
    "email_text_input": _field("email_text_input", initial_value=string(3000, 0)),
    "url_text_input": _field("url_text_input", initial_value=string(3000, 0)),
    "rich_text_input": _field("rich_text_input", initial_value=anything),
    "image": object_schema(
        "type alt_text",
        type=one_of("image"),
        image_url=web_address(),
        alt_text=string(2000),
        slack_file=anything,
    ),
}

MENUS = frozenset(name for name in ELEMENTS if name.endswith("_select"))
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
CHOICES = frozenset({"radio_buttons", "checkboxes"})
FIELDS = frozenset(name for name in ELEMENTS if name.endswith("_input"))
IN_ACTIONS = MENUS | PICKERS | CHOICES | {"button", "overflow"} | FIELDS - {"rich_text_input"}
IN_SECTION = MENUS | PICKERS | CHOICES | {"button", "overflow", "image"}
IN_INPUT = MENUS | PICKERS | CHOICES | FIELDS


def check_consistency(element: Any, path: str, notes: Problems) -> None:
    """Rules across fields: exactly one kind of options, unique values, presets that are among the options."""
    if not isinstance(element, dict):
        return
    if element.get("type") == "number_input" and "is_decimal_allowed" not in element:
        notes.add(path, "missing required field: is_decimal_allowed")
    if element.get("type") not in ("static_select", "multi_static_select", "radio_buttons", "checkboxes"):
        return
    options, groups = element.get("options"), element.get("option_groups")
    if (options is None) == (groups is None):
        notes.add(path, "must have either options or option_groups")
    known = [*(options or []), *(one for group in groups or [] for one in group.get("options", []))]
    values = [one.get("value") for one in known if isinstance(one, dict)]
    if len(set(values)) < len(values):
        notes.add(path, "option values must be unique")
    presets = [element.get("initial_option"), *(element.get("initial_options") or [])]
    if any(preset is not None and preset not in known for preset in presets):
        notes.add(path, "the initial option must be one of the options, exactly")


def element(*allowed: str) -> Check:
    known = by_type(ELEMENTS, allowed)

    def check(value: Any, path: str, notes: Problems) -> None:
        known(value, path, notes)
        check_consistency(value, path, notes)

    return check
