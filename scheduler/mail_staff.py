"""How does a colleague get a mail, when no chat can tell them?"""

from __future__ import annotations

from hashlib import sha256

from cards.email.envelope import Headers, NotAnAddress, address_of, message_of
from cards.email.staff import Trouble, trouble_mail
from connectors.errors import GiveUp
from scheduler.deliver.send_once import demand_time
from scheduler.mail_tools import MailTools
from scheduler.services import Tools
from store.outbox.repository import OutboxRow


async def mail_trouble(
    tools: Tools, mail_tools: MailTools, row: OutboxRow, trouble: Trouble, *, to: str
) -> None:
    """Its Message-ID follows from the row, so that a repeat is shown once. Raises TryAgain or GiveUp."""
    headers = Headers(
        company=tools.policy.company,
        sender=mail_tools.sender,
        to=to,
        message_id=f"<{sha256(row.key.encode()).hexdigest()[:40]}@{mail_tools.domain}>",
        at=tools.now(),
    )
    try:
        message, address = message_of(trouble_mail(trouble), headers), address_of(to)
    except NotAnAddress:
        raise GiveUp(f"No mail can go to {to}.", "Correct the address in policy.yaml.") from None
    await tools.gate.mail()
    demand_time(tools, row)
    await mail_tools.out.send(message, sender=mail_tools.sender, to=address)
