"""Rules of Teams for a payload, by Microsoft's schema and by checks that no schema makes."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cards.actions import OPENS_DIALOG, Action

Json = dict[str, Any]
SPECS = Path(os.environ.get("OMBUD_SPECS") or Path(__file__).parents[4] / "shared" / "specs")
MOST_OCTETS, MOST_ACTIONS = 28_000, 6
REQUIRED_TEXTS = ("text", "title", "label", "errorMessage", "fallbackText", "speak", "summary")
NAMED_COLORS = {"Default", "Accent", "Good", "Warning", "Attention"}
NAMED_GROUNDS = {"default", "emphasis", "accent", "good", "warning", "attention"}


@cache
def _schema() -> Any:
    file = SPECS / "adaptive-card-1.5.json"
    if not file.exists():
        return None
    return jsonschema.Draft6Validator(json.loads(file.read_text(encoding="utf-8")))


def fits_the_schema(card: Json) -> None:
    """Root `msteams` is Teams' own and stands in no schema. `filtered` is a style of 1.5 by Microsoft's
    reference and in its renderer; only the schema doesn't know."""
    validator = _schema()
    if validator is None:
        pytest.skip(f"The schema of Adaptive Cards isn't in {SPECS}; set OMBUD_SPECS to its folder.")
    if (trouble := _trouble(json.dumps(_shape({**card, "msteams": None})))) is not None:
        raise AssertionError(trouble)


FREE_WORDS = frozenset({*REQUIRED_TEXTS, "value", "placeholder", "verb", "url"})


def _shape(value: Any, name: str = "") -> Any:
    """What a schema can judge: free words are as good as any others, and elements of one shape are one."""
    if isinstance(value, dict):
        return {key: _shape(one, key) for key, one in value.items() if key != "msteams"}
    if isinstance(value, list):
        return list({json.dumps(one): one for one in (_shape(part, name) for part in value)}.values())
    if isinstance(value, str) and name in FREE_WORDS:
        return "x"
    return "compact" if value == "filtered" else value


@lru_cache(maxsize=4096)
def _trouble(shape: str) -> str | None:
    error = jsonschema.exceptions.best_match(_schema().iter_errors(json.loads(shape)))
    return None if error is None else str(error)[:2000]


def good_message(payload: Json) -> Json:
    """A part of an activity: one card, and a summary for the notification."""
    assert payload["type"] == "message"
    (attachment,) = payload["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert octets(payload) <= MOST_OCTETS
    good_texts(payload)
    good_card(attachment["content"], is_dialog=False)
    return payload


def good_dialog(task: Json) -> Json:
    """The value of an answer that opens a dialog."""
    assert set(task) == {"title", "width", "height", "card"}
    assert octets(task) <= MOST_OCTETS
    good_texts(task)
    good_card(task["card"]["content"], is_dialog=True)
    return task


def good_card(card: Json, *, is_dialog: bool) -> None:
    assert card["body"]
    ids = Counter(one["id"] for one in parts_of(card) if "id" in one and "type" in one)
    assert not [one for one, times in ids.items() if times > 1]
    good_looks(card)
    for shown in action_lists(card):
        behind = [one for one in shown if one.get("mode") == "secondary"]
        assert len(shown) - len(behind) <= MOST_ACTIONS
        assert not (is_dialog and behind), "Teams on Android shows them nowhere."
        assert not [one for one in behind if one["type"] == "Action.ShowCard"], "It doesn't unfold there."
        for action in shown:
            good_action(action, is_dialog=is_dialog)
    assert len(card.get("refresh", {}).get("userIds", [])) <= 60
    fits_the_schema(card)


def octets(payload: Json) -> int:
    return len(json.dumps(payload, ensure_ascii=False).encode())


def good_texts(payload: Json) -> None:
    """Nothing is empty that somebody must read."""
    for part in parts_of(payload):
        for name in REQUIRED_TEXTS:
            if isinstance(part.get(name), str):
                assert part[name].strip(" \u200b"), (name, part)


def good_looks(card: Json) -> None:
    """Everything wraps, colours have names, and no width is fixed."""
    for part in parts_of(card):
        if part.get("type") == "TextBlock":
            assert part["wrap"] is True
        assert part.get("color", "Default") in NAMED_COLORS
        if part.get("type") == "Container":
            assert part.get("style", "default") in NAMED_GROUNDS
        if part.get("type") == "Column":
            assert part["width"] in ("auto", "stretch")


def good_action(action: Json, *, is_dialog: bool) -> None:
    """What the bot reads of a press: an action of ours and what it is about."""
    if action["type"] == "Action.ShowCard":
        assert [one["type"] for one in action["card"]["actions"]] != ["Action.ShowCard"]
        return
    meant = Action(action["data"]["action"])
    if "keep" in action["data"]:
        assert set(action["data"]) == {"action", "keep", "zone", "shown"}
    else:
        assert set(action["data"]) - {"msteams"} == {"action", "value"}
    if action["type"] == "Action.Execute":
        assert not is_dialog
        assert action["verb"] == meant
        assert meant not in OPENS_DIALOG - {Action.OPEN_HOME}  # a posted page is renewed where it stands
        assert action["fallback"]["data"] == action["data"]
        assert action["fallback"]["type"] == "Action.Submit"
    else:
        opens = action["data"].get("msteams") == {"type": "task/fetch"}
        assert opens is (meant in OPENS_DIALOG and not is_dialog)


def parts_of(value: Any) -> Iterator[Json]:
    """Every object in it, at any depth."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from parts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from parts_of(one)


def action_lists(card: Json) -> Iterator[list[Json]]:
    for part in parts_of(card):
        if isinstance(part.get("actions"), list):
            yield part["actions"]


def words_of(card: Json) -> list[str]:
    """All that is read on the card, in order."""
    return [part["text"] for part in parts_of(card) if isinstance(part.get("text"), str)]
