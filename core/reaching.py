"""Where can the customer be written to, once somebody has found that out?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.case import Case
from core.noting import add_note
from core.outcome import Outcome


def add_customer_email(case: Case, address: str, *, actor_id: str, now: datetime) -> Outcome:
    """Keep the customer's e-mail address with the case and say so in its story; a known one stays."""
    if case.customer.email:
        return Outcome(case)
    reachable = replace(case, customer=replace(case.customer, email=address))
    note = f"The customer's e-mail address is {address}."
    return add_note(reachable, text=note, actor_id=actor_id, now=now)
