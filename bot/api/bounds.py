"""Bounds of a body, looked at before its content: how many fields, entries and levels it has.

A model tells every mistake of every entry, so a body of a hundred thousand empty entries would cost seconds
and an answer of megabytes.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from bot.api.models import MOST_ENTRIES
from bot.api.problems import invalid_body_at

MOST_FIELDS = 40
"""Of one object; no model has half as many."""
MOST_LEVELS = 8
"""Objects and lists inside each other; a dispute has four."""


Steps = tuple[int | str, ...]
"""The way to a part of the body, as a JSON pointer has it."""


def demand_bounds(raw: bytes) -> None:
    """Raises ApiProblem for a body that isn't JSON, or of which a part is too long or too deep."""
    try:
        whole = from_json(raw)  # the models' own parser: what it takes, they take
    except ValueError:
        raise invalid_body_at((), "The body is not JSON.") from None
    waiting: list[tuple[Steps, Any]] = [((), whole)]
    while waiting:
        steps, part = waiting.pop()
        if isinstance(part, dict | list):
            _demand_bounds_of(part, steps)
            inner = part.items() if isinstance(part, dict) else enumerate(part)
            waiting += [((*steps, name), value) for name, value in inner]


def _demand_bounds_of(part: dict[str, Any] | list[Any], steps: Steps) -> None:
    if len(steps) >= MOST_LEVELS:
        raise invalid_body_at(steps, f"Objects and lists may stand in each other {MOST_LEVELS} deep at most.")
    if isinstance(part, dict) and len(part) > MOST_FIELDS:
        raise invalid_body_at(steps, f"This has {len(part):,} fields; no part has more than {MOST_FIELDS}.")
    if isinstance(part, list) and len(part) > MOST_ENTRIES:
        raise invalid_body_at(steps, f"This has {len(part):,} entries; {MOST_ENTRIES} are the most.")
