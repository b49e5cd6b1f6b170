"""Error of a start that the administrator can fix."""

from __future__ import annotations


class CannotStart(Exception):
    """The text says what prevents the start and what to do about it."""
