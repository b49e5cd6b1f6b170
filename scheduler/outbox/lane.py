"""Drain of one lane: one row after the other, each result saved before the next is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from connectors.errors import GiveUp, TryAgain
from core.effects import Effect
from core.platforms import SLACK, TEAMS
from scheduler.deliver.dispatch import deliver
from scheduler.deliver.parked import has_fallback
from scheduler.lease import LONGEST_ATTEMPT
from scheduler.outbox.next_delivery import Delivery, take_next
from scheduler.outbox.parked_alert import queue_parked_alerts
from scheduler.rate_limits import was_waiting_for_rate
from scheduler.retry import next_attempt, retries_exhausted, should_park
from scheduler.services import Services
from store.errors import StoreUnavailable
from store.outbox.repository import AttemptResult, Delivered, OutboxRow, Parked, Postponed
from store.transaction import Transaction

log = structlog.get_logger()

MOST_PARKED_AT_ONCE = 1_000
BUG_MESSAGE = "A mistake of Ombud's own."
MOST_BUG_ATTEMPTS = 6
"""Attempts, about a minute: a bug seldom goes away by itself, and the rest of the lane waits behind it."""


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The result of one attempt, and how the lane goes on."""

    results: tuple[AttemptResult, ...]
    open_at: datetime | None = None
    """The platform asked us to pause the whole lane until then."""
    again_at: datetime | None = None
    """The lane's first row waits until then."""
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
    row = delivery.row
    case_log = log.bind(case_id=row.case_id, key=row.key, address=row.address, attempts=row.attempts)
    try:
        async with asyncio.timeout(LONGEST_ATTEMPT.total_seconds()):
            await deliver(services, delivery.row)
    except TimeoutError as late:
        is_unknown = not was_waiting_for_rate(late.__cause__)
        return _postponed(
            services, row, TryAgain("The attempt took too long.", is_unknown=is_unknown), case_log
        )
    except TryAgain as trouble:
        return _postponed(services, row, trouble, case_log)
    except GiveUp as refusal:
        return _parked(row, refusal, case_log)
    except StoreUnavailable as trouble:
        return _postponed(services, row, TryAgain(str(trouble), is_unknown=True), case_log)
    except Exception:
        case_log.exception("failed")
        if row.attempts >= MOST_BUG_ATTEMPTS:
            return _parked(row, GiveUp(BUG_MESSAGE, f"Report it; the log has it under {row.key}."), case_log)
        return _postponed(services, row, TryAgain(BUG_MESSAGE, is_unknown=True), case_log)
    case_log.info("delivered", rows=len(delivery.rows))
    return DeliveryResult(tuple(AttemptResult(one.id, Delivered()) for one in delivery.rows))


def _parked(row: OutboxRow, refusal: GiveUp, case_log: structlog.stdlib.BoundLogger) -> DeliveryResult:
    case_log.error("parked", why=refusal.message, remedy=refusal.remedy)
    return DeliveryResult((AttemptResult(row.id, Parked(refusal.message)),), refusal=refusal)


def _postponed(
    services: Services, row: OutboxRow, trouble: TryAgain, case_log: structlog.stdlib.BoundLogger
) -> DeliveryResult:
    """Retry later. A problem that a person can fix (a bad token) never parks the row: then all is sent."""
    now = services.now()
    if trouble.remedy is None and should_park(row.attempts, row.created_at, now):
        return _parked(row, retries_exhausted(row.attempts, trouble), case_log)
    due_at = next_attempt(row.attempts, trouble, now, services.jitter)
    write = case_log.warning if trouble.remedy is None else case_log.error
    write("postponed", why=trouble.message, until=due_at.isoformat(), remedy=trouble.remedy)
    is_unknown = trouble.is_unknown or row.attempted_at_before is not None
    result = AttemptResult(row.id, Postponed(due_at, trouble.message, is_unknown))
    return DeliveryResult((result,), open_at=now + trouble.after if trouble.after else None, again_at=due_at)


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
    tx.outbox.save_results(
        address, holder=holder, results=results, open_at=result.open_at, release=not takes_next
    )
    return take_next(tx, address, holder=holder, now=now) if takes_next else None


def _park_rest_of_lane(tx: Transaction, row: OutboxRow, refusal: GiveUp) -> list[AttemptResult]:
    """Park the other rows of a closed destination, except alerts, which can go another way."""
    effects = [effect for effect in Effect if effect != Effect.ALERT_PARKED]
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
