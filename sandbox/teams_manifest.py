"""What does Teams know of the app from its manifest?"""

from __future__ import annotations

SEARCH = "search"
"""The message extension's command that looks for cases; what was typed comes as `words`."""
MESSAGE_ACTIONS = (("raise_from_message", "Raise a dispute"), ("send_to_customer", "Send to customer"))
COMMANDS = (
    ("help", "What I can do"),
    ("mine", "My cases"),
    ("queue", "What waits to be claimed"),
    ("overdue", "What is late"),
    ("show", "One case by its number"),
    ("search", "By customer, invoice or words"),
    ("new", "Raise a dispute"),
    ("stats", "Figures"),
)
"""Suggestions while one writes to the bot: title and description."""
