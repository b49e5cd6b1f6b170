"""Which chat platforms are there, and which one does a conversation belong to?"""

from __future__ import annotations

import re

SLACK, TEAMS = "slack", "teams"
_SLACK_CONVERSATION = re.compile(r"[CDG][A-Z0-9]{2,}")


def platform_of(conversation_ref: str) -> str:
    """Slack's conversations are `C0…`, `D0…` and `G0…`; those of Teams never are (`19:…`, `a:…`)."""
    return SLACK if _SLACK_CONVERSATION.fullmatch(conversation_ref) else TEAMS
