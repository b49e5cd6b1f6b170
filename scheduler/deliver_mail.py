"""How does a mail to the customer get written and sent?"""

from __future__ import annotations

from scheduler.tools import Tools
from store.outbox import OutboxRow


async def tell_customer(tools: Tools, row: OutboxRow) -> None:
    """Mail the customer what the row's event means for them; nothing where mail isn't set up."""


async def send_link(tools: Tools, row: OutboxRow) -> None:
    """Mail a fresh link to the address on file."""
