"""Unparking of the outbox rows of a person who can be written to again."""

from __future__ import annotations

from datetime import datetime

from core.effects import alarm_address, person_address
from core.person import Person
from core.platforms import SLACK, TEAMS
from store.transaction import Transaction

_KINDS = (person_address(""), alarm_address(""))


def unpark_person(tx: Transaction, person: Person, now: datetime) -> int:
    """Unpark the rows addressed to the person, by any of their handles. Returns how many rows.

    A handle is one of our ids, even one given up when the accounts were linked, or the policy's name for
    them.
    """
    ours = {person.id, f"{SLACK}:{person.slack_ref}", f"{TEAMS}:{person.teams_ref}"}
    count = 0
    for address in (lane for kind in _KINDS for lane in tx.outbox.list_parked_lanes(kind)):
        handle = address.partition(":")[2]
        meant = None if handle in ours else tx.people.find_by_handle(handle)
        if handle in ours or (meant is not None and meant.id == person.id):
            count += tx.outbox.unpark(address, now)
    return count
