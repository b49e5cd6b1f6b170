"""Watch over delivery: notes which systems and lanes are in trouble, and has people told when it lasts.

What it knows is in the database, so that it holds across processes and restarts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from datetime import datetime, timedelta

import structlog

from core.effects import Effect, alarm_address, is_alarm_address
from core.platforms import SLACK, TEAMS
from scheduler.outbox.parked_alert import all_managers, managers_for
from scheduler.services import Services
from scheduler.systems import Seen
from store.outbox.troubles import SYSTEM, Trouble
from store.transaction import Transaction

log = structlog.get_logger()

URGENT_AFTER = timedelta(minutes=1)
"""People are told sooner of what only they can mend."""


async def watch_delivery(services: Services) -> None:
    """Look once; a job does so every few seconds."""
    open_troubles = [one for one in await services.store.read(_list) if one.over_at is None]
    await services.systems.probe([one.system for one in open_troubles if one.system is not None])
    seen = list(services.systems.look())
    if any(one.error or one.taken_at for one in seen) or open_troubles:
        await services.store.run(_save, seen, tuple(services.systems.names), services.now())
    if await services.store.read(_list):
        told = await services.store.run(_queue_alarms, services.now(), services.alarm_after)
        for trouble in told:
            is_over = trouble.over_at is not None
            write = log.info if is_over else log.warning if trouble.remedy is None else log.error
            write(
                "trouble_over" if is_over else "trouble",
                name=trouble.name,
                since=trouble.since.isoformat(),
                why=trouble.problem,
            )


def _list(tx: Transaction) -> Sequence[Trouble]:
    return tx.troubles.list()


def _save(tx: Transaction, seen: Sequence[Seen], names: Collection[str], now: datetime) -> None:
    """Save what was seen. A system that isn't connected any more has no trouble either."""
    for one in seen:
        name = f"{SYSTEM}{one.name}"
        if one.error is None:
            tx.troubles.end(name, now)
        else:
            since = one.failing_since or now
            tx.troubles.open(name, since=since, problem=one.error.message, remedy=one.error.remedy)
        if one.taken_at is not None:
            tx.troubles.save_taken(one.name, one.taken_at)
    for trouble in tx.troubles.list():
        if trouble.system is not None and trouble.system not in names:
            tx.troubles.end(trouble.name, now)


def _queue_alarms(tx: Transaction, now: datetime, alarm_after: timedelta) -> list[Trouble]:
    """Add one alarm for each person to tell, about all that is new. Returns what is told."""
    news: dict[str, list[Trouble]] = {}
    told = []
    troubles = tx.troubles.list()
    failing = {one.system for one in troubles if one.system and _lasts(one, now, alarm_after)}
    for trouble in troubles:
        handles: Sequence[str] = ()
        if trouble.over_at is not None:
            if tx.troubles.remove(trouble.name):
                handles = trouble.told or ()
        elif _is_to_tell(tx, trouble, failing, now, alarm_after):
            handles = _people_to_tell(tx, trouble)
            handles = handles if tx.troubles.mark_told(trouble.name, handles) else ()
        for handle in handles:
            news.setdefault(handle, []).append(trouble)
        told += [trouble] if handles else []
    for handle, troubles in news.items():
        tx.outbox.add(
            key=f"trouble:{now.isoformat()}:{handle}",
            address=alarm_address(handle),
            effect=Effect.ALERT_TROUBLE,
            payload={"troubles": [_to_payload(one) for one in troubles]},
            due_at=now,
        )
    return told


def _lasts(trouble: Trouble, now: datetime, alarm_after: timedelta) -> bool:
    limit = min(URGENT_AFTER, alarm_after) if trouble.remedy is not None else alarm_after
    return trouble.over_at is None and now - trouble.since >= limit


def _is_to_tell(
    tx: Transaction, trouble: Trouble, failing: Set[str], now: datetime, alarm_after: timedelta
) -> bool:
    """A lane isn't told of when its whole platform is: that would be one alarm for each channel."""
    if trouble.told is not None or not _lasts(trouble, now, alarm_after):
        return False
    if trouble.system is not None:
        return True
    kind = trouble.name.partition(":")[0]
    is_covered = kind in failing or (kind == "person" and bool({SLACK, TEAMS} & failing))
    if is_covered or is_alarm_address(trouble.name):
        return False
    first = tx.outbox.find_first(trouble.name)
    if first is None or first.attempts == 0:
        tx.troubles.end(trouble.name, now)
        return False
    return True


def _people_to_tell(tx: Transaction, trouble: Trouble) -> tuple[str, ...]:
    first = tx.outbox.find_first(trouble.name) if trouble.system is None else None
    return (managers_for(tx, first) if first is not None else ()) or all_managers(tx)


def _to_payload(trouble: Trouble) -> dict[str, str | None]:
    return {
        "name": trouble.name,
        "since": trouble.since.isoformat(),
        "over_at": trouble.over_at.isoformat() if trouble.over_at else None,
        "problem": trouble.problem,
        "remedy": trouble.remedy,
    }
