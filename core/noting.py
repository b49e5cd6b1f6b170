"""What people write down about a case: notes, which never leave the company, and the customer's address."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.case import Case
from core.events import NoteAdded
from core.outcome import Outcome


def add_note(case: Case, *, text: str, actor_id: str, now: datetime) -> Outcome:
    """Add `text` to the timeline. On an open case a note counts as work; a closed case doesn't change."""
    moved = case if case.is_closed else replace(case, moved_at=now)
    return Outcome(moved, (NoteAdded(at=now, actor_id=actor_id, text=text),))


def add_customer_email(case: Case, address: str, *, actor_id: str, now: datetime) -> Outcome:
    """Store the customer's e-mail address with a case that has none, and note it in the timeline."""
    if case.customer.email:
        return Outcome(case)
    reachable = replace(case, customer=replace(case.customer, email=address, unconfirmed_email=""))
    note = f"The customer's e-mail address is {address}."
    return add_note(reachable, text=note, actor_id=actor_id, now=now)
