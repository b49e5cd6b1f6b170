"""Validators of JSON, composed so that the rules of blocks read as tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Problems:
    """Validation errors in Slack's own form: a sentence and a JSON pointer."""

    lines: list[str] = field(default_factory=list)

    def add(self, path: str, sentence: str) -> None:
        self.lines.append(f"{sentence} [json-pointer:{path or '/'}]")


Check = Callable[[Any, str, Problems], None]


@dataclass(frozen=True, slots=True)
class ObjectSchema:
    """An object with these fields; an unknown key is an error, as in Slack."""

    fields: Mapping[str, Check]
    required: frozenset[str] = frozenset()

    def check(self, value: Any, path: str, notes: Problems) -> None:
        if not isinstance(value, dict):
            notes.add(path, "must be an object")
            return
        for name in sorted(self.required - value.keys()):
            notes.add(path, f"missing required field: {name}")
        for name, item in value.items():
            rule = self.fields.get(name)
            if rule is None:
                notes.add(f"{path}/{name}", f"no such field: {name}")
            elif item is not None:
                rule(item, f"{path}/{name}", notes)


def object_schema(required: str = "", **fields: Check) -> ObjectSchema:
    return ObjectSchema(fields, frozenset(required.split()))


def string(most: int = 3000, least: int = 1) -> Check:
    def check(value: Any, path: str, notes: Problems) -> None:
        if not isinstance(value, str):
            notes.add(path, "must be a string")
        elif len(value) > most:
            notes.add(path, f"must be less than {most + 1} characters")
        elif len(value) < least:
            notes.add(path, f"must be more than {least - 1} characters")

    return check


def matching(pattern: str, expected: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: Any, path: str, notes: Problems) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            notes.add(path, f"must be {expected}")

    return check


def web_address(most: int = 3000) -> Check:
    def check(value: Any, path: str, notes: Problems) -> None:
        string(most)(value, path, notes)
        if isinstance(value, str) and not re.match(r"(https?|mailto|tel|slack)://|mailto:|tel:", value):
            notes.add(path, "must be a valid URL")

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, path: str, notes: Problems) -> None:
        if value not in allowed:
            notes.add(path, f"must be one of: {', '.join(allowed)}")

    return check


def boolean(value: Any, path: str, notes: Problems) -> None:
    if not isinstance(value, bool):
        notes.add(path, "must be true or false")


def integer(least: int = 0, most: int = 2**53) -> Check:
    def check(value: Any, path: str, notes: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            notes.add(path, "must be an integer")
        elif not least <= value <= most:
            notes.add(path, f"must be between {least} and {most}")

    return check


def anything(value: Any, path: str, notes: Problems) -> None:
    """Accepts every value, as Slack does here."""


def list_of(item: Check, most: int, least: int = 1) -> Check:
    def check(value: Any, path: str, notes: Problems) -> None:
        if not isinstance(value, list):
            notes.add(path, "must be a list")
            return
        if len(value) > most:
            notes.add(path, f"no more than {most} items allowed")
        if len(value) < least:
            notes.add(path, f"must have at least {least} item(s)")
        for index, one in enumerate(value):
            item(one, f"{path}/{index}", notes)

    return check


def by_type(shapes: Mapping[str, ObjectSchema], allowed: Iterable[str]) -> Check:
    """An object whose `type` selects its schema from `shapes`; only the `allowed` types are valid here."""
    names = frozenset(allowed)

    def check(value: Any, path: str, notes: Problems) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in names or kind not in shapes:
            notes.add(path, f"unsupported type: {kind}")
            return
        shapes[kind].check(value, path, notes)

    return check


def text(most: int = 3000, *kinds: str) -> Check:
    """A text object of at most `most` characters; plain text unless `kinds` allows mrkdwn too."""
    allowed = kinds or ("plain_text",)
    forms = {
        "plain_text": object_schema("type text", type=one_of("plain_text"), text=string(most), emoji=boolean),
        "mrkdwn": object_schema("type text", type=one_of("mrkdwn"), text=string(most), verbatim=boolean),
    }
    return by_type(forms, allowed)
