"""The app's manifest as Teams knows it: search, message actions, suggested commands."""

from __future__ import annotations

SEARCH = "searchCases"
"""The message extension's search command; the typed text is its parameter `words`."""
MESSAGE_ACTIONS = (("raise_from_message", "Raise a dispute"), ("send_to_customer", "Send to customer"))
COMMANDS = (
    ("mine", "Your cases, the nearest deadline first"),
    ("queue", "What waits to be claimed"),
    ("overdue", "What is late. Write: overdue [queue]"),
    ("show", "Everything about one case. Write: show D-1042"),
    ("search", "By number, customer or invoice. Write: search nordlicht"),
    ("new", "Raise a dispute for a customer"),
    ("stats", "Figures of the last 30 days"),
    ("help", "This list"),
)
"""Suggestions while a person writes to the bot: title and description."""
