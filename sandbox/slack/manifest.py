"""The app's manifest as Slack knows it: scopes, events, shortcuts, and examples for its command."""

from __future__ import annotations

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "links:read",
    "links:write",
    "users:read",
    "users:read.email",
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "link_shared",
    "member_joined_channel",
    "member_left_channel",
    "user_change",
)
SHORTCUTS = (("raise_from_message", "Raise a dispute"), ("send_to_customer", "Send to customer"))
COMMANDS = (
    (
        "/disputes",
        (
            ("help", "what I can do"),
            ("mine", "my cases"),
            ("queue", "what waits to be claimed"),
            ("overdue", "what is late"),
            ("show D-…", "one case"),
            ("search …", "by customer, invoice or words"),
            ("new", "raise a dispute"),
            ("stats", "figures"),
        ),
    ),
)
