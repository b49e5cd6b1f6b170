"""How is one lane emptied? One message after the other, each settled before the next goes out."""

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
from scheduler.outbox.next_delivery import LONGEST_ATTEMPT, Delivery, take_next
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
"""Attempts, about a minute: a mistake seldom mends itself, and the rest of the lane waits behind it."""


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """How an attempt ended."""

    results: tuple[AttemptResult, ...]
    open_at: datetime | None = None
    """The platform wants the whole lane to rest until then."""
    again_at: datetime | None = None
    """The lane's first row waits until then."""
    refusal: GiveUp | None = None
    """A person must look."""

    @property
    def stops_lane(self) -> bool:
        """Whether the lane is let go: its first row waits, or everything in it shared a fate."""
        return self.again_at is not None or (self.refusal is not None and self.refusal.is_whole_lane)


async def drain_lane(
    tools: Services, address: str, *, holder: str, is_stopping: Callable[[], bool]
) -> datetime | None:
    """Deliver what is due at one address, in order. Returns when to look again, where that is known.

    Holds the lane for as long as it takes. When the process dies in between, the message under way is
    looked for before it is sent again.
    """
    store = tools.store
    errand = await store.run(take_next, address, holder=holder, now=tools.now())
    while errand is not None:
        tools.counters.folded += errand.folded
        ending = await _attempt(tools, errand)
        goes_on = not (ending.stops_lane or is_stopping())
        following = await store.run(
            _record_result,
            errand,
            ending,
            holder=holder,
            now=tools.now(),
            takes_next=goes_on,
            has_fallback=has_fallback(tools),
        )
        _count(tools, ending)
        if not goes_on:
            return ending.again_at
        errand = following
    return None


async def _attempt(tools: Services, errand: Delivery) -> DeliveryResult:
    """Deliver, and say how it ended. Never raises but when cancelled."""
    row = errand.row
    said = log.bind(case_id=row.case_id, key=row.key, address=row.address, attempts=row.attempts)
    try:
        async with asyncio.timeout(LONGEST_ATTEMPT.total_seconds()):
            await deliver(tools, errand.row)
    except TimeoutError as late:
        is_unknown = not was_waiting_for_rate(late.__cause__)
        return _postponed(tools, row, TryAgain("The attempt took too long.", is_unknown=is_unknown), said)
    except TryAgain as trouble:
        return _postponed(tools, row, trouble, said)
    except GiveUp as refusal:
        return _parked(row, refusal, said)
    except StoreUnavailable as trouble:
        return _postponed(tools, row, TryAgain(str(trouble), is_unknown=True), said)
    except Exception:
        said.exception("failed")
        if row.attempts >= MOST_BUG_ATTEMPTS:
            return _parked(row, GiveUp(BUG_MESSAGE, f"Report it; the log has it under {row.key}."), said)
        return _postponed(tools, row, TryAgain(BUG_MESSAGE, is_unknown=True), said)
    said.info("delivered", rows=len(errand.rows))
    return DeliveryResult(tuple(AttemptResult(one.id, Delivered()) for one in errand.rows))


def _parked(row: OutboxRow, refusal: GiveUp, said: structlog.stdlib.BoundLogger) -> DeliveryResult:
    said.error("parked", why=refusal.message, remedy=refusal.remedy)
    return DeliveryResult((AttemptResult(row.id, Parked(refusal.message)),), refusal=refusal)


def _postponed(
    tools: Services, row: OutboxRow, trouble: TryAgain, said: structlog.stdlib.BoundLogger
) -> DeliveryResult:
    """What a person can end (a bad token) is waited for however long it takes: then everything is sent."""
    now = tools.now()
    if trouble.remedy is None and should_park(row.attempts, row.created_at, now):
        return _parked(row, retries_exhausted(row.attempts, trouble), said)
    due_at = next_attempt(row.attempts, trouble, now, tools.jitter)
    say = said.warning if trouble.remedy is None else said.error
    say("postponed", why=trouble.message, until=due_at.isoformat(), remedy=trouble.remedy)
    is_unknown = trouble.is_unknown or row.attempted_at_before is not None
    result = AttemptResult(row.id, Postponed(due_at, trouble.message, is_unknown))
    return DeliveryResult((result,), open_at=now + trouble.after if trouble.after else None, again_at=due_at)


def _record_result(
    tx: Transaction,
    errand: Delivery,
    ending: DeliveryResult,
    *,
    holder: str,
    now: datetime,
    takes_next: bool,
    has_fallback: bool,
) -> Delivery | None:
    """Keep how it ended and take the lane's next errand, in one unit."""
    address, results = errand.row.address, list(ending.results)
    if ending.refusal is not None:
        if ending.refusal.is_whole_lane:
            results += _park_rest_of_lane(tx, errand.row, ending.refusal)
            _save_channel_problem(tx, address, ending.refusal)
        queue_parked_alerts(tx, errand.row, ending.refusal, now, has_fallback=has_fallback)
    tx.outbox.save_results(
        address, holder=holder, results=results, open_at=ending.open_at, release=not takes_next
    )
    return take_next(tx, address, holder=holder, now=now) if takes_next else None


def _park_rest_of_lane(tx: Transaction, row: OutboxRow, refusal: GiveUp) -> list[AttemptResult]:
    """Everything else that waits for the same closed destination, but alerts, which have other ways."""
    effects = [effect for effect in Effect if effect != Effect.ALERT_PARKED]
    rows = [
        one for effect in effects for one in tx.outbox.list_pending(row.address, effect, MOST_PARKED_AT_ONCE)
    ]
    return [AttemptResult(one.id, Parked(refusal.message)) for one in rows if one.id != row.id]


def _save_channel_problem(tx: Transaction, address: str, refusal: GiveUp) -> None:
    """Kept with the channel, so that the sync of people sends what was parked once it is mended."""
    platform, _, name = address.partition(":")
    if platform in (SLACK, TEAMS):
        ref = name if platform == TEAMS else tx.channels.find_ref(name)
        tx.channels.save(name, ref, f"{refusal.message} {refusal.remedy}")


def _count(tools: Services, ending: DeliveryResult) -> None:
    for result in ending.results:
        match result.result:
            case Delivered():
                tools.counters.delivered += 1
            case Postponed():
                tools.counters.postponed += 1
            case Parked():
                tools.counters.parked += 1
