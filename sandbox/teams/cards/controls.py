"""Actions and inputs of a card: finding the pressed one, and the values that the client sends. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]


def nodes(value: Any) -> Iterator[Node]:
    """Every element and action of a card, including hidden ones and those of inner cards."""
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)
    elif isinstance(value, dict):
        if "type" in value:
            yield value
        for name, inner in value.items():
            if name not in ("data", "fallback", "requires"):
                yield from nodes(inner)


def find_action(cards: list[Node], data: Any, verb: str | None) -> Node | None:
    """The action with exactly this `data`: an Execute when `verb` is given, else a Submit or a fallback."""
    for one in nodes(cards):
        kind, fallback = one["type"], one.get("fallback")
        if kind == "Action.Execute" and verb is not None and one.get("verb") == verb and _same(one, data):
            return one
        if kind == "Action.Submit" and verb is None and _same(one, data):
            return one
        if verb is None and isinstance(fallback, dict) and _same(fallback, data):
            return fallback
    return None


def defaults_of(cards: list[Node]) -> dict[str, str]:
    """The initial values of the inputs."""
    found = {}
    for one in nodes(cards):
        if not one["type"].startswith("Input."):
            continue
        value = one.get("value")
        if one["type"] == "Input.Toggle" and value is None:
            value = one.get("valueOff", "false")
        found[str(one["id"])] = "" if value is None else str(value)
    return found


def with_inputs(data: Any, cards: list[Node], inputs: dict[str, Any] | None) -> Any:
    """An action's data together with all inputs of its card, as the client sends them."""
    if data is not None and not isinstance(data, dict):
        return data
    return {**(data or {}), **defaults_of(cards), **(inputs or {})}


def _same(action: Node, data: Any) -> bool:
    return (action.get("data") or {}) == (data or {})
