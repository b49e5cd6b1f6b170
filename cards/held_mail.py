"""Which letter is it, and does it count as the customer's?"""

from __future__ import annotations

from core.case import Case
from core.customer_events import CustomerWrote
from core.customer_messages import is_from_customer


def is_held(event: CustomerWrote, case: Case) -> bool:
    """Whether the mail waits for somebody to say that its sender speaks for the customer, or that it is
    really theirs. A colleague's isn't any more once they were accepted."""
    return not event.is_verified and (
        is_unauthenticated(event, case) or not is_from_customer(case, event.sender)
    )


def is_unauthenticated(event: CustomerWrote, case: Case) -> bool:
    """Whether it says that it is the customer's, and the mail server wouldn't believe it."""
    return not event.is_verified and bool(event.warning) and is_from_customer(case, event.sender)


def held_mail_key(event: CustomerWrote) -> str:
    """Tells one letter of a case from the others: when it came, and from whom."""
    return f"{event.at:%Y-%m-%dT%H:%M:%S.%f} {event.sender}"
