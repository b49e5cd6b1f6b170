"""Outbox rows that must have become a message, and those that may not."""

from __future__ import annotations

from core.effects import Effect, channels_of
from core.events import CaseClaimed, CaseReassigned, CaseReleased, Event, ReasonChanged
from core.person import CLOCK
from tests.journeys.records import OutboxRow, Records
from tests.journeys.simulated_users import DANA, ids_of

_ALWAYS_POSTED = (Effect.TELL_STORY, Effect.ALERT_MANAGERS)
"""Always posted, unless the case has left the channel; but a person gets no alert about their own case, or
about a case that a person acted on meanwhile."""
_NEW_RESOLVER = (CaseReassigned, CaseReleased, ReasonChanged)


def must_be_posted(row: OutboxRow, records: Records) -> bool:
    if row.case_id is None or row.state != "delivered":
        return False
    timeline = records.timelines[row.case_id]
    if row.effect in _ALWAYS_POSTED:
        if row.address.startswith("person:"):
            is_managers_own = any(_resolver_by(event) in ids_of(DANA) for event in timeline[: row.seq])
            return not is_managers_own and all(event.actor_id == CLOCK for event in timeline[row.seq :])
        return not has_left(row.case_id, row.address, records)
    if row.effect == Effect.BRIEF_RESOLVER:
        return not any(isinstance(event, _NEW_RESOLVER) for event in timeline[row.seq :])
    return False


def has_left(case_id: str, address: str, records: Records) -> bool:
    """Whether the case was ever taken out of the channel."""
    queues = records.policy.queues
    moves = [event for event in records.timelines[case_id] if isinstance(event, ReasonChanged)]
    return any(
        address in channels_of(queues[move.former_queue_id])
        and address not in channels_of(queues[move.queue_id])
        for move in moves
    )


def _resolver_by(event: Event) -> str | None:
    """The resolver who got the case by this event."""
    if isinstance(event, CaseReassigned):
        return event.resolver_id
    return event.actor_id if isinstance(event, CaseClaimed) else None
