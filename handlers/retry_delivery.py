"""Delivery repaired by hand: parked messages retried, stale cards refreshed."""

from __future__ import annotations

from datetime import datetime

from core.effects import Effect, channels_of, person_address
from core.errors import NotAllowed
from core.person import Person
from handlers.access import managed_queues
from handlers.types import Click, Reply
from store.transaction import Transaction


def retry_parked(tx: Transaction, click: Click, actor: Person) -> Reply:
    """Retry the parked messages of one address, after a manager has fixed the cause.

    Allowed for a channel: managers of a queue with that channel, and overseers. For a person, or a channel
    that no queue has any more: every manager.
    """
    managed = managed_queues(tx, actor)
    if not managed:
        raise NotAllowed("Only managers may send parked messages again.")
    queues = [queue for queue in tx.policy.queues.values() if click.value in channels_of(queue)]
    if queues and not any(queue in managed for queue in queues):
        raise NotAllowed(f"Only the managers of {queues[0].name} may send its parked messages again.")
    count = tx.outbox.unpark(click.value, click.at)
    if not count:
        return Reply(whisper="Nothing is parked there any more.")
    return Reply(whisper=f"Trying {count} message{'s' if count > 1 else ''} again now.")


def refresh_cards(tx: Transaction, case_id: str, now: datetime) -> None:
    """Refresh every card of the case, because a person pressed a button of a stale one."""
    case = tx.cases.find(case_id)
    if case is None:
        return
    queue = tx.policy.queues.get(case.queue_id)
    resolver = (person_address(case.resolver_id),) if case.resolver_id else ()
    for address in (*(channels_of(queue) if queue else ()), *resolver):
        tx.outbox.add(
            key=f"{case_id}:stale:{address}:{now.timestamp():.0f}",
            address=address,
            effect=Effect.REFRESH_CARDS,
            case_id=case_id,
            due_at=now,
        )
