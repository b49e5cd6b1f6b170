"""Delivery of alerts about parked rows to a manager, also when the manager's own chat is what fails.

The alert goes to a platform other than the failing one if there is one, then to the failing one, then by
mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from cards.alerts import parked_alert_view
from cards.email.staff import DeliveryProblem, Resumes, delivery_problem_mail
from cards.words import name
from core.effects import channels_of
from core.person import Person
from core.policy import Policy
from scheduler.deliver.any_way import Alarm, tell_any_way
from scheduler.deliver.platforms import PLATFORM_NAMES, connected_platforms, known_person, platforms_of
from scheduler.services import Services
from store.outbox.repository import OutboxRow
from store.transaction import Transaction

LONGEST_PLATFORM_OUTAGE = timedelta(minutes=15)
"""How long an alert waits for a platform that is down; then the next one is tried."""


@dataclass(frozen=True, slots=True)
class _ParkedRows:
    """What can't be delivered, and the manager to tell."""

    problem: DeliveryProblem
    handle: str
    manager: Person | None
    addressee: Person | None
    """The person whose chat fails; None when a channel does."""


async def alert_parked(services: Services, row: OutboxRow) -> None:
    """Tell a manager what can't be delivered, with a retry button; nothing if it was delivered by now."""
    parked = await services.store.read(_load, row)
    problem, address = parked.problem, str(row.payload["address"])
    if problem.count == 0:
        return
    alarm = Alarm(
        handle=parked.handle,
        person=parked.manager,
        view=parked_alert_view(address, problem.error, problem.remedy, problem.count, where=problem.where),
        mail=delivery_problem_mail(problem),
        failing=_failing_platforms(services, address, parked),
        patience=LONGEST_PLATFORM_OUTAGE,
    )
    await tell_any_way(services, row, alarm)


def has_fallback(services: Services) -> bool:
    """Whether a person whose chat fails may be reached some other way."""
    return services.mail is not None or len(connected_platforms(services)) > 1


def _failing_platforms(services: Services, address: str, parked: _ParkedRows) -> tuple[str, ...]:
    """The channel's platform, or the one where the person whose chat fails is reached first."""
    kind = address.partition(":")[0]
    if kind in PLATFORM_NAMES or parked.addressee is None:
        return (kind,)
    return platforms_of(parked.addressee, connected_platforms(services))[:1]


def _load(tx: Transaction, row: OutboxRow) -> _ParkedRows:
    address, handle = str(row.payload["address"]), row.address.partition(":")[2]
    kind, _, target = address.partition(":")
    addressee = known_person(tx, target) if kind == "person" else None
    problem = DeliveryProblem(
        where=addressee.name if addressee else channel_name(address, tx.policy),
        error=str(row.payload["error"]),
        remedy=str(row.payload["remedy"]),
        count=tx.outbox.count_parked(address),
        case_id=row.case_id,
        resumes=_resumes(tx, kind, target, addressee),
    )
    return _ParkedRows(problem, handle, known_person(tx, handle), addressee)


def _resumes(tx: Transaction, kind: str, target: str, addressee: Person | None) -> Resumes:
    """What unparks the rows: the next sync of the channel, a new chat in Teams, or only the retry button."""
    channel = tx.channels.find(target) if kind in PLATFORM_NAMES else None
    if channel is not None and channel.problem is not None:
        return Resumes.CHANNEL
    teams_ref = addressee.teams_ref if addressee is not None else None
    if teams_ref is not None and tx.conversations.find_personal(teams_ref) is None:
        return Resumes.APP
    return Resumes.BUTTON


def channel_name(address: str, policy: Policy) -> str:
    """Slack's channels have names that people know; those of Teams are named by their queue."""
    kind, _, target = address.partition(":")
    queue = next((one for one in policy.queues.values() if address in channels_of(one)), None)
    if kind == "teams" and queue is not None:
        return f"the Teams channel of {name(queue.name)}"
    return "customers by mail" if kind == "mail" else target or address
