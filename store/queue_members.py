"""Members of a queue: those the policy names, and the last known members of its Slack and Teams channels."""

from __future__ import annotations

from core.permissions import role_in
from core.person import Person
from core.platforms import MOST_READERS
from core.policy import MEMBERS_OF_THE_CHANNEL, Queue
from store.transaction import Transaction


def is_member(tx: Transaction, person: Person, queue: Queue) -> bool:
    """Whether they are in a channel of the queue, for a queue whose resolvers are the channel's members.

    Most queues name their resolvers, so that this costs no look-up.
    """
    if MEMBERS_OF_THE_CHANNEL not in queue.resolvers:
        return False
    return _is_in(tx, person.slack_ref, slack_channel_of(tx, queue)) or _is_in(
        tx, person.teams_ref, queue.teams_channel
    )


def slack_channel_of(tx: Transaction, queue: Queue) -> str | None:
    """Slack's id of the queue's channel; None until it was found."""
    return tx.channels.find_ref(queue.slack_channel) if queue.slack_channel else None


def workers_of(tx: Transaction, queue: Queue) -> list[Person]:
    """The active resolvers and managers known to us: managers first, then by our ids."""
    found = {person.id: person for person in _named(tx, queue)}
    members: list[Person] = []
    if MEMBERS_OF_THE_CHANNEL in queue.resolvers:
        members = tx.people.list_known_members(slack_channel_of(tx, queue), queue.teams_channel)
    found |= {person.id: person for person in members}
    inside = {person.id for person in members}
    standings = {one: role_in(person, queue, is_member=one in inside) for one, person in found.items()}
    working = [one for one, standing in standings.items() if standing.is_manager or standing.is_resolver]
    return [found[one] for one in sorted(working, key=lambda one: (not standings[one].is_manager, one))]


def readers_of(tx: Transaction, queue: Queue) -> tuple[str, ...]:
    """Teams MRIs of those who get buttons of their own on the queue's cards: its members, as many as Teams
    allows."""
    known = [person.teams_mri for person in workers_of(tx, queue) if person.teams_mri]
    return tuple(known[:MOST_READERS])


def _is_in(tx: Transaction, ref: str | None, channel: str | None) -> bool:
    return bool(ref and channel) and tx.people.is_member(ref or "", channel or "")


def _named(tx: Transaction, queue: Queue) -> list[Person]:
    handles = dict.fromkeys((*queue.managers, *queue.resolvers))
    handles.pop(MEMBERS_OF_THE_CHANNEL, None)
    return list(tx.people.find_by_handles(tuple(handles)).values())
