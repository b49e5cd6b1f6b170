"""Is somebody a member of a queue's channel? As Slack last said."""

from __future__ import annotations

from core.person import Person
from core.policy import MEMBERS_OF_THE_CHANNEL, Queue
from store.transaction import Transaction


def is_member(tx: Transaction, person: Person, queue: Queue) -> bool:
    """Asked only where it matters: most queues name their resolvers."""
    if MEMBERS_OF_THE_CHANNEL not in queue.resolvers or not person.slack_ref or not queue.slack_channel:
        return False
    channel = tx.channels.channel_id(queue.slack_channel)
    return channel is not None and tx.people.is_member(person.slack_ref, channel)
