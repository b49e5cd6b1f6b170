"""Elements, actions and fields of Adaptive Cards 1.5, as tables of names; * marks a required field."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fields:
    names: frozenset[str]
    needed: frozenset[str]


def _fields(common: str, own: str) -> Fields:
    words = [*common.split(), *own.split()]
    plain = frozenset(word.rstrip("*") for word in words)
    return Fields(plain, frozenset(word[:-1] for word in words if word.endswith("*")))


_ELEMENT = "type* id isVisible separator spacing height fallback requires"
_INPUT = f"{_ELEMENT} id* label isRequired errorMessage"
_ACTION = "type* id title iconUrl style tooltip isEnabled mode fallback requires"
_TEXT = "text* color fontType isSubtle size weight"
_BOX = "items* selectAction style verticalContentAlignment bleed backgroundImage minHeight rtl"

CARD = _fields(
    "type*",
    "version $schema body actions refresh authentication selectAction fallbackText backgroundImage minHeight "
    "rtl speak lang verticalContentAlignment msteams metadata",
)
ELEMENTS = {
    "TextBlock": _fields(_ELEMENT, f"{_TEXT} horizontalAlignment maxLines wrap style"),
    "RichTextBlock": _fields(_ELEMENT, "inlines* horizontalAlignment"),
    "Image": _fields(
        _ELEMENT, "url* altText backgroundColor horizontalAlignment selectAction size style width msteams"
    ),
    "ImageSet": _fields(_ELEMENT, "images* imageSize style"),
    "Media": _fields(_ELEMENT, "sources* poster altText captionSources"),
    "Container": _fields(_ELEMENT, _BOX),
    "ColumnSet": _fields(_ELEMENT, "columns selectAction style bleed minHeight horizontalAlignment"),
    "FactSet": _fields(_ELEMENT, "facts*"),
    "ActionSet": _fields(_ELEMENT, "actions*"),
    "Table": _fields(
        _ELEMENT,
        "columns rows firstRowAsHeader showGridLines gridStyle horizontalCellContentAlignment "
        "verticalCellContentAlignment",
    ),
    "Input.Text": _fields(
        _INPUT, "isMultiline maxLength placeholder regex style inlineAction value labelPosition"
    ),
    "Input.Number": _fields(_INPUT, "max min placeholder value"),
    "Input.Date": _fields(_INPUT, "max min placeholder value"),
    "Input.Time": _fields(_INPUT, "max min placeholder value"),
    "Input.Toggle": _fields(_INPUT, "title* value valueOff valueOn wrap"),
    "Input.ChoiceSet": _fields(_INPUT, "choices choices.data isMultiSelect style value placeholder wrap"),
}
ACTIONS = {
    "Action.OpenUrl": _fields(_ACTION, "url*"),
    "Action.Submit": _fields(_ACTION, "data associatedInputs msteams"),
    "Action.Execute": _fields(_ACTION, "verb data associatedInputs"),
    "Action.ShowCard": _fields(_ACTION, "card*"),
    "Action.ToggleVisibility": _fields(_ACTION, "targetElements*"),
}
PARTS = {
    "Column": _fields(f"{_ELEMENT} {_BOX.replace('items*', 'items')}", "width"),
    "TableRow": _fields(_ELEMENT, "cells style horizontalCellContentAlignment verticalCellContentAlignment"),
    "TableCell": _fields(_ELEMENT, _BOX),
    "TextRun": _fields("type*", f"{_TEXT} highlight italic selectAction strikethrough underline"),
}
"""Parts that are valid in one place only."""
