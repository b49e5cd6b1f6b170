"""Steps of the story: their timeout, and the error of one that fails."""

from __future__ import annotations

from typing import Any

STEP_TIMEOUT_SECONDS = 20.0


class StoryFailed(Exception):
    """A step of the story could not be played."""


def require_ok(answer: dict[str, Any], what: str) -> None:
    if not answer.get("ok"):
        raise StoryFailed(f"{what}: {answer}")
