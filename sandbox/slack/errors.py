"""Errors of Slack's Web API."""

from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """The answer `{"ok": false, "error": code, ...more}`."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


class RateLimited(SlackError):
    """HTTP 429 with `Retry-After: seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__("ratelimited")
        self.seconds = seconds


def invalid_payload(code: str, problems: list[str]) -> SlackError:
    """The error for a payload that broke the rules; names every broken rule."""
    return SlackError(
        code, errors=problems, response_metadata={"messages": [f"[ERROR] {one}" for one in problems]}
    )
