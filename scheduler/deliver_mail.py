"""How does a mail to the customer get written and sent?"""

from __future__ import annotations

from connectors.errors import GiveUp
from scheduler.tools import Tools
from store.outbox import OutboxRow


async def tell_customer(tools: Tools, row: OutboxRow) -> None:
    """Mail the customer what the row's event means for them."""
    raise GiveUp("Mail isn't set up.", "Set SMTP_URL and MAIL_DOMAIN.", is_whole_lane=True)


async def send_link(tools: Tools, row: OutboxRow) -> None:
    """Mail a fresh link to the address on file."""
    raise GiveUp("Mail isn't set up.", "Set SMTP_URL and MAIL_DOMAIN.", is_whole_lane=True)
