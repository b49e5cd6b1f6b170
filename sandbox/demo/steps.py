"""What if the story can't go on?"""

from __future__ import annotations

from typing import Any

PATIENCE_SECONDS = 20.0


class Stuck(Exception):
    """A step of the story could not be played."""


def demand(answer: dict[str, Any], what: str) -> None:
    if not answer.get("ok"):
        raise Stuck(f"{what}: {answer}")
