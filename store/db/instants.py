"""Instants as stored: whole microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MICROS = 86_400_000_000


def to_micros(at: datetime) -> int:
    """Exact, for any zone. Raises TypeError for a datetime without one."""
    since = at - _EPOCH
    return since.days * _DAY_MICROS + since.seconds * 1_000_000 + since.microseconds


def to_micros_or_none(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def from_micros_or_none(micros: int | None) -> datetime | None:
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)
