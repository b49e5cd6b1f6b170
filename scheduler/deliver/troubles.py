"""Delivery of alarms about lanes that stand still and systems that take nothing, and of their end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cards.email.staff import troubles_mail
from cards.troubles import TroubleNews, troubles_view
from connectors.answers import MAIL
from core.person import Person
from scheduler.deliver.any_way import Alarm, tell_any_way
from scheduler.deliver.parked import channel_name
from scheduler.deliver.platforms import PLATFORM_NAMES, known_person
from scheduler.services import Services
from store.outbox.repository import OutboxRow
from store.outbox.troubles import SYSTEM
from store.transaction import Transaction

SYSTEM_NAMES = {**PLATFORM_NAMES, MAIL: "The mail server"}


async def alert_trouble(services: Services, row: OutboxRow) -> None:
    """Tell a manager what stands still and what goes on; not of a trouble that has passed meanwhile.

    No way is waited for: what is told of is mostly what is waited for.
    """
    handle = row.address.partition(":")[2]
    news, person, failing = await services.store.read(_load, row, handle)
    if news:
        alarm = Alarm(
            handle=handle,
            person=person,
            view=troubles_view(news),
            mail=troubles_mail(news),
            failing=failing,
            patience=timedelta(),
        )
        await tell_any_way(services, row, alarm)


def _load(
    tx: Transaction, row: OutboxRow, handle: str
) -> tuple[list[TroubleNews], Person | None, frozenset[str]]:
    told: list[dict[str, Any]] = list(row.payload["troubles"])
    present = [one for one in told if one["over_at"] is not None or _lasts(tx, str(one["name"]))]
    failing = {trouble.system for trouble in tx.troubles.list() if trouble.over_at is None}
    failing |= {str(one["name"]).partition(":")[0] for one in present if one["over_at"] is None}
    return [_news(tx, one) for one in present], known_person(tx, handle), frozenset(filter(None, failing))


def _lasts(tx: Transaction, name: str) -> bool:
    trouble = tx.troubles.find(name)
    return trouble is not None and trouble.over_at is None


def _news(tx: Transaction, told: dict[str, Any]) -> TroubleNews:
    name = str(told["name"])
    is_system = name.startswith(SYSTEM)
    return TroubleNews(
        where=_system_name(name.removeprefix(SYSTEM)) if is_system else _lane_name(tx, name),
        is_system=is_system,
        since=datetime.fromisoformat(told["since"]),
        over_at=datetime.fromisoformat(told["over_at"]) if told["over_at"] else None,
        problem=str(told["problem"]),
        remedy=told["remedy"],
    )


def _system_name(system: str) -> str:
    return SYSTEM_NAMES.get(system, system)


def _lane_name(tx: Transaction, address: str) -> str:
    kind, _, handle = address.partition(":")
    person = known_person(tx, handle) if kind == "person" else None
    return person.name if person is not None else channel_name(address, tx.policy)
