"""Drain of one lane: one row after the other, each result saved before the next is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from connectors.errors import GiveUp, OwnRateReached, TryAgain
from core.effects import ALARM_EFFECTS, Effect
from core.platforms import SLACK, TEAMS
from scheduler.deliver.parked import has_fallback
from scheduler.deliver.send_once import LONGEST_LATENESS
from scheduler.outbox.attempt import attempt, is_alone_in_failing
from scheduler.outbox.next_delivery import Delivery, take_next
from scheduler.outbox.parked_alert import queue_parked_alerts
from scheduler.retry import next_attempt, refused_alone, retries_exhausted, should_park
from scheduler.services import Services
from store.outbox.repository import AttemptResult, Delivered, OutboxRow, Parked, Postponed
from store.transaction import Transaction

log = structlog.get_logger()

MOST_PARKED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The result of one attempt, and how the lane goes on."""

    results: tuple[AttemptResult, ...]
    open_at: datetime | None = None
    """The platform asked us to pause the whole lane until then."""
    again_at: datetime | None = None
    """The lane's first row waits until then."""
    trouble: TryAgain | None = None
    """Why its first row waits."""
    refusal: GiveUp | None = None
    """A person must act."""

    @property
    def stops_lane(self) -> bool:
        """Whether to release the lane: its first row waits, or all its rows were parked."""
        return self.again_at is not None or (self.refusal is not None and self.refusal.is_whole_lane)


async def drain_lane(
    services: Services, address: str, *, holder: str, is_stopping: Callable[[], bool]
) -> datetime | None:
    """Deliver the due rows of one address, in order. Returns when to read it again, if that is known.

    The lane's lease is renewed with each row. When the process dies meanwhile, the message that was being
    sent is searched for before it is sent again.
    """
    store = services.store
    delivery = await store.run(take_next, address, holder=holder, now=services.now())
    while delivery is not None:
        services.counters.folded += delivery.folded
        result = await _attempt(services, delivery)
        goes_on = not (result.stops_lane or is_stopping())
        next_delivery = await store.run(
            _record_result,
            delivery,
            result,
            holder=holder,
            now=services.now(),
            takes_next=goes_on,
            has_fallback=has_fallback(services),
        )
        _count(services, result)
        if not goes_on:
            return result.again_at
        delivery = next_delivery
    return None


async def _attempt(services: Services, delivery: Delivery) -> DeliveryResult:
    """Deliver, and return how it ended. Raises only when cancelled."""
    row, began = delivery.row, asyncio.get_running_loop().time()
    case_log = log.bind(case_id=row.case_id, key=row.key, address=row.address, attempts=row.attempts)
    trouble = await attempt(services, row, case_log)
    if trouble is None:
        case_log.info("delivered", rows=len(delivery.rows))
        return DeliveryResult(tuple(AttemptResult(one.id, Delivered()) for one in delivery.rows))
    if isinstance(trouble, GiveUp):
        return _parked(row, trouble, case_log)
    if await is_alone_in_failing(services, row, trouble):
        return _parked(row, refused_alone(row.attempts, trouble), case_log)
    took = timedelta(seconds=asyncio.get_running_loop().time() - began)
    return _postponed(services, row, trouble, took, case_log)


def _parked(row: OutboxRow, refusal: GiveUp, case_log: structlog.stdlib.BoundLogger) -> DeliveryResult:
    case_log.error("parked", why=refusal.message, remedy=refusal.remedy)
    return DeliveryResult((AttemptResult(row.id, Parked(refusal.message)),), refusal=refusal)


def _postponed(
    services: Services,
    row: OutboxRow,
    trouble: TryAgain,
    took: timedelta,
    case_log: structlog.stdlib.BoundLogger,
) -> DeliveryResult:
    """Retry later. A problem that a person can fix (a bad token) never parks the row: then all is sent."""
    now = services.now()
    if trouble.remedy is None and should_park(row.attempts, row.created_at, now):
        return _parked(row, retries_exhausted(row.attempts, trouble), case_log)
    due_at = next_attempt(row.attempts, trouble, now, services.jitter)
    write = case_log.warning if trouble.remedy is None else case_log.error
    write("postponed", why=trouble.message, until=due_at.isoformat(), remedy=trouble.remedy)
    sent_at = _may_have_sent_at(row, trouble, took)
    result = AttemptResult(row.id, Postponed(due_at, trouble.message, sent_at is not None, sent_at))
    open_at = now + trouble.after if trouble.after else None
    return DeliveryResult((result,), open_at=open_at, again_at=due_at, trouble=trouble)


def _may_have_sent_at(row: OutboxRow, trouble: TryAgain, took: timedelta) -> datetime | None:
    """When something may have been sent last, by the clock of the leases; None: surely nothing was.

    An attempt that sent nothing leaves it at an earlier one. What the system has answered won't arrive later.
    """
    if not trouble.is_unknown:
        return row.attempted_at_before
    ended_at = (row.taken_at or row.created_at) + took
    return ended_at - LONGEST_LATENESS if trouble.is_answered else ended_at


def _record_result(
    tx: Transaction,
    delivery: Delivery,
    result: DeliveryResult,
    *,
    holder: str,
    now: datetime,
    takes_next: bool,
    has_fallback: bool,
) -> Delivery | None:
    """Save the result and take the lane's next delivery, in one transaction."""
    address, results = delivery.row.address, list(result.results)
    if result.refusal is not None:
        if result.refusal.is_whole_lane:
            results += _park_rest_of_lane(tx, delivery.row, result.refusal)
            _save_channel_problem(tx, address, result.refusal)
        queue_parked_alerts(tx, delivery.row, result.refusal, now, has_fallback=has_fallback)
    _save_trouble(tx, delivery.row, result, now)
    tx.outbox.save_results(
        address, holder=holder, results=results, open_at=result.open_at, release=not takes_next
    )
    return take_next(tx, address, holder=holder, now=now) if takes_next else None


def _save_trouble(tx: Transaction, row: OutboxRow, result: DeliveryResult, now: datetime) -> None:
    """The lane stands still from the first attempt that fails to one that doesn't.

    A wait for our own rate isn't trouble: others of the same platform are being sent.
    """
    if result.trouble is None:
        if row.attempts > 1:
            tx.troubles.end(row.address, now)
    elif not isinstance(result.trouble, OwnRateReached):
        trouble = result.trouble
        tx.troubles.open(row.address, since=now, problem=trouble.message, remedy=trouble.remedy)


def _park_rest_of_lane(tx: Transaction, row: OutboxRow, refusal: GiveUp) -> list[AttemptResult]:
    """Park the other rows of a closed destination, except alarms, which can go another way."""
    effects = [effect for effect in Effect if effect not in ALARM_EFFECTS]
    rows = [
        one for effect in effects for one in tx.outbox.list_pending(row.address, effect, MOST_PARKED_AT_ONCE)
    ]
    return [AttemptResult(one.id, Parked(refusal.message)) for one in rows if one.id != row.id]


def _save_channel_problem(tx: Transaction, address: str, refusal: GiveUp) -> None:
    """Save the problem with the channel, so that the people sync unparks its rows once it is fixed."""
    platform, _, name = address.partition(":")
    if platform in (SLACK, TEAMS):
        ref = name if platform == TEAMS else tx.channels.find_ref(name)
        tx.channels.save(name, ref, f"{refusal.message} {refusal.remedy}")


def _count(services: Services, result: DeliveryResult) -> None:
    for one in result.results:
        match one.result:
            case Delivered():
                services.counters.delivered += 1
            case Postponed():
                services.counters.postponed += 1
            case Parked():
                services.counters.parked += 1
