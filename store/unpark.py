"""What was parked for somebody who couldn't be written to, and can be now?"""

from __future__ import annotations

from datetime import datetime

from core.effects import person_address
from core.person import Person
from core.platforms import SLACK, TEAMS
from store.transaction import Transaction

_KIND = person_address("")


def unpark_person(tx: Transaction, person: Person, now: datetime) -> int:
    """Send what was parked for them, by whichever of their names it is addressed. Returns how many rows.

    A name is an id of ours, even one that was given up for the person's other platform, or the policy's word.
    """
    ours = {person.id, f"{SLACK}:{person.slack_ref}", f"{TEAMS}:{person.teams_ref}"}
    count = 0
    for address in tx.outbox.list_parked_lanes(_KIND):
        handle = address.removeprefix(_KIND)
        meant = None if handle in ours else tx.people.find_by_handle(handle)
        if handle in ours or (meant is not None and meant.id == person.id):
            count += tx.outbox.unpark(address, now)
    return count
