"""Mail held back until a colleague accepts its sender, and the key that names it."""

from __future__ import annotations

from core.case import Case
from core.customer_events import CustomerWrote
from core.customer_messages import is_from_customer


def is_held(event: CustomerWrote, case: Case) -> bool:
    """Whether the mail waits until we accept that its sender speaks for the customer, or that it really is
    from the customer. Mail of an accepted sender no longer waits."""
    return not event.is_verified and (
        is_unauthenticated(event, case) or not is_from_customer(case, event.sender)
    )


def is_unauthenticated(event: CustomerWrote, case: Case) -> bool:
    """Whether its sender is the customer's address but the mail server's authentication failed."""
    return not event.is_verified and bool(event.warning) and is_from_customer(case, event.sender)


def held_mail_key(event: CustomerWrote) -> str:
    """Identifies the mail among a case's: when it came, and from whom."""
    return f"{event.at:%Y-%m-%dT%H:%M:%S.%f} {event.sender}"
