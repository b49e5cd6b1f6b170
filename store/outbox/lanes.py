"""Lanes of the outbox: destinations whose rows are delivered in order, one at a time."""

from __future__ import annotations

from core.effects import customer_address
from core.ids import number_of

MAIL_LANES = 8
"""So many mails are sent at a time; one that must wait delays an eighth of the others at most."""


def lane_of(address: str, case_id: str) -> str:
    """The lane of an address that a case's event goes to: the address itself, except for customers' mail.

    All mail about one case is in one lane, so that the customer reads it in the order in which it happened.
    """
    if address != customer_address(case_id):
        return address
    return f"mail:{number_of(case_id) % MAIL_LANES}"
