"""One attempt at a row, and what its failure means: trouble outside, or a message that can't be taken."""

from __future__ import annotations

import asyncio
from datetime import datetime

import structlog

from connectors.errors import GiveUp, TryAgain
from scheduler.deliver.dispatch import deliver
from scheduler.lease import LONGEST_ATTEMPT
from scheduler.rate_limits import was_waiting_for_rate
from scheduler.retry import FEWEST_ATTEMPTS_ALONE, PARK_ALONE_AFTER
from scheduler.services import Services
from store.errors import StoreUnavailable
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

BUG_MESSAGE = "A mistake of Ombud's own."
MOST_BUG_ATTEMPTS = 6
"""Attempts, about a minute: a bug seldom goes away by itself, and the rest of the lane waits behind it."""


async def attempt(
    services: Services, row: OutboxRow, case_log: structlog.stdlib.BoundLogger
) -> TryAgain | GiveUp | None:
    """Deliver the row. Returns why it couldn't be; None: it was. Raises only when cancelled."""
    try:
        async with asyncio.timeout(LONGEST_ATTEMPT.total_seconds()):
            await deliver(services, row)
    except TimeoutError as late:
        is_unknown = not was_waiting_for_rate(late.__cause__)
        return TryAgain("The attempt took too long.", is_unknown=is_unknown)
    except (TryAgain, GiveUp) as trouble:
        return trouble
    except StoreUnavailable as trouble:
        return TryAgain(str(trouble), is_unknown=True)
    except Exception:
        case_log.exception("failed")
        if row.attempts >= MOST_BUG_ATTEMPTS:
            return GiveUp(BUG_MESSAGE, f"Report it; the log has it under {row.key}.")
        return TryAgain(BUG_MESSAGE, is_unknown=True)
    return None


async def is_alone_in_failing(services: Services, row: OutboxRow, trouble: TryAgain) -> bool:
    """Whether the system takes other messages, from any process, while this one has failed for minutes."""
    may_be = row.attempts >= FEWEST_ATTEMPTS_ALONE and trouble.is_unknown and trouble.remedy is None
    if not may_be or trouble.system is None:
        return False
    try:
        return await services.store.read(_others_arrive, row, trouble.system, services.now())
    except StoreUnavailable:
        return False


def _others_arrive(tx: Transaction, row: OutboxRow, system: str, now: datetime) -> bool:
    """It must be so between the last two attempts: what arrived before an outage says nothing."""
    standing, taken_at = tx.troubles.find(row.address), tx.troubles.find_taken(system)
    if standing is None or taken_at is None or row.attempted_at_before is None:
        return False
    is_long = now - standing.since >= PARK_ALONE_AFTER
    return standing.over_at is None and is_long and taken_at > row.attempted_at_before
