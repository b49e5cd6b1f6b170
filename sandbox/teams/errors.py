"""Errors of the Teams connector, and the client's generic error."""

from __future__ import annotations

from typing import Any

GENERIC_ERROR = "Something went wrong. Please try again."
"""What the Teams client shows when an app gives no valid answer."""


class TeamsError(Exception):
    """The connector's response `{"error": {"code", "message"}}` with its status."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.body: dict[str, Any] = {"error": {"code": code, "message": message}}


def bad_request(message: str) -> TeamsError:
    return TeamsError(400, "BadSyntax", message)


def conversation_not_found() -> TeamsError:
    return TeamsError(404, "ConversationNotFound", "Conversation not found.")


def bot_not_in_conversation() -> TeamsError:
    return TeamsError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")


def activity_not_found() -> TeamsError:
    return TeamsError(404, "ActivityNotFoundInConversation", "Activity not found in the conversation.")


def throttled(seconds: int) -> TeamsError:
    return TeamsError(429, "Throttled", "Too many requests.", retry_after=seconds)
