"""How does a colleague get a mail, when no chat can tell them?"""

from __future__ import annotations

from hashlib import sha256

from cards.email.envelope import Headers, NotAnAddress, address_of, message_of
from cards.email.staff import DeliveryProblem, delivery_problem_mail
from connectors.errors import GiveUp
from scheduler.deliver.send_once import check_lease
from scheduler.mail_tools import MailServices
from scheduler.services import Services
from store.outbox.repository import OutboxRow


async def mail_parked_alert(
    tools: Services, mail_tools: MailServices, row: OutboxRow, trouble: DeliveryProblem, *, to: str
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
        message, address = message_of(delivery_problem_mail(trouble), headers), address_of(to)
    except NotAnAddress:
        raise GiveUp(f"No mail can go to {to}.", "Correct the address in policy.yaml.") from None
    await tools.rate_limiter.wait_for_mail()
    check_lease(tools, row)
    await mail_tools.smtp.send(message, sender=mail_tools.sender, to=address)
