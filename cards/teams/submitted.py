"""Values submitted with a dialog in Teams."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cards.actions import Field
from cards.teams.layout import without_surrogates

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII).fullmatch
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::[0-5]\d)?(?:\s?([ap])\.?m\.?)?", re.ASCII | re.IGNORECASE).fullmatch
"""`14:05` by Microsoft's reference; some clients send `14:05:00`, `2:05 PM` or `9:30`."""


def values_of(data: Any) -> dict[str, str]:
    """The form's values by field; `data` is what the submit button sent.

    A person is our own id, a moment whole seconds since the epoch, a choice its value. Empty inputs and
    unknown fields are left out.
    """
    if not isinstance(data, Mapping):
        return {}
    found = {field.value: _value(field, data) for field in Field}
    return {name: value for name, value in found.items() if value is not None}


def known_zone(zone: object) -> str:
    """The time zone's name if it exists, else UTC."""
    try:
        ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"
    return str(zone)


def _value(field: Field, data: Mapping[str, Any]) -> str | None:
    said = data.get(field.value)
    if isinstance(said, str) and (typed := without_surrogates(said)).strip():
        return typed
    return _moment(data.get(f"{field.value}_date"), data.get(f"{field.value}_time"), data.get("zone"))


def _moment(day: object, at: object, zone: object) -> str | None:
    if not (isinstance(day, str) and isinstance(at, str) and _DAY(day)):
        return None
    try:
        local = datetime.combine(date.fromisoformat(day), _time(at), ZoneInfo(known_zone(zone)))
        return str(int(local.timestamp()))
    except (ValueError, OverflowError):
        return None


def _time(at: str) -> time:
    """The time of day, to the minute. Raises ValueError if `at` is none."""
    found = _TIME(" ".join(at.split()))
    if found is None:
        raise ValueError(at)
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError(at)
    return time(hour % 12 + 12 * (half == "p") if half else hour, minute)
