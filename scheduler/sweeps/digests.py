"""Schedule of digests: once each working day, at the local time of the policy, never at night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.calendar import WorkCalendar
from core.effects import Effect, channels_of, person_address
from core.policy import CHANNEL, MANAGERS, Digest, Policy
from store.engine import Store
from store.transaction import Transaction

ON_TIME_WITHIN = timedelta(minutes=30)
"""How late a digest may be and still go out at any hour; later, as after downtime, only in working hours."""
MORNING, NIGHT = time(6), time(22)


@dataclass(frozen=True, slots=True)
class DueDigest:
    digest: Digest
    on: date
    address: str

    @property
    def key(self) -> str:
        """Once per digest, local date and address, however many processes add it."""
        return f"digest:{self.digest.id}:{self.on.isoformat()}:{self.address}"


async def send_digests(store: Store, now: datetime) -> int:
    """Add an outbox row for every due digest that has none yet. Returns how many were added.

    Its content is read when it is delivered; an empty digest isn't sent.
    """
    if not list(due_digests(store.policy, now)):
        return 0
    return await store.run(_queue_due_digests, now)


def due_digests(policy: Policy, now: datetime) -> Iterator[DueDigest]:
    for digest in policy.digests:
        calendar = policy.queue(digest.queue_ids[0]).calendar
        if is_due(digest.at, calendar, now):
            on = now.astimezone(ZoneInfo(calendar.zone)).date()
            for address in addresses_of(digest, policy):
                yield DueDigest(digest, on, address)


def is_due(at: time, calendar: WorkCalendar, now: datetime) -> bool:
    """Whether today's digest may go out now.

    A planned time outside working hours is allowed, but nothing goes out at night, whatever the calendar
    says.
    """
    wall = now.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)
    planned = datetime.combine(wall.date(), at)
    if wall < planned or not calendar.is_working_day(wall.date()):
        return False
    if not MORNING <= wall.time() < NIGHT:
        return False
    return wall - planned <= ON_TIME_WITHIN or calendar.is_working(now)


def addresses_of(digest: Digest, policy: Policy) -> tuple[str, ...]:
    """Every destination once, in the policy's order."""
    found: dict[str, None] = {}
    queues = [policy.queue(queue_id) for queue_id in digest.queue_ids]
    for name in digest.to:
        if name == MANAGERS:
            addresses = [person_address(handle) for queue in queues for handle in queue.managers]
        elif name == CHANNEL:
            addresses = [address for queue in queues for address in channels_of(queue)]
        else:
            addresses = [person_address(name)]
        found.update(dict.fromkeys(addresses))
    return tuple(found)


def _queue_due_digests(tx: Transaction, now: datetime) -> int:
    return sum(
        tx.outbox.add(
            key=due.key,
            address=due.address,
            effect=Effect.SEND_DIGEST,
            payload={"digest_id": due.digest.id, "on": due.on.isoformat()},
            due_at=now,
        )
        for due in due_digests(tx.policy, now)
    )
