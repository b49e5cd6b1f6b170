"""Forms as modals in Slack, and the values that come back from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from cards import words
from cards.sanitize import clean_line, clean_text
from cards.slack.blocks import Block, divider, quotes, sections, text
from cards.views import (
    Choice,
    ChoiceInput,
    FormView,
    Input,
    MomentInput,
    PersonInput,
    Preview,
    Strong,
    TextInput,
)

TITLE, METADATA, LONGEST_INPUT = 24, 3000, 3000
_MOST_PREVIEWED = 8
RADIO_OPTIONS, SELECT_OPTIONS, OPTION_VALUE = 10, 100, 150


def modal(form: FormView) -> dict[str, Any]:
    """The view for `views.open` and `views.update`. A field is its input's `block_id` and, unless
    choosing redraws the form, its `action_id`; so Slack keeps what was typed when the form changes."""
    inputs = [block for one in form.inputs if (block := _input(one)) is not None]
    return {
        "type": "modal",
        "callback_id": form.submits.value,
        "private_metadata": _metadata(form.hidden),
        "title": text(form.title, TITLE),
        "submit": text(form.submit, TITLE),
        "close": text("Cancel", TITLE),
        "blocks": [*sections(form.intro, 10), *_preview(form.preview), *inputs[:80]],
    }


def _preview(mail: Preview | None) -> list[Block]:
    """The mail that will be sent: recipient, subject, and its whole text."""
    if mail is None:
        return []
    head = ((Strong("To"), f" {mail.to}"), (Strong("Subject"), f" {mail.subject}"))
    return [*sections(head, 1), *quotes(mail.text)[:_MOST_PREVIEWED], divider()]


def values_of(state: Mapping[str, Any]) -> dict[str, str]:
    """The form's values by field; `state` is the payload's `view.state` (or its `values`).

    A person is their Slack id, a moment whole seconds since the epoch, a choice its value. An
    input left empty is left out.
    """
    fields: Mapping[str, Mapping[str, Mapping[str, Any]]] = state.get("values", state) or {}
    found = {field: _value(one) for field, controls in fields.items() for one in controls.values()}
    return {field: value for field, value in found.items() if value is not None}


def _value(control: Mapping[str, Any]) -> str | None:
    option = control.get("selected_option")
    if option is not None:
        return str(option["value"])
    for key in ("value", "selected_user", "selected_date_time"):
        if control.get(key) is not None:
            return str(control[key])
    return None


def _input(one: Input) -> Block | None:
    """One field; None for a choice without options, which Slack refuses."""
    match one:
        case TextInput():
            return _labelled(one, _text_input(one), is_optional=one.is_optional)
        case ChoiceInput():
            element = _choice_input(one)
            if element is None:
                return None
            block = _labelled(one, element, is_optional=one.is_optional)
            if one.on_choose is not None:
                block["dispatch_action"] = True
            return block
        case PersonInput():
            return _labelled(one, _person_input(one))
        case MomentInput():
            return _labelled(one, _moment_input(one))
        case _:
            assert_never(one)


def _labelled(one: Input, element: Block, *, is_optional: bool = False) -> Block:
    block: Block = {
        "type": "input",
        "block_id": one.id.value,
        "label": text(one.label, 150),
        "element": element,
        "optional": is_optional,
    }
    if one.hint:
        block["hint"] = text(one.hint, 300)
    return block


def _text_input(one: TextInput) -> Block:
    longest = max(1, min(one.longest, LONGEST_INPUT))
    element: Block = {
        "type": "plain_text_input",
        "action_id": one.id.value,
        "multiline": one.is_long,
        "max_length": longest,
    }
    initial = clean_text(one.initial or "") if one.is_long else clean_line(one.initial or "")
    if initial:
        element["initial_value"] = words.cut(initial, longest)
    if one.placeholder:
        element["placeholder"] = text(one.placeholder, 150)
    return element


def _choice_input(one: ChoiceInput) -> Block | None:
    choices = {choice.value: choice for choice in one.choices if 0 < len(choice.value) <= OPTION_VALUE}
    options = _options(list(choices.values()), RADIO_OPTIONS if one.as_radio else SELECT_OPTIONS)
    if not options:
        return None
    action = one.on_choose.value if one.on_choose is not None else one.id.value
    is_radio = one.as_radio and len(choices) <= RADIO_OPTIONS
    kind = "radio_buttons" if is_radio else "static_select"
    if one.as_radio and not is_radio:
        options = _options(list(choices.values()), SELECT_OPTIONS)
    element: Block = {"type": kind, "action_id": action, "options": options}
    chosen = [option for option in options if option["value"] == one.initial]
    if chosen:
        element["initial_option"] = chosen[0]
    return element


def _options(choices: Sequence[Choice], most: int) -> list[Block]:
    return [_option(choice) for choice in choices[:most]]


def _option(choice: Choice) -> Block:
    option: Block = {"text": text(choice.label, 75), "value": choice.value}
    if choice.description:
        option["description"] = text(choice.description, 75)
    return option


def _person_input(one: PersonInput) -> Block:
    element: Block = {"type": "users_select", "action_id": one.id.value}
    if one.initial is not None and one.initial.slack_ref:
        element["initial_user"] = one.initial.slack_ref
    return element


def _moment_input(one: MomentInput) -> Block:
    element: Block = {"type": "datetimepicker", "action_id": one.id.value}
    if one.initial is not None:
        element["initial_date_time"] = min(max(int(one.initial.timestamp()), 10**9), 10**10 - 1)
    return element


def _metadata(hidden: tuple[tuple[str, str], ...]) -> str:
    """The hidden values as JSON. If they exceed Slack's limit, the last ones are left out."""
    values = dict(hidden)
    while len(packed := json.dumps(values, separators=(",", ":"))) > METADATA:
        values.popitem()
    return packed
