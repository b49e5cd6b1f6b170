"""Chat platforms, and telling them apart by a conversation's id."""

from __future__ import annotations

import re

SLACK, TEAMS = "slack", "teams"
ENTRA_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""An object id of Microsoft Entra: a person's `teams_ref`."""
MOST_READERS = 60
"""Most people whom Teams gives their own view of a card (`refresh.userIds`)."""
_SLACK_CONVERSATION = re.compile(r"[CDG][A-Z0-9]{2,}")


def platform_of(conversation_ref: str) -> str:
    """Slack's conversations are `C0…`, `D0…` and `G0…`; those of Teams never are (`19:…`, `a:…`)."""
    return SLACK if _SLACK_CONVERSATION.fullmatch(conversation_ref) else TEAMS
