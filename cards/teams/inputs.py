"""Inputs of a dialog in Teams, each with its hint and its refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from cards import words
from cards.sanitize import clean_line, clean_text
from cards.teams.elements import columns, small, text
from cards.teams.layout import Element, Layout
from cards.teams.text import escape
from cards.views import Choice, ChoiceInput, Input, MomentInput, PersonInput, TextInput

LONGEST_INPUT, OPTION_VALUE = 3000, 150
MOST_RADIOS, MOST_CHOICES, MOST_UNFILTERED = 10, 200, 12
_MORE_FOLLOWS = "Some answers need another field: then this form comes back once with it."
"""Shown before the form is submitted for the first time; later the person has seen that it comes back."""


@dataclass(frozen=True, slots=True)
class FormState:
    """State of a form when it is drawn: values, refusals by field, the reader's time zone."""

    zone: str
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def initial(self, one: Input, otherwise: str | None = None) -> str | None:
        return self.values.get(one.id.value, otherwise)


def field_elements(one: Input, filled: FormState, layout: Layout) -> list[Element]:
    """A field with its refusal and hints; empty for a choice without options."""
    drawn = _input(one, filled, layout)
    if not drawn:
        return []
    drawn[0]["spacing"] = "Medium"
    notes = [small(escape(said, layout.max_chars(400)), spacing="Small") for said in _hints(one, filled)]
    refused = filled.errors.get(one.id.value)
    return [*drawn, *([problem(refused, layout)] if refused else []), *notes]


def problem(said: str, layout: Layout) -> Element:
    return text(
        f"⚠️ {escape(said, layout.max_chars(1000))}", color="Attention", weight="Bolder", spacing="Small"
    )


def chosen(one: ChoiceInput, filled: FormState) -> str:
    """The choice that the form is drawn for; empty if none is made yet."""
    wanted = filled.initial(one, one.initial)
    return wanted if wanted and any(choice.value == wanted for choice in one.choices) else ""


def _hints(one: Input, filled: FormState) -> list[str]:
    hints = [one.hint] if one.hint else []
    if isinstance(one, MomentInput):
        hints.append(f"Time zone: {filled.zone.replace('_', ' ')}")
    if isinstance(one, ChoiceInput) and one.on_choose is not None and not filled.values:
        hints.append(_MORE_FOLLOWS)
    return hints


def _input(one: Input, filled: FormState, layout: Layout) -> list[Element]:
    match one:
        case TextInput():
            return [_text_input(one, filled)]
        case ChoiceInput():
            return _choice_input(one, filled, layout)
        case PersonInput():
            return _person_input(one, filled, layout)
        case MomentInput():
            return [_moment_input(one, filled)]
        case _:
            assert_never(one)


def _asked(kind: str, input_id: str, label: str, needed: str | None, **more: Any) -> Element:
    """`needed` is the error shown if the input is left empty; None: it is optional."""
    shown = label if needed else f"{label} (optional)"
    asked: Element = {"type": f"Input.{kind}", "id": input_id, "label": escape(shown, 150), **more}
    if needed is not None:
        asked |= {"isRequired": True, "errorMessage": needed}
    return asked


def _text_input(one: TextInput, filled: FormState) -> Element:
    longest = max(1, min(one.longest, LONGEST_INPUT))
    needed = None if one.is_optional else "Please fill this in."
    asked = _asked("Text", one.id.value, one.label, needed, maxLength=longest, isMultiline=one.is_long)
    typed = filled.initial(one, one.initial) or ""
    shown = clean_text(typed) if one.is_long else clean_line(typed)
    if shown:
        asked["value"] = words.cut(shown, longest)
    if one.placeholder:
        asked["placeholder"] = words.cut(clean_line(one.placeholder), 150)
    return asked


def _choice_input(one: ChoiceInput, filled: FormState, layout: Layout) -> list[Element]:
    choices = _choices(one.choices, layout)
    if not choices:
        return []
    style = "expanded" if one.as_radio and len(choices) <= MOST_RADIOS else "compact"
    needed = None if one.is_optional else "Please choose one."
    asked = _asked("ChoiceSet", one.id.value, one.label, needed, style=style, choices=choices, wrap=True)
    return [_with_value(asked, chosen(one, filled))]


def _person_input(one: PersonInput, filled: FormState, layout: Layout) -> list[Element]:
    choices = _choices(one.choices, layout)
    if not choices:
        return [text("There is nobody to choose from.", color="Attention")]
    named = [choice.value for choice in one.choices if one.initial and choice.label == one.initial.name]
    needed = "Please choose somebody."
    style, ask = ("compact", "Choose") if len(choices) <= MOST_UNFILTERED else ("filtered", "Type a name")
    asked = _asked("ChoiceSet", one.id.value, one.label, needed, style=style, choices=choices, wrap=True)
    asked["placeholder"] = ask
    return [_with_value(asked, filled.initial(one, named[0] if len(named) == 1 else None))]


def _with_value(asked: Element, value: str | None) -> Element:
    if value and any(choice["value"] == value for choice in asked["choices"]):
        asked["value"] = value
    return asked


def _choices(choices: Sequence[Choice], layout: Layout) -> list[Element]:
    """The options. Their titles are escaped, because Teams reads those of radio buttons as Markdown."""
    by_value = {one.value: one for one in choices if 0 < len(one.value) <= OPTION_VALUE}
    return [
        {"title": _choice_title(one), "value": one.value}
        for one in list(by_value.values())[: layout.scaled(MOST_CHOICES)]
    ]


def _choice_title(one: Choice) -> str:
    described = f" – {escape(one.description, 75)}" if one.description else ""
    return f"{escape(words.name(one.label), 90)}{described}"


def _moment_input(one: MomentInput, filled: FormState) -> Element:
    """A day and a time beside each other, in the reader's zone."""
    day = _asked("Date", f"{one.id.value}_date", one.label, "Please choose a day.")
    time = _asked("Time", f"{one.id.value}_time", "At what time?", "Please choose a time.")
    at = _moment(filled.values.get(one.id.value)) or one.initial
    if at is not None:
        local = at.astimezone(ZoneInfo(filled.zone))
        day["value"], time["value"] = f"{local:%Y-%m-%d}", f"{local:%H:%M}"
    return columns([day], [time])


def _moment(seconds: str | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return None
