"""What keeps Ombud from starting that the administrator can mend?"""

from __future__ import annotations


class CannotStart(Exception):
    """Its text says what is in the way and what to do about it."""
